"""Registered docpacks: the point of no return of the main job."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import fetch, fetch_one, from_json
from db.events.store import NewEvent, append
from db.repositories.scans import about, forget_objects, get_scan
from db.text import storable_json
from docrunch.errors import NotFound


class DocpackRow(msgspec.Struct, frozen=True):
    id: str
    repository_id: int
    scan_id: int
    workflow_id: str
    object: str  # sha256 in the object store
    bytes: int
    manifest: dict[str, Any]
    created_at: datetime


_PARTS = ("assembly", "docpack", "docs")  # and every "docs-N": see `forget_objects`
_COLUMNS = "id, repository_id, scan_id, workflow_id, object, bytes, manifest::text AS manifest, created_at"


async def register(
    connection: AsyncConnection,
    *,
    scan_id: int,
    docpack_id: str,
    workflow_id: str,
    object_sha256: str,
    size: int,
    manifest: Mapping[str, Any],
    events: Sequence[NewEvent] = (),
) -> DocpackRow:
    """Make a docpack visible. Content that was registered before keeps its row, which now names the newest scan.

    Raises:
        NotFound: no such scan.
    """
    scan = await get_scan(connection, scan_id)
    row = await fetch_one(
        connection,
        f"""
        INSERT INTO docpacks AS d (repository_id, id, scan_id, workflow_id, object, bytes, manifest)
        VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb)
        ON CONFLICT (repository_id, id) DO UPDATE SET scan_id = greatest(d.scan_id, excluded.scan_id),
            object = excluded.object, bytes = excluded.bytes RETURNING {_COLUMNS}
        """,
        scan.repository_id,
        docpack_id,
        scan_id,
        workflow_id,
        object_sha256,
        size,
        storable_json(manifest),
    )
    await append(connection, [about(event, scan) for event in events])
    return _row(row)


async def list_docpacks(connection: AsyncConnection, repository_id: int) -> list[DocpackRow]:
    """Newest first."""
    rows = await fetch(
        connection,
        f"SELECT {_COLUMNS} FROM docpacks WHERE repository_id = $1 ORDER BY created_at DESC, id",
        repository_id,
    )
    return [_row(row) for row in rows]


async def of_scan(connection: AsyncConnection, scan_id: int) -> DocpackRow:
    """Raises:
    NotFound: the scan has no registered docpack.
    """
    row = await fetch_one(
        connection, f"SELECT {_COLUMNS} FROM docpacks WHERE scan_id = $1 ORDER BY id LIMIT 1", scan_id
    )
    if row is None:
        raise NotFound(f"scan {scan_id} has no docpack")
    return _row(row)


def _row(row: Any) -> DocpackRow:
    values = {name: row[name] for name in DocpackRow.__struct_fields__}
    return DocpackRow(**{**values, "manifest": from_json(row["manifest"])})


async def release_parts(connection: AsyncConnection, scan_id: int) -> None:
    """Let go of what was made for a docpack that will not be registered; of one that is registered, of nothing."""
    if await fetch_one(connection, "SELECT 1 FROM docpacks WHERE scan_id = $1", scan_id) is None:
        await forget_objects(connection, scan_id, _PARTS)
