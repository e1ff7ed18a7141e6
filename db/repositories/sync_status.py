"""What people and the sweep read of the derived stores: who waits for what, how late, since when."""

from collections.abc import Sequence
from datetime import datetime
from statistics import quantiles

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import fetch
from db.models.sync import SYNC_STATES

RECENT_EVENTS = 500  # pages of which lags and writes are shown
RECENT_SECONDS = 86_400
_PROBLEMS = 20


class Pair(msgspec.Struct, frozen=True):
    """A derived store of one repository that has something to do, or is late."""

    target: str
    repository_id: int
    repository: str
    tenant: str


class Problem(msgspec.Struct, frozen=True):
    """An entity that failed."""

    entity: str  # type:id
    key: str
    state: str
    attempts: int
    error: str
    next_attempt: datetime | None


class LagTable(msgspec.Struct, frozen=True):
    """Seconds from a change to its being applied, of entities applied lately."""

    entities: int
    p50: float
    p95: float
    max: float


class Generation(msgspec.Struct, frozen=True):
    ref: str
    generation: int
    state: str


class TargetStatus(msgspec.Struct, frozen=True):
    """One derived store of one repository.

    ``states``: entities by state. ``unseen``: outbox rows that were not taken in yet. ``oldest_seconds``: age of the
    oldest change that waits, 0.0 when none does. ``applied``, ``skipped`` and ``writes`` are of the last day.
    """

    target: str
    repository_id: int
    repository: str
    states: dict[str, int]
    unseen: int
    oldest_seconds: float
    circuit: str
    failures: int
    probe_at: datetime | None
    breached_at: datetime | None
    error: str | None
    lag: LagTable | None
    applied: int
    skipped: int
    writes: dict[str, int]
    generations: list[Generation]
    problems: list[Problem]

    @property
    def waiting(self) -> int:
        return self.states["pending"] + self.states["failed"] + self.unseen


async def with_work(
    connection: AsyncConnection, targets: Sequence[str], limit: int, after: Pair | None = None
) -> list[Pair]:
    """Stores with something unseen or due; those whose circuit is open only once they may be probed.

    Args:
        after: the last one of the page before.
    """
    return await _pairs(connection, _WITH_WORK, targets, limit, after)


_UNSEEN = """
EXISTS (SELECT FROM (SELECT 0::bigint AS ref_id UNION ALL SELECT id FROM refs WHERE repository_id = r.id) f
        LEFT JOIN sync_cursors c ON c.target = t.target AND c.repository_id = r.id AND c.ref_id = f.ref_id
        WHERE EXISTS (SELECT FROM sync_events e WHERE e.repository_id = r.id AND e.ref_id = f.ref_id
                      AND e.id > coalesce(c.event_id, 0)))
"""
_WITH_WORK = f"""
SELECT t.target, r.id AS repository_id, r.name AS repository, r.tenant_id AS tenant
FROM unnest($1::text[]) AS t(target) CROSS JOIN repositories r
LEFT JOIN sync_targets k ON k.target = t.target AND k.repository_id = r.id
WHERE (r.id, t.target) > ($3, $4) AND (k.circuit IS DISTINCT FROM 'open' OR k.probe_at <= now())
  AND ({_UNSEEN}
       OR EXISTS (SELECT FROM storage_sync s WHERE s.target = t.target AND s.repository_id = r.id
                  AND s.state IN ('pending', 'failed') AND (s.next_attempt IS NULL OR s.next_attempt <= now())))
ORDER BY r.id, t.target LIMIT $2
"""


async def with_waiting(
    connection: AsyncConnection, targets: Sequence[str], limit: int, after: Pair | None = None
) -> list[Pair]:
    """Stores for which anything waits, or that were late when somebody last looked. ``after``: as in `with_work`."""
    return await _pairs(connection, _WITH_WAITING, targets, limit, after)


async def _pairs(
    connection: AsyncConnection, statement: str, targets: Sequence[str], limit: int, after: Pair | None
) -> list[Pair]:
    behind = (after.repository_id, after.target) if after else (0, "")
    rows = await fetch(connection, statement, list(targets), limit, *behind)
    return [Pair(**dict(row)) for row in rows]


_WITH_WAITING = f"""
SELECT t.target, r.id AS repository_id, r.name AS repository, r.tenant_id AS tenant
FROM unnest($1::text[]) AS t(target) CROSS JOIN repositories r
LEFT JOIN sync_targets k ON k.target = t.target AND k.repository_id = r.id
WHERE (r.id, t.target) > ($3, $4)
  AND (k.breached_at IS NOT NULL OR {_UNSEEN}
       OR EXISTS (SELECT FROM storage_sync s WHERE s.target = t.target AND s.repository_id = r.id
                  AND s.state IN ('pending', 'failed')))
ORDER BY r.id, t.target LIMIT $2
"""


