"""Writing and reading events. The order of ``seq`` is the order of commits: a reader only remembers one number."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one
from db.events.model import Payload
from db.models.base import LOCAL_TENANT
from db.text import storable, storable_json
from docrunch.trace import current_trace_id

Told = TypeVar("Told", bound=Payload)

CHANNEL = "docrunch_events"
APPEND_LOCK = 0x646F6372756E6302  # "docrunc" + 2: from the first event of a transaction to its commit


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """``idempotency_key`` names the fact: a retried activity gives the same key, and one event comes of it."""

    payload: Payload
    subject: str  # what the event is about: a repository, a run, a path
    idempotency_key: str
    job_id: str | None = None  # workflow id
    repository_id: int | None = None
    parent_id: str | None = None  # event_id of the cause
    actor: str = "docrunch"
    trace_id: str | None = None
    tenant_id: str = LOCAL_TENANT

    @property
    def event_id(self) -> str:
        """Derived from the key, so that a cause can be named before, and however often, it is written."""
        return event_id(self.idempotency_key)


class StoredEvent(msgspec.Struct, frozen=True):
    seq: int
    created_at: datetime
    tenant_id: str
    job_id: str | None
    repository_id: int | None
    actor: str
    event_id: str
    parent_id: str | None
    kind: str
    subject: str
    trace_id: str | None
    payload: dict[str, Any]


class EventFilter(msgspec.Struct, frozen=True):
    """Empty fields do not restrict."""

    tenant_id: str = LOCAL_TENANT
    job_id: str | None = None
    repository_id: int | None = None
    kinds: tuple[str, ...] = ()


EVERYTHING = EventFilter()


def event_id(idempotency_key: str) -> str:
    digest = hashlib.sha256(idempotency_key.encode("utf-8", "surrogatepass")).digest()
    return "e_" + base64.b32encode(digest).decode().lower()[:26]


# created_at is the wall clock, not the start of a long transaction: it follows seq.
_INSERT = """
WITH given AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
                         $8::text[], $9::text[], $10::text[], $11::text[]) WITH ORDINALITY
        AS t(tenant_id, job_id, repository_id, actor, event_id, parent_id, kind, subject, key, trace_id, payload, n)
), fresh AS (
    INSERT INTO event_keys (idempotency_key, created_at)
    SELECT key, clock_timestamp() FROM given ON CONFLICT DO NOTHING RETURNING idempotency_key
), written AS (
    INSERT INTO events (created_at, tenant_id, job_id, repository_id, actor, event_id, parent_id, kind, subject,
                        idempotency_key, trace_id, payload)
    SELECT clock_timestamp(), tenant_id, job_id, repository_id, actor, event_id, parent_id, kind, subject, key,
           trace_id, payload::jsonb
    FROM (SELECT DISTINCT ON (key) * FROM given ORDER BY key, n) once JOIN fresh ON fresh.idempotency_key = once.key
    ORDER BY n RETURNING seq
), told AS (SELECT pg_notify('docrunch_events', max(seq)::text) FROM written HAVING count(*) > 0)
SELECT seq FROM written, (SELECT count(*) FROM told) AS notified ORDER BY seq
"""


async def append(connection: AsyncConnection, events: Sequence[NewEvent]) -> list[int]:
    """Write events as the **last** statement before COMMIT; returns the ``seq`` of those that are new.

    An advisory lock is held from here to the commit, so no transaction can commit a smaller ``seq`` after a larger
    one. Whatever still follows before the commit makes every other writer wait.
    """
    if not events:
        return []
    await execute(connection, "SELECT pg_advisory_xact_lock($1)", APPEND_LOCK)
    rows = [_row(event) for event in events]
    written = await fetch(connection, _INSERT, *(list(column) for column in zip(*rows, strict=True)))
    return [row["seq"] for row in written]


def _row(event: NewEvent) -> tuple[Any, ...]:
    return (
        event.tenant_id,
        event.job_id,
        event.repository_id,
        event.actor,
        event.event_id,
        event.parent_id,
        event.payload.kind,
        storable(event.subject),
        _key(event.idempotency_key),
        event.trace_id or current_trace_id(),
        storable_json(event.payload),
    )


def _key(idempotency_key: str) -> str:
    """Keys longer than an index row may be are stored as their hash."""
    return storable(idempotency_key) if len(idempotency_key) <= 200 else event_id(idempotency_key)


_COLUMNS = "seq, created_at, tenant_id, job_id, repository_id, actor, event_id, parent_id, kind, subject, trace_id"
SELECT_AFTER = f"""
SELECT {_COLUMNS}, payload::text AS payload FROM events
WHERE seq > $1 AND tenant_id = $2 AND ($3::text IS NULL OR job_id = $3)
  AND ($4::bigint IS NULL OR repository_id = $4) AND ($5::text[] IS NULL OR kind = ANY($5))
ORDER BY seq LIMIT $6
"""


def after_arguments(seq: int, wanted: EventFilter, limit: int) -> tuple[Any, ...]:
    return (seq, wanted.tenant_id, wanted.job_id, wanted.repository_id, list(wanted.kinds) or None, limit)


def stored(row: Any) -> StoredEvent:
    return StoredEvent(**{**dict(row), "payload": msgspec.json.decode(row["payload"])})


async def after(
    connection: AsyncConnection, seq: int, wanted: EventFilter = EVERYTHING, *, limit: int = 500
) -> list[StoredEvent]:
    """Events with a larger ``seq``, oldest first. Asking again with the last ``seq`` misses and repeats nothing."""
    return [stored(row) for row in await fetch(connection, SELECT_AFTER, *after_arguments(seq, wanted, limit))]


async def last_key(connection: AsyncConnection, job_id: str, prefix: str) -> str | None:
    """Key of the newest event of a job whose key begins with ``prefix``; None: nothing of the kind was told."""
    row = await fetch_one(
        connection,
        "SELECT idempotency_key FROM events WHERE job_id = $1 AND starts_with(idempotency_key, $2)"
        " ORDER BY seq DESC LIMIT 1",
        job_id,
        prefix,
    )
    return str(row["idempotency_key"]) if row else None


async def payload_of(connection: AsyncConnection, job_id: str, key: str, kind: type[Told]) -> Told | None:
    """What the event with this idempotency key says; None while nothing was told under it."""
    row = await fetch_one(
        connection,
        "SELECT payload::text AS payload FROM events WHERE job_id = $1 AND idempotency_key = $2",
        job_id,
        _key(key),
    )
    return msgspec.json.decode(row["payload"], type=kind) if row else None


async def last_seq(connection: AsyncConnection) -> int:
    """The newest committed ``seq``, 0 when there are no events."""
    rows = await fetch(connection, "SELECT coalesce(max(seq), 0) AS seq FROM events")
    return int(rows[0]["seq"])
