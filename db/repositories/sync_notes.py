"""Rows of ``storage_sync`` as a rebuild or a repair leaves them: what the store was seen to hold."""

from collections.abc import Collection, Mapping

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch
from db.repositories.projections import Key, Scope
from db.repositories.workspaces import Projected
from docrunch.storage.model import PRIORITIES, EntityType, entity_id


class Note(msgspec.Struct, frozen=True):
    state: str
    wanted: bytes | None
    synced: bytes | None


_ONE = "target = $1 AND repository_id = $2 AND ref_id = $3"
REBUILT_WITHOUT = "could not be projected by the last rebuild"


async def notes(connection: AsyncConnection, where: Projected) -> dict[Key, Note]:
    rows = await fetch(
        connection,
        f"SELECT entity_type, key, state, wanted_hash, synced_hash FROM storage_sync WHERE {_ONE}",
        *msgspec.structs.astuple(where),
    )
    return {
        (EntityType(row["entity_type"]), row["key"]): Note(row["state"], row["wanted_hash"], row["synced_hash"])
        for row in rows
    }


async def cursor(connection: AsyncConnection, where: Projected) -> int:
    """How far the outbox was taken into ``storage_sync``."""
    rows = await fetch(connection, f"SELECT event_id FROM sync_cursors WHERE {_ONE}", *msgspec.structs.astuple(where))
    return int(rows[0]["event_id"]) if rows else 0


async def set_synced(
    connection: AsyncConnection,
    where: Projected,
    event_id: int,
    entities: Mapping[Key, bytes],
    failed: Collection[str] = (),
) -> None:
    """The store holds exactly ``entities``, as of the outbox row ``event_id``; ``failed`` (``type:key``) are dead.

    A row that a newer change has reached stays as it is. What the store holds no more has no row.
    """
    given = msgspec.structs.astuple(where)
    await _upsert(connection, where, event_id, entities)
    await execute(
        connection,
        "UPDATE storage_sync SET state = 'dead', synced_hash = NULL, last_error = coalesce(last_error, $6),"
        " next_attempt = NULL, updated_at = now()"
        f" WHERE {_ONE} AND event_id <= $4 AND entity_type || ':' || key = ANY($5::text[])",
        *given,
        event_id,
        sorted(failed),
        REBUILT_WITHOUT,
    )
    await execute(
        connection,
        f"DELETE FROM storage_sync WHERE {_ONE} AND event_id <= $4"
        " AND (entity_type || ':' || key) NOT IN (SELECT unnest($5::text[]))",
        *given,
        event_id,
        [*sorted(failed), *(f"{kind}:{key}" for kind, key in entities)],
    )
    await execute(
        connection,
        "INSERT INTO sync_cursors (target, repository_id, ref_id, event_id) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (target, repository_id, ref_id)"
        " DO UPDATE SET event_id = greatest(sync_cursors.event_id, excluded.event_id)",
        *given,
        event_id,
    )


async def set_some(
    connection: AsyncConnection, where: Projected, event_id: int, entities: Mapping[Key, bytes], gone: Collection[Key]
) -> None:
    """The store was seen to hold these entities, and none of ``gone``. Rows with a newer change stay as they are."""
    await _upsert(connection, where, event_id, entities)
    await execute(
        connection,
        f"DELETE FROM storage_sync WHERE {_ONE} AND event_id <= $4 AND entity_type || ':' || key = ANY($5::text[])",
        *msgspec.structs.astuple(where),
        event_id,
        [f"{kind}:{key}" for kind, key in gone],
    )


async def forget(connection: AsyncConnection, where: Projected) -> None:
    """Nothing is known of what the store holds: whatever follows it begins anew."""
    given = msgspec.structs.astuple(where)
    await execute(connection, f"DELETE FROM storage_sync WHERE {_ONE}", *given)
    await execute(connection, f"DELETE FROM sync_cursors WHERE {_ONE}", *given)


async def _upsert(connection: AsyncConnection, where: Projected, event_id: int, entities: Mapping[Key, bytes]) -> None:
    scope = Scope(where.repository_id, where.ref_id)
    keys = list(entities)
    await execute(
        connection,
        """
        INSERT INTO storage_sync AS s (target, repository_id, ref_id, entity_type, entity_id, key, priority, event_id,
                                       wanted_hash, synced_hash, state, action, synced_at)
        SELECT $1, $2, $3, e.type, e.identity, e.key, e.priority, coalesce((
                   SELECT max(o.id) FROM sync_events o WHERE o.entity_type = e.type AND o.entity_id = e.identity
                   AND o.id <= $4), $4), e.hash, e.hash, 'synced', 'upsert', now()
        FROM unnest($5::text[], $6::text[], $7::text[], $8::smallint[], $9::bytea[])
             AS e(type, identity, key, priority, hash)
        ON CONFLICT (target, entity_type, entity_id) DO UPDATE SET state = 'synced', action = 'upsert', attempts = 0,
            event_id = excluded.event_id, wanted_hash = excluded.wanted_hash, synced_hash = excluded.synced_hash,
            last_error = NULL, next_attempt = NULL, synced_at = now(), updated_at = now()
        WHERE s.event_id <= $4 AND (s.state, s.synced_hash, s.wanted_hash, s.event_id) IS DISTINCT FROM
            ('synced', excluded.synced_hash, excluded.wanted_hash, excluded.event_id)
        """,
        *msgspec.structs.astuple(where),
        event_id,
        [str(kind) for kind, _ in keys],
        [entity_id(scope.entities, key) for _, key in keys],
        [key for _, key in keys],
        [PRIORITIES[kind] for kind, _ in keys],
        [entities[key] for key in keys],
    )
