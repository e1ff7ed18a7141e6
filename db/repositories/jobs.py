"""Writing the read model of runs: what was asked, how it was routed, how it ended. `runs` reads it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one
from db.events.store import NewEvent, append
from db.models.base import LOCAL_TENANT
from db.text import storable_json


async def start(
    connection: AsyncConnection,
    *,
    workflow_id: str,
    run_id: str,
    kind: str,
    repository_id: int | None,
    request: Mapping[str, Any],
    route: Mapping[str, Any] | None = None,
    tenant_id: str = LOCAL_TENANT,
) -> None:
    """Register a run; registering it again changes nothing.

    The run opens its scan at the same time: whichever of the two comes second connects them.
    """
    await _lock(connection, workflow_id)
    await execute(
        connection,
        "INSERT INTO jobs (tenant_id, workflow_id, run_id, kind, repository_id, request, route)"
        " VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7::text::jsonb) ON CONFLICT DO NOTHING",
        tenant_id,
        workflow_id,
        run_id,
        kind,
        repository_id,
        storable_json(request),
        storable_json(route or {}),
    )
    await execute(
        connection,
        """
        UPDATE jobs SET scan_id = made.id, repository_id = made.repository_id, route = made.route
        FROM (SELECT id, repository_id, coalesce(options -> 'route', '{}') AS route FROM scan_runs s
              WHERE options ->> 'job_id' = $1 AND status IN ('open', 'published', 'stored')
                AND opened_at > now() - interval '1 day' AND NOT EXISTS (SELECT FROM jobs o WHERE o.scan_id = s.id)
              ORDER BY id DESC LIMIT 1) made
        WHERE workflow_id = $1 AND run_id = $2 AND closed_at IS NULL AND scan_id IS NULL
        """,
        workflow_id,
        run_id,
    )


async def _lock(connection: AsyncConnection, workflow_id: str) -> None:
    """One at a time, until the end of the transaction, connects the rows of a workflow."""
    await execute(connection, "SELECT pg_advisory_xact_lock(hashtextextended('job:' || $1::text, 0))", workflow_id)


async def finish(
    connection: AsyncConnection,
    workflow_id: str,
    run_id: str,
    status: str,
    *,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
    events: Sequence[NewEvent] = (),
) -> None:
    """Record how a run ended, once; the first answer stays."""
    await execute(
        connection,
        "UPDATE jobs SET status = $3, result = $4::text::jsonb, error = $5::text::jsonb, closed_at = now()"
        " WHERE workflow_id = $1 AND run_id = $2 AND closed_at IS NULL",
        workflow_id,
        run_id,
        status,
        storable_json(result) if result else None,
        storable_json(error) if error else None,
    )
    await append(connection, events)


async def median_seconds(connection: AsyncConnection, repository_id: int, kind: str, *, last: int = 5) -> float | None:
    """How long the last completed runs took, for the job router; None without history."""
    row = await fetch_one(
        connection,
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median FROM ("
        " SELECT extract(epoch FROM closed_at - started_at)::float8 AS seconds FROM jobs"
        " WHERE repository_id = $1 AND kind = $2 AND status IN ('completed', 'partial') ORDER BY id DESC LIMIT $3) d",
        repository_id,
        kind,
        last,
    )
    return row["median"] if row else None


async def attach_to_open(
    connection: AsyncConnection, workflow_id: str, scan_id: int, repository_id: int, route: Mapping[str, Any]
) -> None:
    """Tell the open run of a workflow which scan it made and how it was routed; see `start` for one not there yet."""
    await _lock(connection, workflow_id)
    await execute(
        connection,
        "UPDATE jobs SET scan_id = $2, repository_id = $3, route = $4::text::jsonb"
        " WHERE workflow_id = $1 AND closed_at IS NULL",
        workflow_id,
        scan_id,
        repository_id,
        storable_json(route),
    )


async def last_seconds(connection: AsyncConnection, tenant_id: str, repository: str) -> float | None:
    """`median_seconds` of the main job, by the name of the repository."""
    row = await fetch_one(
        connection, "SELECT id FROM repositories WHERE tenant_id = $1 AND name = $2", tenant_id, repository
    )
    return await median_seconds(connection, row["id"], "docpack") if row else None


async def is_finished(connection: AsyncConnection, workflow_id: str, run_id: str) -> bool:
    row = await fetch_one(
        connection, "SELECT closed_at FROM jobs WHERE workflow_id = $1 AND run_id = $2", workflow_id, run_id
    )
    return row is not None and row["closed_at"] is not None


async def scan_of(connection: AsyncConnection, workflow_id: str, run_id: str) -> int | None:
    """The scan that a job opened; None when it never came that far."""
    row = await fetch_one(
        connection, "SELECT scan_id FROM jobs WHERE workflow_id = $1 AND run_id = $2", workflow_id, run_id
    )
    return row["scan_id"] if row is not None else None


async def finish_open(
    connection: AsyncConnection,
    workflow_id: str,
    scan_id: int,
    status: str,
    *,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
    events: Sequence[NewEvent] = (),
) -> None:
    """`finish` for the open run of a workflow that made this scan: a late attempt must not end the next run."""
    row = await fetch_one(
        connection,
        "SELECT run_id FROM jobs WHERE workflow_id = $1 AND scan_id = $2 AND closed_at IS NULL ORDER BY id LIMIT 1",
        workflow_id,
        scan_id,
    )
    if row is None:
        await append(connection, events)
        return
    await finish(connection, workflow_id, row["run_id"], status, result=result, error=error, events=events)


async def open_before(connection: AsyncConnection, age: timedelta) -> list[tuple[str, str]]:
    """(workflow id, run id) of open runs older than ``age``, oldest first; takedowns are never given up."""
    rows = await fetch(
        connection,
        "SELECT workflow_id, run_id FROM jobs WHERE closed_at IS NULL AND started_at < now() - $1::interval"
        " AND kind <> 'takedown'"
        " ORDER BY id",
        age,
    )
    return [(row["workflow_id"], row["run_id"]) for row in rows]


async def delete_old(connection: AsyncConnection, age: timedelta) -> int:
    """Delete runs that ended longer ago than ``age`` and whose scan has no docpack."""
    return await execute(
        connection,
        "DELETE FROM jobs j WHERE j.closed_at < now() - $1::interval"
        " AND NOT EXISTS (SELECT FROM docpacks d WHERE d.scan_id = j.scan_id)",
        age,
    )
