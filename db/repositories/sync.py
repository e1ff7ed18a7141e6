"""What each derived store has to do: the outbox taken in, due rows claimed, outcomes written down.

One writer per target and repository at a time (`db.repositories.sync_lock`); only a person's ``retry`` and a rebuild
write beside it, and nothing here mistakes their changes for its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one
from db.text import storable
from docrunch.storage.model import Action, EntityType

UNKNOWN = b""
"""``storage_sync.synced_hash`` of an entity that is being written, or whose last attempt ended without an outcome:
equal to no hash and to no absence, so that it is written again whatever is wanted."""

INTAKE_ROWS = 20_000  # outbox rows taken in by one transaction
PAYLOAD_BYTES = 8_000_000  # texts of one page of claims
_PAYLOADS_AT_ONCE = 16


class Due(msgspec.Struct, frozen=True):
    """One entity that a target has to bring in or take out. ``scan_id`` 0: no scan has written it."""

    id: int
    entity_type: EntityType
    entity_id: str
    key: str
    ref_id: int
    action: Action
    priority: int
    event_id: int
    wanted_hash: bytes | None
    synced_hash: bytes | None
    attempts: int
    enqueued_at: datetime
    scan_id: int


class Intake(msgspec.Struct, frozen=True):
    """``events`` outbox rows were taken in; ``more``: others wait."""

    events: int
    more: bool


class Failure(msgspec.Struct, frozen=True):
    """An attempt of one entity that failed. ``next_attempt`` None: it is dead."""

    row: Due
    attempts: int
    error: str
    next_attempt: datetime | None


async def take_in(connection: AsyncConnection, target: str, repository_id: int, takes: Sequence[EntityType]) -> Intake:
    """Take new outbox rows into ``storage_sync``, ref by ref, up to `INTAKE_ROWS`.

    Ids of one ref are in the order of commits, so a cursor per ref misses nothing. Rows of one entity become one, which
    keeps the time of its oldest change that is not applied yet.
    """
    events, more = 0, False
    for ref_id, seen in await _behind(connection, target, repository_id):
        if events >= INTAKE_ROWS:
            return Intake(events, True)
        count, last = await _next(connection, repository_id, ref_id, seen, INTAKE_ROWS - events)
        more = more or count == INTAKE_ROWS - events
        events += count
        await execute(
            connection, _TAKE_IN, target, repository_id, ref_id, seen, last, [str(each) for each in sorted(takes)]
        )
        await execute(connection, _MOVE_CURSOR, target, repository_id, ref_id, last)
    return Intake(events, more)


async def _behind(connection: AsyncConnection, target: str, repository_id: int) -> list[tuple[int, int]]:
    """(ref, what was seen of it) of every ref with newer outbox rows; findings (ref 0) first."""
    rows = await fetch(connection, _BEHIND, target, repository_id)
    return [(row["ref_id"], row["seen"]) for row in rows]


_BEHIND = """
SELECT r.ref_id, coalesce(c.event_id, 0) AS seen
FROM (SELECT 0::bigint AS ref_id UNION ALL SELECT id FROM refs WHERE repository_id = $2) r
LEFT JOIN sync_cursors c ON c.target = $1 AND c.repository_id = $2 AND c.ref_id = r.ref_id
WHERE EXISTS (SELECT FROM sync_events e
              WHERE e.repository_id = $2 AND e.ref_id = r.ref_id AND e.id > coalesce(c.event_id, 0))
ORDER BY r.ref_id
"""


async def _next(connection: AsyncConnection, repository_id: int, ref_id: int, seen: int, limit: int) -> tuple[int, int]:
    row = await fetch_one(
        connection,
        "SELECT count(*) AS count, coalesce(max(id), $3) AS last FROM (SELECT id FROM sync_events"
        " WHERE repository_id = $1 AND ref_id = $2 AND id > $3 ORDER BY id LIMIT $4) page",
        repository_id,
        ref_id,
        seen,
        limit,
    )
    return (int(row["count"]), int(row["last"])) if row else (0, seen)


_TAKE_IN = """
INSERT INTO storage_sync AS s (target, repository_id, ref_id, entity_type, entity_id, key, state, action, priority,
                               event_id, wanted_hash, enqueued_at)
