"""Metrics of the published nodes of a ref: they follow the publish, because one edge moves every row of them."""

from collections.abc import Sequence

import msgspec

from db.bulk import copy_rows, execute
from db.events.store import NewEvent, append
from db.publishing.basis import lock_ref, read_state, write_state
from db.publishing.rows import METRICS, MetricsRow
from db.repositories.scans import get_scan
from db.session import Database


async def publish_metrics(
    database: Database, scan_id: int, rows: Sequence[MetricsRow], events: Sequence[NewEvent] = ()
) -> bool:
    """Replace the metrics of the ref that shows this scan; in one transaction, and once.

    They are replaced as a whole: looking for equal rows costs more. ``events`` commit with the change.

    Returns:
        False where the metrics of the scan are there already, or another scan has taken its place.

    Raises:
        Unreachable: the database failed; nothing was changed, a retry helps.
    """
    async with database.transaction() as connection:
        ref_id = (await get_scan(connection, scan_id)).ref_id
        if ref_id is None:
            return False
        await lock_ref(connection, ref_id)
        state = await read_state(connection, ref_id)
        if state.scan_id != scan_id or state.published.measured:
            return False
        await execute(connection, f"DELETE FROM {METRICS.name} WHERE ref_id = $1", ref_id)
        records = [(ref_id, *row) for row in rows]
        await copy_rows(connection, METRICS.name, ("ref_id", *METRICS.columns), records)
        await write_state(connection, ref_id, scan_id, msgspec.structs.replace(state.published, measured=True))
        await append(connection, events)
        return True
