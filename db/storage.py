"""Published facts as derived stores see them, and the way of a change into the outbox."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import fetch
from db.events.model import SyncEnqueued
from db.events.store import NewEvent
from db.publishing.difference import KINDS
from db.publishing.outbox import Entry, Target, cause_key, enqueue_entries
from db.publishing.payload import FileState, decode_file, encode_file, payload_hash
from db.publishing.rows import RELATIONSHIPS, SHARED, SYMBOLS
from db.session import Database
from docrunch.storage.model import Action, Document, EntityType, Relation

Row = tuple[Any, ...]


class PostgresStorage:
    """`docrunch.storage.ports.PostgresStorage`: each answer is one consistent reading."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get_file(self, ref_id: int, path: str) -> FileState | None:
        """The file with its symbols and outgoing relationships. The path "" is what belongs to no file."""
        async with self._database.transaction() as connection:
            found = await file_payloads(connection, ref_id, [path])
        return decode_file(msgspec.json.decode(found[path])) if path in found else None

    async def get_relationships(self, ref_id: int, symbol_id: str) -> list[Relation]:
        """Outgoing relations of a symbol; the weight is the certainty of the edge."""
        async with self._database.transaction() as connection:
            rows = await fetch(
                connection,
                "SELECT target, type, certainty FROM relationships WHERE ref_id = $1 AND source = $2"
                ' ORDER BY target COLLATE "C", type COLLATE "C"',
                ref_id,
                symbol_id,
            )
        return [Relation(row["target"], row["type"], row["certainty"]) for row in rows]


async def file_payloads(connection: AsyncConnection, ref_id: int, paths: Sequence[str]) -> dict[str, bytes]:
    """What the newest outbox rows of these files say, made from the published tables: the same bytes, the same hash.

    Paths that are not published are missing; "" is what belongs to no file, whole.
    """
    wanted = list(paths)
    files = {row["path"]: tuple(row) for row in await fetch(connection, _FILES, ref_id, wanted)}
    in_files = await fetch(connection, _SYMBOLS_IN_FILES, ref_id, wanted)
    in_none = await fetch(connection, _SYMBOLS_IN_NONE, ref_id) if SHARED in wanted else []
    symbols = _by_home((tuple(row) for row in [*in_files, *in_none]), SYMBOLS.home)
    ids = [row[0] for rows in symbols.values() for row in rows]
    edges = _by_home((tuple(row) for row in await fetch(connection, _RELATIONSHIPS, ref_id, ids)), RELATIONSHIPS.home)
    return {
        path: encode_file(files.get(path), symbols.get(path, []), edges.get(path, []))
        for path in wanted
        if path in files or path in symbols
    }


_FILES = (
    "SELECT path, language, size, lines, skip, encode(content_hash, 'hex') AS content_hash,"
    " encode(text_hash, 'hex') AS text_hash FROM files WHERE ref_id = $1 AND path = ANY($2::text[])"
)
_SYMBOL_COLUMNS = ", ".join(SYMBOLS.columns)
_SYMBOLS_IN_FILES = (
    f"SELECT {_SYMBOL_COLUMNS} FROM symbols WHERE ref_id = $1 AND path = ANY($2::text[]) AND kind NOT IN {KINDS}"
    ' ORDER BY id COLLATE "C"'
)
_SYMBOLS_IN_NONE = (
    f'SELECT {_SYMBOL_COLUMNS} FROM symbols WHERE ref_id = $1 AND kind IN {KINDS} ORDER BY id COLLATE "C"'
)
_RELATIONSHIPS = (
    f"SELECT {', '.join(RELATIONSHIPS.columns)} FROM relationships WHERE ref_id = $1 AND source = ANY($2::text[])"
    ' ORDER BY source COLLATE "C", target COLLATE "C", type COLLATE "C"'
)


def _by_home(rows: Iterable[Row], home: Callable[[Row], str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(home(row), []).append(row)
    return found


class StorageHub:
    """Where a change of an entity that no scan writes enters the outbox: findings, decisions, reports."""

    async def on_file_indexed(
        self,
        connection: AsyncConnection,
        owner: Target,
        entity_type: EntityType,
        key: str,
        document: Document | None,
        *,
        cause: str | None = None,
        actor: str = "docrunch",
    ) -> NewEvent:
        """Write the outbox row of an entity, in the transaction of the change itself.

        Args:
            owner: with ``ref_id`` and ``scan_id`` 0 for what belongs to no ref.
            key: the entity's id in its repository.
            document: what derived stores are to hold; None: nothing any more.
            cause: ``event_id`` of the event that led to the change.

        Returns:
            The event that tells it, to be appended with those of the change, last before the commit.
        """
        made = await enqueue_entries(connection, owner, [document_entry(entity_type, key, document)])
        return NewEvent(
            payload=SyncEnqueued(owner.scan_id, made.first, made.last, made.count),
            subject=key,
            idempotency_key=cause_key(entity_type, owner.scan_id, made.first),
            repository_id=owner.repository_id,
            parent_id=cause,
            actor=actor,
            tenant_id=owner.tenant_id,
        )


def document_entry(entity_type: EntityType, key: str, document: Document | None) -> Entry:
    if document is None:
        return Entry(entity_type, key, Action.DELETE)
    payload = msgspec.json.encode(document)
    return Entry(entity_type, key, Action.UPSERT, payload_hash(payload), payload.decode())
