"""What a derived store should hold of one ref, from the published tables themselves and not from notes about them.

All of it is read through one connection, which a caller opens with `db.session.Database.snapshot`: what is read
together is of one moment, and `newest_event` says which.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import fetch, fetch_one
from db.publishing.difference import KINDS
from db.publishing.payload import encode_file, payload_hash
from db.publishing.rows import SHARED
from db.storage import file_payloads
from docrunch.storage.model import EntityType, entity_id

WRITTEN = (EntityType.FINDING, EntityType.DECISION, EntityType.REPORT)
"""Types that no scan makes: the newest row of the outbox is all there is of them."""
PAGE_ENTITIES = 200  # read and encoded at once: a few megabytes

Key = tuple[EntityType, str]


class Scope(msgspec.Struct, frozen=True):
    """A ref of a repository; ``ref_id`` 0: what belongs to no ref."""

    repository_id: int
    ref_id: int

    @property
    def entities(self) -> int:
        """First argument of `entity_id`."""
        return self.ref_id or -self.repository_id


class Truth(msgspec.Struct, frozen=True):
    """One entity as it should be. ``payload`` is JSON; None where what the hash promises is not kept."""

    entity_type: EntityType
    entity_id: str
    key: str
    content_hash: bytes
    payload: bytes | None

    @property
    def name(self) -> Key:
        return self.entity_type, self.key


async def newest_event(connection: AsyncConnection, scope: Scope) -> int:
    """Id of the newest outbox row of the ref: everything up to it is in the tables that this connection sees."""
    row = await fetch_one(
        connection,
        "SELECT coalesce(max(id), 0) AS id FROM sync_events WHERE repository_id = $1 AND ref_id = $2",
        scope.repository_id,
        scope.ref_id,
    )
    return int(row["id"]) if row else 0


async def changed_after(connection: AsyncConnection, scope: Scope, event_id: int) -> list[Key]:
    """Entities that outbox rows behind ``event_id`` are about, each once."""
    rows = await fetch(
        connection,
        "SELECT DISTINCT entity_type, key FROM sync_events WHERE repository_id = $1 AND ref_id = $2 AND id > $3"
        " ORDER BY 1, 2",
        scope.repository_id,
        scope.ref_id,
        event_id,
    )
    return [(EntityType(row["entity_type"]), row["key"]) for row in rows]


async def keys_after(
    connection: AsyncConnection, scope: Scope, takes: Collection[EntityType], cursor: Key | None, limit: int
) -> list[Key]:
    """The next keys behind ``cursor``, type by type; fewer than ``limit`` only at the end."""
    found: list[Key] = []
    for kind in sorted(takes):
        if cursor is not None and kind < cursor[0]:
            continue
        after = cursor[1] if cursor is not None and kind == cursor[0] else None
        found += [(kind, key) for key in await _keys(connection, scope, kind, after, limit - len(found))]
        if len(found) >= limit:
            break
    return found


async def read(connection: AsyncConnection, scope: Scope, keys: Collection[Key]) -> list[Truth]:
    """The entities of these keys that exist, in the order of the keys."""
    found: dict[Key, Truth] = {}
    for kind, group in groupby(sorted(keys), key=lambda each: each[0]):
        wanted = [key for _, key in group]
        if kind is EntityType.FILE:
            entities = await _files(connection, scope, wanted)
        elif kind is EntityType.PAGE:
            entities = await _pages(connection, scope, wanted)
        else:
            entities = await _written(connection, scope, kind, wanted)
        found |= {each.name: each for each in entities}
    return [found[key] for key in keys if key in found]


async def hashes(connection: AsyncConnection, scope: Scope, takes: Collection[EntityType]) -> dict[Key, bytes]:
    """Content hash of every entity; those of files are computed anew from their rows."""
    found: dict[Key, bytes] = {}
    for kind in sorted(takes):
        if kind is EntityType.FILE:
            async for page in pages(connection, scope, {kind}):
                found |= {each.name: each.content_hash for each in page}
            continue
        if kind is EntityType.PAGE:
            rows = await fetch(
                connection, "SELECT path AS key, content_hash FROM pages WHERE ref_id = $1", scope.ref_id
            )
        else:
            rows = await fetch(connection, _WRITTEN_HASHES, str(kind), scope.repository_id, scope.ref_id)
        found |= {(kind, row["key"]): row["content_hash"] for row in rows}
    return found


async def all_keys(connection: AsyncConnection, scope: Scope, takes: Collection[EntityType]) -> list[Key]:
    return await keys_after(connection, scope, takes, None, _ALL)


async def hashes_of(connection: AsyncConnection, scope: Scope, keys: Sequence[Key]) -> dict[Key, bytes]:
    """`hashes` of the entities among these keys that exist, and nothing else is read."""
    found: dict[Key, bytes] = {}
    for start in range(0, len(keys), PAGE_ENTITIES):
        page = await read(connection, scope, keys[start : start + PAGE_ENTITIES])
        found |= {each.name: each.content_hash for each in page}
    return found


_ALL = 2**31 - 1
_WRITTEN_HASHES = (
    "SELECT key, content_hash FROM (SELECT DISTINCT ON (entity_id) key, action, content_hash FROM sync_events"
    " WHERE entity_type = $1 AND repository_id = $2 AND ref_id = $3 ORDER BY entity_id, id DESC) e"
    " WHERE action = 'upsert'"
)


async def pages(
    connection: AsyncConnection, scope: Scope, takes: Collection[EntityType]
) -> AsyncIterator[Sequence[Truth]]:
    cursor: Key | None = None
    while keys := await keys_after(connection, scope, takes, cursor, PAGE_ENTITIES):
        yield await read(connection, scope, keys)
        cursor = keys[-1]


# ── keys ──


async def _keys(
    connection: AsyncConnection, scope: Scope, kind: EntityType, after: str | None, limit: int
) -> list[str]:
    if limit <= 0:
        return []
    if kind is EntityType.FILE:
        return await _file_keys(connection, scope, after, limit)
    if kind is EntityType.PAGE:
        statement = (
            "SELECT path AS key FROM pages WHERE ref_id = $1 AND ($2::text IS NULL OR path > $2) ORDER BY 1 LIMIT $3"
        )
        return _named(await fetch(connection, statement, scope.ref_id, after, limit))
    statement = (
        "SELECT key FROM (SELECT DISTINCT ON (entity_id) key, action FROM sync_events WHERE entity_type = $1"
        " AND repository_id = $2 AND ref_id = $3 ORDER BY entity_id, id DESC) e"
        " WHERE action = 'upsert' AND ($4::text IS NULL OR key > $4) ORDER BY 1 LIMIT $5"
    )
    return _named(await fetch(connection, statement, str(kind), scope.repository_id, scope.ref_id, after, limit))


async def _file_keys(connection: AsyncConnection, scope: Scope, after: str | None, limit: int) -> list[str]:
    """`SHARED` first, then paths: of files, and of nodes whose file was left out."""
    found = [SHARED] if after is None and await _has_shared(connection, scope) else []
    rows = await fetch(
        connection,
        f"""
        SELECT path AS key FROM (
            (SELECT path FROM files WHERE ref_id = $1 AND path > $2 ORDER BY path LIMIT $3)
            UNION (SELECT DISTINCT path FROM symbols WHERE ref_id = $1 AND path > $2 AND kind NOT IN {KINDS}
                   ORDER BY path LIMIT $3)) p
        ORDER BY path LIMIT $3
        """,
        scope.ref_id,
        after or "",
        limit - len(found),
    )
    return found + _named(rows)


async def _has_shared(connection: AsyncConnection, scope: Scope) -> bool:
    """The row of what belongs to no file is never deleted, also when nothing is left in it."""
    rows = await fetch(
        connection,
        f"SELECT 1 FROM symbols WHERE ref_id = $1 AND kind IN {KINDS}"
        " UNION ALL SELECT 1 FROM sync_events WHERE entity_type = 'file' AND entity_id = $2 LIMIT 1",
        scope.ref_id,
        entity_id(scope.entities, SHARED),
    )
    return bool(rows)


def _named(rows: Iterable[Any]) -> list[str]:
    return [row["key"] for row in rows]


# ── entities ──


async def _files(connection: AsyncConnection, scope: Scope, paths: Sequence[str]) -> list[Truth]:
    found = await file_payloads(connection, scope.ref_id, paths)
    if SHARED in paths and SHARED not in found and await _has_shared(connection, scope):
        found[SHARED] = encode_file(None, [], [])
    return [
        Truth(EntityType.FILE, entity_id(scope.entities, path), path, payload_hash(payload), payload)
        for path, payload in found.items()
    ]


async def _pages(connection: AsyncConnection, scope: Scope, paths: Sequence[str]) -> list[Truth]:
    """The row says which text a page has; the outbox, whose newest row of each entity is kept, carries that text."""
    rows = await fetch(
        connection,
        """
        SELECT p.path AS key, p.content_hash, (
            SELECT e.payload::text FROM sync_events e WHERE e.entity_type = 'page' AND e.entity_id = $1 || p.path
            AND e.content_hash = p.content_hash ORDER BY e.id DESC LIMIT 1) AS payload
        FROM pages p WHERE p.ref_id = $2 AND p.path = ANY($3)
        """,
        entity_id(scope.entities, ""),
        scope.ref_id,
        paths,
    )
    return [_outbox_truth(EntityType.PAGE, entity_id(scope.entities, row["key"]), row) for row in rows]


async def _written(connection: AsyncConnection, scope: Scope, kind: EntityType, keys: Sequence[str]) -> list[Truth]:
    rows = await fetch(
        connection,
        "SELECT DISTINCT ON (entity_id) entity_id, key, action, content_hash, payload::text AS payload"
        " FROM sync_events WHERE entity_type = $1 AND entity_id = ANY($2) ORDER BY entity_id, id DESC",
        str(kind),
        [entity_id(scope.entities, key) for key in keys],
    )
    return [_outbox_truth(kind, row["entity_id"], row) for row in rows if row["action"] == "upsert"]


def _outbox_truth(kind: EntityType, identity: str, row: Any) -> Truth:
    payload = row["payload"].encode() if row["payload"] is not None else None
    return Truth(kind, identity, row["key"], row["content_hash"], payload)
