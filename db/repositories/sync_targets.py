"""Derived stores of repositories: circuit, breaches of what they may lag behind, workspaces."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one
from db.text import storable
from docrunch.storage.model import REPORT_PRIORITY


class TargetState(msgspec.Struct, frozen=True):
    """``probe_in``: seconds until an open circuit is probed; None while it is closed."""

    failures: int
    error: str | None
    probe_in: float | None
    breached_at: datetime | None

    @property
    def open(self) -> bool:
        return self.probe_in is not None


class Owner(msgspec.Struct, frozen=True):
    """A repository as events and workspaces name it."""

    id: int
    tenant: str
    name: str
    slug: str


class Lag(msgspec.Struct, frozen=True):
    """What waits of one class: ``report`` or ``scan``. ``seconds``: age of the oldest change."""

    of: str
    waiting: int
    seconds: float


class ActiveWorkspace(msgspec.Struct, frozen=True):
    ref: str
    generation: int | None  # None: there is none yet
    next_generation: int


async def owner(connection: AsyncConnection, repository_id: int) -> Owner | None:
    row = await fetch_one(
        connection, "SELECT id, tenant_id AS tenant, name, slug FROM repositories WHERE id = $1", repository_id
    )
    return Owner(**dict(row)) if row else None


async def state(connection: AsyncConnection, target: str, repository_id: int) -> TargetState:
    """What is known of a store; makes its row when it is first asked for, unless the repository was removed."""
    await execute(
        connection,
        "INSERT INTO sync_targets (target, repository_id) SELECT $1, id FROM repositories WHERE id = $2"
        " ON CONFLICT DO NOTHING",
        target,
        repository_id,
    )
    row = await fetch_one(
        connection,
        "SELECT failures, error, breached_at, CASE WHEN circuit = 'open' THEN"
        "  greatest(0, extract(epoch FROM probe_at - now()))::float8 END AS probe_in"
        " FROM sync_targets WHERE target = $1 AND repository_id = $2",
        target,
        repository_id,
    )
    return TargetState(**dict(row)) if row else TargetState(0, None, None, None)


async def open_circuit(
    connection: AsyncConnection, target: str, repository_id: int, error: str, probe_in: float
) -> None:
    """One more failure of the store itself in a row."""
    await execute(
        connection,
        "INSERT INTO sync_targets AS t (target, repository_id, circuit, failures, error, opened_at, probe_at)"
        " VALUES ($1, $2, 'open', 1, $3, now(), now() + $4::interval)"
        " ON CONFLICT (target, repository_id) DO UPDATE SET circuit = 'open', failures = t.failures + 1,"
        "  error = excluded.error, probe_at = excluded.probe_at, updated_at = now(),"
        "  opened_at = CASE WHEN t.circuit = 'open' THEN t.opened_at ELSE now() END",
        target,
        repository_id,
        storable(error),
        timedelta(seconds=probe_in),
    )


async def close_circuit(connection: AsyncConnection, target: str, repository_id: int) -> None:
    await execute(
        connection,
        "UPDATE sync_targets SET circuit = 'closed', failures = 0, error = NULL, opened_at = NULL, probe_at = NULL,"
        " updated_at = now() WHERE target = $1 AND repository_id = $2 AND circuit = 'open'",
        target,
        repository_id,
    )


async def probe_now(connection: AsyncConnection, targets: Sequence[str], repository_id: int) -> None:
    """Stores that are away are asked by the next drain, whenever their probe would have been."""
    await execute(
        connection,
        "UPDATE sync_targets SET probe_at = now() WHERE target = ANY($1::text[]) AND repository_id = $2"
        " AND circuit = 'open'",
        list(targets),
        repository_id,
    )


async def waiting(connection: AsyncConnection, target: str, repository_id: int) -> list[Lag]:
    """What waits for a store, taken in or not. The dead do not wait: they have alerted already."""
    rows = await fetch(connection, _WAITING, target, repository_id)
    return [Lag(row["of"], row["waiting"], float(row["seconds"])) for row in rows]


_WAITING = f"""
SELECT CASE WHEN priority <= {REPORT_PRIORITY} THEN 'report' ELSE 'scan' END AS of, count(*) AS waiting,
       greatest(0, extract(epoch FROM now() - min(since)))::float8 AS seconds