async def statuses(
    connection: AsyncConnection, targets: Sequence[str], repository_id: int | None = None
) -> list[TargetStatus]:
    """Every store of every repository, or of one, by repository and target."""
    rows = await fetch(connection, _STATUS, list(targets), repository_id)
    found = []
    for row in rows:
        target, number = row["target"], row["repository_id"]
        lags, writes, skipped = await _recent(connection, target, number)
        states = {name: row[name] for name in SYNC_STATES}
        found.append(
            TargetStatus(
                target=target,
                repository_id=number,
                repository=row["repository"],
                states=states,
                unseen=row["unseen"],
                oldest_seconds=round(row["oldest"], 3),
                circuit=row["circuit"],
                failures=row["failures"],
                probe_at=row["probe_at"],
                breached_at=row["breached_at"],
                error=row["error"],
                lag=_lag_table(lags),
                applied=len(lags),
                skipped=skipped,
                writes=writes,
                generations=await _generations(connection, target, number),
                problems=await _problems(connection, target, number) if states["failed"] or states["dead"] else [],
            )
        )
    return found


_STATUS = """
SELECT t.target, r.id AS repository_id, r.name AS repository, coalesce(k.circuit, 'closed') AS circuit,
       coalesce(k.failures, 0) AS failures, k.probe_at, k.breached_at, k.error,
       coalesce(s.pending, 0) AS pending, coalesce(s.synced, 0) AS synced, coalesce(s.failed, 0) AS failed,
       coalesce(s.dead, 0) AS dead, coalesce(u.unseen, 0) AS unseen,
       greatest(0, extract(epoch FROM now() - least(s.oldest, u.oldest)))::float8 AS oldest
FROM unnest($1::text[]) AS t(target) CROSS JOIN repositories r
LEFT JOIN sync_targets k ON k.target = t.target AND k.repository_id = r.id
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'synced') AS synced,
           count(*) FILTER (WHERE state = 'failed') AS failed, count(*) FILTER (WHERE state = 'dead') AS dead,
           min(enqueued_at) FILTER (WHERE state IN ('pending', 'failed')) AS oldest
    FROM storage_sync s WHERE s.target = t.target AND s.repository_id = r.id) s ON true
LEFT JOIN LATERAL (
    SELECT count(e.id) AS unseen, min(e.created_at) AS oldest
    FROM (SELECT 0::bigint AS ref_id UNION ALL SELECT id FROM refs WHERE repository_id = r.id) f
    LEFT JOIN sync_cursors c ON c.target = t.target AND c.repository_id = r.id AND c.ref_id = f.ref_id
    JOIN sync_events e ON e.repository_id = r.id AND e.ref_id = f.ref_id AND e.id > coalesce(c.event_id, 0)
    ) u ON true
WHERE $2::bigint IS NULL OR r.id = $2
ORDER BY r.name, r.id, t.target
"""


async def _recent(
    connection: AsyncConnection, target: str, repository_id: int
) -> tuple[list[float], dict[str, int], int]:
    """Lags of what was applied lately, the writes that this took, and how many entities took none."""
    rows = await fetch(
        connection,
        "SELECT kind, payload::text AS payload FROM events WHERE repository_id = $1"
        " AND kind IN ('sync.applied.v1', 'sync.skipped.v1') AND payload ->> 'target' = $2"
        " AND created_at > now() - make_interval(secs => $3) ORDER BY seq DESC LIMIT $4",
        repository_id,
        target,
        RECENT_SECONDS,
        RECENT_EVENTS,
    )
    lags: list[float] = []
    writes: dict[str, int] = {}
    skipped = 0
    for row in rows:
        payload = msgspec.json.decode(row["payload"])
        if row["kind"] == "sync.skipped.v1":
            skipped += len(payload["entities"])
            continue
        lags += payload["lags"]
        for name, count in payload.get("writes", {}).items():
            writes[name] = writes.get(name, 0) + count
    return lags, writes, skipped


def _lag_table(lags: list[float]) -> LagTable | None:
    if not lags:
        return None
    cuts = quantiles(lags, n=20, method="inclusive") if len(lags) > 1 else lags * 19
    return LagTable(len(lags), round(cuts[9], 3), round(cuts[18], 3), round(max(lags), 3))


async def _generations(connection: AsyncConnection, target: str, repository_id: int) -> list[Generation]:
    rows = await fetch(
        connection,
        "SELECT coalesce(r.name, '') AS ref, w.generation, w.state FROM workspaces w"
        " LEFT JOIN refs r ON r.id = w.ref_id WHERE w.target = $1 AND w.repository_id = $2 ORDER BY 1, 2",
        target,
        repository_id,
    )
    return [Generation(**dict(row)) for row in rows]


async def _problems(connection: AsyncConnection, target: str, repository_id: int) -> list[Problem]:
    rows = await fetch(
        connection,
        "SELECT entity_type || ':' || entity_id AS entity, key, state, attempts, coalesce(last_error, '') AS error,"
        " next_attempt FROM storage_sync WHERE target = $1 AND repository_id = $2 AND state IN ('failed', 'dead')"
        " ORDER BY state, entity_type, entity_id LIMIT $3",
        target,
        repository_id,
        _PROBLEMS,
    )
    return [Problem(**dict(row)) for row in rows]