SELECT $1, $2, $3, entity_type, entity_id, key, 'pending', action, priority, id, content_hash, first_at
FROM (SELECT DISTINCT ON (entity_type, entity_id) *,
             min(created_at) OVER (PARTITION BY entity_type, entity_id) AS first_at
      FROM (SELECT id, entity_type, entity_id, key, action, priority, content_hash, created_at FROM sync_events
            WHERE repository_id = $2 AND ref_id = $3 AND id > $4 AND id <= $5 AND entity_type = ANY($6::text[])) page
      ORDER BY entity_type, entity_id, id DESC) newest
ON CONFLICT (target, entity_type, entity_id) DO UPDATE SET
    key = excluded.key, state = 'pending', action = excluded.action, priority = excluded.priority,
    event_id = excluded.event_id, wanted_hash = excluded.wanted_hash, attempts = 0, last_error = NULL,
    next_attempt = NULL, updated_at = now(),
    enqueued_at = CASE WHEN s.state = 'synced' THEN excluded.enqueued_at ELSE s.enqueued_at END
WHERE excluded.event_id > s.event_id
"""
_MOVE_CURSOR = """
INSERT INTO sync_cursors AS c (target, repository_id, ref_id, event_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (target, repository_id, ref_id) DO UPDATE SET event_id = greatest(c.event_id, excluded.event_id)
"""


async def claim(
    connection: AsyncConnection,
    target: str,
    repository_id: int,
    limit: int,
    *,
    reports_first: bool = True,
    held: Sequence[int] = (),
) -> list[Due]:
    """The next rows that are due, and nothing is written: the lock of the target and repository is the claim.

    Args:
        held: refs that are left alone, because they are being built anew.
    """
    order = "s.priority, s.event_id" if reports_first else "s.event_id"
    rows = await fetch(connection, _DUE.format(order=order), target, repository_id, list(held), limit)
    return [
        Due(**{**dict(row), "entity_type": EntityType(row["entity_type"]), "action": Action(row["action"])})
        for row in rows
    ]


_DUE = """
SELECT s.id, s.entity_type, s.entity_id, s.key, s.ref_id, s.action, s.priority, s.event_id, s.wanted_hash,
       s.synced_hash, s.attempts, s.enqueued_at, coalesce(e.scan_id, 0) AS scan_id
FROM storage_sync s LEFT JOIN sync_events e ON e.id = s.event_id
WHERE s.target = $1 AND s.repository_id = $2 AND s.state IN ('pending', 'failed') AND s.ref_id <> ALL($3::bigint[])
  AND (s.next_attempt IS NULL OR s.next_attempt <= now())
ORDER BY {order} LIMIT $4
"""


async def payloads(connection: AsyncConnection, rows: Sequence[Due]) -> dict[int, str]:
    """Texts by outbox id, of as many of the first rows as `PAYLOAD_BYTES` allow, and of one at least.

    Those whose outbox row is gone are missing.
    """
    found: dict[int, str] = {}
    size = 0
    for start in range(0, len(rows), _PAYLOADS_AT_ONCE):
        part = [row.event_id for row in rows[start : start + _PAYLOADS_AT_ONCE]]
        given = await fetch(
            connection, "SELECT id, payload::text AS payload FROM sync_events WHERE id = ANY($1::bigint[])", part
        )
        texts = {row["id"]: row["payload"] for row in given}
        for number in part:
            size += len(texts.get(number, ""))
            if found and size > PAYLOAD_BYTES:
                return found
            found[number] = texts.get(number, "")
    return found


async def begin(connection: AsyncConnection, rows: Sequence[Due]) -> None:
    """Before a store is touched: from here to the outcome nobody may believe what was known of these entities."""
    await execute(
        connection,
        "UPDATE storage_sync SET synced_hash = $2, updated_at = now() WHERE id = ANY($1::bigint[])",
        [row.id for row in rows],
        UNKNOWN,
    )


async def mark_synced(connection: AsyncConnection, rows: Sequence[Due]) -> None:
    """The store is as these rows want it. A newer change that came meanwhile stays to be done."""
    if not rows:
        return
    await execute(
        connection,
        "UPDATE storage_sync s SET synced_hash = g.hash, updated_at = now(), synced_at = now(),"
        "  state = CASE WHEN s.event_id = g.event_id THEN 'synced' ELSE s.state END,"
        "  attempts = CASE WHEN s.event_id = g.event_id THEN 0 ELSE s.attempts END,"
        "  last_error = CASE WHEN s.event_id = g.event_id THEN NULL ELSE s.last_error END, next_attempt = NULL"
        " FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS g(id, event_id, hash) WHERE s.id = g.id",
        [row.id for row in rows],
        [row.event_id for row in rows],
        [row.wanted_hash for row in rows],
    )
    await execute(
        connection,
        "DELETE FROM storage_sync WHERE id = ANY($1::bigint[]) AND state = 'synced' AND synced_hash IS NULL",
        [row.id for row in rows if row.wanted_hash is None],
    )


async def mark_failed(connection: AsyncConnection, failures: Sequence[Failure]) -> None:
    """Note attempts that failed; what the store holds of these entities stays `UNKNOWN`."""
    for each in failures:
        await execute(
            connection,
            "UPDATE storage_sync SET state = CASE WHEN $5::timestamptz IS NULL THEN 'dead' ELSE 'failed' END,"
            " attempts = $3, last_error = $4, next_attempt = $5, updated_at = now() WHERE id = $1 AND event_id = $2",
            each.row.id,
            each.row.event_id,
            each.attempts,
            storable(each.error),
            each.next_attempt,
        )


async def next_due(
    connection: AsyncConnection, target: str, repository_id: int, held: Sequence[int] = ()
) -> float | None:
    """Seconds until something is due: 0 at once, None when nothing waits."""
    row = await fetch_one(
        connection,
        "SELECT count(*) AS waiting, extract(epoch FROM min(coalesce(next_attempt, now())) - now())::float8 AS seconds"
        " FROM storage_sync WHERE target = $1 AND repository_id = $2 AND state IN ('pending', 'failed')"
        " AND ref_id <> ALL($3::bigint[])",
        target,
        repository_id,
        list(held),
    )
    return max(0.0, float(row["seconds"])) if row and row["waiting"] else None


async def backlog(connection: AsyncConnection, target: str, repository_id: int) -> dict[int, int]:
    """Waiting entities by ref."""
    rows = await fetch(
        connection,
        "SELECT ref_id, count(*) AS count FROM storage_sync WHERE target = $1 AND repository_id = $2"
        " AND state IN ('pending', 'failed') GROUP BY ref_id",
        target,
        repository_id,
    )
    return {row["ref_id"]: row["count"] for row in rows}


async def retry(
    connection: AsyncConnection,
    *,
    targets: Sequence[str],
    repository_id: int | None = None,
    entity: str | None = None,
) -> Mapping[tuple[str, int], int]:
    """Dead and failed entities are due again, with all their attempts. Numbers by target and repository.

    Args:
        entity: key or id of one entity.
    """
    rows: list[Any] = await fetch(
        connection,
        "WITH again AS (UPDATE storage_sync SET state = 'pending', attempts = 0, next_attempt = NULL,"
        "  updated_at = now() WHERE target = ANY($1::text[]) AND state IN ('dead', 'failed')"
        "  AND ($2::bigint IS NULL OR repository_id = $2) AND ($3::text IS NULL OR key = $3 OR entity_id = $3)"
        "  RETURNING target, repository_id)"
        " SELECT target, repository_id, count(*) AS count FROM again GROUP BY 1, 2 ORDER BY 1, 2",
        list(targets),
        repository_id,
        entity,
    )
    return {(row["target"], row["repository_id"]): row["count"] for row in rows}