FROM (SELECT priority, enqueued_at AS since FROM storage_sync
      WHERE target = $1 AND repository_id = $2 AND state IN ('pending', 'failed')
      UNION ALL
      SELECT e.priority, e.created_at FROM (SELECT 0::bigint AS ref_id UNION ALL
                                            SELECT id FROM refs WHERE repository_id = $2) r
      LEFT JOIN sync_cursors c ON c.target = $1 AND c.repository_id = $2 AND c.ref_id = r.ref_id
      JOIN sync_events e ON e.repository_id = $2 AND e.ref_id = r.ref_id AND e.id > coalesce(c.event_id, 0)) late
GROUP BY 1 ORDER BY 1
"""


async def breach(connection: AsyncConnection, target: str, repository_id: int) -> datetime:
    """When the breach that goes on now began: now, unless it was noted before."""
    row = await fetch_one(
        connection,
        "UPDATE sync_targets SET breached_at = coalesce(breached_at, now()), updated_at = now()"
        " WHERE target = $1 AND repository_id = $2 RETURNING breached_at",
        target,
        repository_id,
    )
    if row is None:
        raise AssertionError("`state` makes the row before anything can be late")
    found: datetime = row["breached_at"]
    return found


async def end_breach(connection: AsyncConnection, target: str, repository_id: int) -> None:
    await execute(
        connection,
        "UPDATE sync_targets SET breached_at = NULL, updated_at = now()"
        " WHERE target = $1 AND repository_id = $2 AND breached_at IS NOT NULL",
        target,
        repository_id,
    )


async def workspace(connection: AsyncConnection, target: str, repository_id: int, ref_id: int) -> ActiveWorkspace:
    """The generation that is read, and the number of the next one. Ref 0 is what belongs to no ref."""
    row = await fetch_one(
        connection,
        "SELECT (SELECT name FROM refs WHERE id = $3) AS ref, max(generation) AS last,"
        " max(generation) FILTER (WHERE state = 'active') AS active"
        " FROM workspaces WHERE target = $1 AND repository_id = $2 AND ref_id = $3",
        target,
        repository_id,
        ref_id,
    )
    if row is None:
        return ActiveWorkspace("", None, 1)
    return ActiveWorkspace(row["ref"] or "", row["active"], (row["last"] or 0) + 1)


async def add_workspace(
    connection: AsyncConnection, target: str, repository_id: int, ref_id: int, generation: int
) -> bool:
    """The first generation of a ref, which is active at once. False: a rebuild has taken its number meanwhile."""
    count = await execute(
        connection,
        "INSERT INTO workspaces (target, repository_id, ref_id, generation, state) VALUES ($1, $2, $3, $4, 'active')"
        " ON CONFLICT DO NOTHING",
        target,
        repository_id,
        ref_id,
        generation,
    )
    return count == 1


async def used(connection: AsyncConnection, targets: Sequence[str]) -> list[str]:
    """Targets that hold anything."""
    rows = await fetch(
        connection, "SELECT DISTINCT target FROM workspaces WHERE target = ANY($1::text[])", list(targets)
    )
    return [row["target"] for row in rows]


async def unfinished(connection: AsyncConnection, targets: Sequence[str]) -> list[str]:
    """Targets in which an ended process has left entities half written, or a running one writes now."""
    rows = await fetch(
        connection,
        "SELECT DISTINCT target FROM projection_entries WHERE state <> 'ready' AND target = ANY($1::text[]) ORDER BY 1",
        list(targets),
    )
    return [row["target"] for row in rows]
