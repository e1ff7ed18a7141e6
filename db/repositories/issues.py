"""What went wrong in which file of a scan."""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch
from db.text import storable
from docrunch.source.model import Issue

_INSERT = """
INSERT INTO scan_issues (scan_id, digest, path, reason, detail, line, stage)
SELECT $1, * FROM unnest($2::bytea[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[]) ON CONFLICT DO NOTHING
"""


async def add_many(connection: AsyncConnection, scan_id: int, issues: Iterable[Issue]) -> int:
    """Record issues; equal ones once, however often a step is retried. Returns the number of new ones."""
    rows = sorted({_digest(issue): issue for issue in issues}.items())
    if not rows:
        return 0
    return await execute(
        connection,
        _INSERT,
        scan_id,
        [digest for digest, _ in rows],
        [storable(issue.path) for _, issue in rows],
        [issue.reason for _, issue in rows],
        [storable(issue.detail) for _, issue in rows],
        [issue.line for _, issue in rows],
        [issue.stage for _, issue in rows],
    )


async def with_reasons(connection: AsyncConnection, scan_id: int, reasons: Sequence[str]) -> list[Issue]:
    """Issues with one of the reasons, in the order of `Issue`."""
    rows = await fetch(
        connection,
        "SELECT path, reason, detail, line, stage FROM scan_issues WHERE scan_id = $1 AND reason = ANY($2::text[])",
        scan_id,
        list(reasons),
    )
    return sorted(Issue(**dict(row)) for row in rows)


def _digest(issue: Issue) -> bytes:
    return hashlib.blake2b(
        msgspec.msgpack.encode([repr(part) for part in msgspec.structs.astuple(issue)]), digest_size=16
    ).digest()
