"""Which scan relies on which cache entry, and the look-up that makes a hit safe from cleanup.

Cleanup deletes entries with ``used_at`` older than the grace (at least `MIN_GRACE`) that no live scan uses. A look-up
therefore first refreshes ``used_at`` of entries older than `TOUCH_AFTER`: it waits for a running cleanup, and what
that deleted is no hit; a cleanup that comes later re-reads ``used_at`` and keeps the entry. Only then are the uses
written and the entries read, in one statement.
"""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute

FACTS = 0
EMBEDDINGS = 1
TOUCH_AFTER = timedelta(hours=1)
MIN_GRACE = timedelta(hours=2)  # must exceed TOUCH_AFTER by more than any look-up takes


async def release(connection: AsyncConnection, scan_id: int) -> int:
    """Forget what a scan used; its entries live on through their age and other scans."""
    return await execute(connection, "DELETE FROM scan_uses WHERE scan_id = $1", scan_id)
