"""One outbox row per changed file, carrying its symbols and outgoing relationships, for the derived stores.

Rows inside a payload are arrays; ``columns`` names their fields once. What belongs to no file (the repository, its
packages, externals, and the edges that start from them) is carried by one row with the path "" and no ``file``, whole
whenever any of it changed. That row is never deleted, and a directory never has a row of its own.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import copy_rows, fetch
from db.publishing.rows import FILES, RELATIONSHIPS, SHARED, SYMBOLS, Prepared

_encode = msgspec.json.Encoder().encode
_COLUMNS = {table.name: table.columns for table in (SYMBOLS, RELATIONSHIPS)}


class Enqueued(msgspec.Struct, frozen=True):
    """Ids of the outbox rows of one publish; zeros when nothing changed."""

    first: int
    last: int
    count: int


class Target(msgspec.Struct, frozen=True):
    """Whose change it is."""

    tenant_id: str
    repository_id: int
    ref_id: int
    scan_id: int


async def enqueue(
    connection: AsyncConnection,
    target: Target,
    changed: set[str],
    files: Prepared,
    symbols: Prepared,
    relationships: Prepared,
) -> Enqueued:
    """Write the outbox rows of the changed homes, in path order; all rows of these homes are among those given."""
    if not changed:
        return Enqueued(0, 0, 0)
    columns = ("tenant_id", "repository_id", "ref_id", "scan_id", "path", "operation", "content_hash", "payload")
    owner = (target.tenant_id, target.repository_id, target.ref_id, target.scan_id)
    records = ((*owner, *row) for row in _rows(changed, files, symbols, relationships))
    await copy_rows(connection, "sync_events", columns, records)
    (row,) = await fetch(
        connection,
        "SELECT min(id) AS first, max(id) AS last, count(*) AS count FROM sync_events WHERE scan_id = $1",
        target.scan_id,
    )
    return Enqueued(row["first"], row["last"], row["count"])


def _rows(
    changed: set[str], files: Prepared, symbols: Prepared, relationships: Prepared
) -> Iterator[tuple[str, str, bytes | None, str]]:
    file_of = {row[FILES.path]: row for row in files.rows if row[FILES.path] in changed}
    symbols_of = _by_home(changed, symbols)
    edges_of = _by_home(changed, relationships)
    for path in sorted(changed):
        if path != SHARED and path not in file_of and path not in symbols_of:
            yield path, "delete", None, "{}"
            continue
        file = file_of.get(path)
        payload = _encode(
            {
                "file": dict(zip(FILES.columns, file, strict=True)) if file else None,
                "columns": _COLUMNS,
                "symbols": symbols_of.get(path, []),
                "relationships": edges_of.get(path, []),
            }
        )
        yield path, "upsert", hashlib.sha256(payload).digest(), payload.decode()


def _by_home(changed: set[str], prepared: Prepared) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row, home in zip(prepared.rows, prepared.homes(), strict=True):
        if home in changed:
            found.setdefault(home, []).append(row)
    return found
