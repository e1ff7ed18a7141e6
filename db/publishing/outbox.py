"""One outbox row per changed entity, for the derived stores.

A file carries its symbols and outgoing relationships (`db.publishing.payload`). What belongs to no file (the
repository, its packages, externals, and the edges that start from them) is carried by one row with the key "" and no
``file``, whole whenever any of it changed. That row is never deleted, and a directory never has a row of its own.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import copy_rows, execute, fetch_one
from db.publishing.payload import encode_file, payload_hash
from db.publishing.rows import FILES, SHARED, Prepared
from docrunch.storage.model import PRIORITIES, Action, EntityType, entity_id


class Enqueued(msgspec.Struct, frozen=True):
    """Ids of the outbox rows of one transaction; zeros when nothing changed."""

    first: int
    last: int
    count: int


class Target(msgspec.Struct, frozen=True):
    """Whose change it is. ``ref_id`` and ``scan_id`` are 0 for what no scan has written."""

    tenant_id: str
    repository_id: int
    ref_id: int
    scan_id: int


class Entry(msgspec.Struct, frozen=True):
    """A change of one entity. ``payload`` is JSON; a deletion has neither a hash nor a payload."""

    entity_type: EntityType
    key: str
    action: Action
    content_hash: bytes | None = None
    payload: str = "{}"


def cause_key(entity_type: EntityType, scan_id: int, row_id: int) -> str:
    """Idempotency key of the ``sync.enqueued`` event of an outbox row, from what the row itself says.

    A publish tells all its files at once, a registration all its pages; anything else is told row by row.
    """
    if entity_type is EntityType.FILE and scan_id:
        return f"sync.enqueued:{scan_id}"
    if entity_type is EntityType.PAGE and scan_id:
        return f"sync.enqueued:{scan_id}:pages"
    return f"sync.enqueued:row:{row_id}"


_COLUMNS = (
    "tenant_id",
    "repository_id",
    "ref_id",
    "scan_id",
    "entity_type",
    "entity_id",
    "key",
    "action",
    "priority",
    "content_hash",
    "payload",
)
_NOTHING = Enqueued(0, 0, 0)


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
        return _NOTHING
    return await enqueue_entries(connection, target, _rows(changed, files, symbols, relationships))


async def enqueue_entries(connection: AsyncConnection, target: Target, entries: Iterable[Entry]) -> Enqueued:
    """Write outbox rows in the transaction of the change itself, in the order given.

    Transactions of one ref follow one another: ids in its outbox are in the order of commits, and a reader that has
    seen one id has seen all before it.
    """
    await execute(
        connection,
        "SELECT pg_advisory_xact_lock(hashtextextended('outbox:' || $1::bigint || ':' || $2::bigint, 0))",
        target.repository_id,
        target.ref_id,
    )
    row = await fetch_one(connection, "SELECT coalesce(max(id), 0) AS last FROM sync_events")
    before = row["last"] if row else 0
    scope = target.ref_id or -target.repository_id
    owner = (target.tenant_id, target.repository_id, target.ref_id, target.scan_id)
    records = (
        (
            *owner,
            str(entry.entity_type),
            entity_id(scope, entry.key),
            entry.key,
            str(entry.action),
            PRIORITIES[entry.entity_type],
            entry.content_hash,
            entry.payload,
        )
        for entry in entries
    )
    await copy_rows(connection, "sync_events", _COLUMNS, records)
    row = await fetch_one(
        connection,
        "SELECT min(id) AS first, max(id) AS last, count(*) AS count FROM sync_events"
        " WHERE repository_id = $1 AND ref_id = $2 AND scan_id = $3 AND id > $4",
        target.repository_id,
        target.ref_id,
        target.scan_id,
        before,
    )
    return Enqueued(row["first"], row["last"], row["count"]) if row and row["count"] else _NOTHING


def _rows(changed: set[str], files: Prepared, symbols: Prepared, relationships: Prepared) -> Iterator[Entry]:
    file_of = {row[FILES.path]: row for row in files.rows if row[FILES.path] in changed}
    symbols_of = _by_home(changed, symbols)
    edges_of = _by_home(changed, relationships)
    for path in sorted(changed):
        if path != SHARED and path not in file_of and path not in symbols_of:
            yield Entry(EntityType.FILE, path, Action.DELETE)
            continue
        payload = encode_file(file_of.get(path), symbols_of.get(path, []), edges_of.get(path, []))
        yield Entry(EntityType.FILE, path, Action.UPSERT, payload_hash(payload), payload.decode())


def _by_home(changed: set[str], prepared: Prepared) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row, home in zip(prepared.rows, prepared.homes(), strict=True):
        if home in changed:
            found.setdefault(home, []).append(row)
    return found
