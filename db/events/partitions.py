"""Weekly partitions of ``events``: made ahead of time, dropped after retention.

``events_default`` takes what no weekly partition covers (nobody ran cleanup for months), so an insert never fails;
the next call moves such rows into their week.
"""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

WEEKS_AHEAD = 8
_PREFIX = "events_w"


def week_of(moment: datetime) -> date:
    """The Monday (UTC) on which the partition of this moment begins."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def partition_name(monday: date) -> str:
    return f"{_PREFIX}{monday:%Y%m%d}"


async def ensure_partitions(connection: AsyncConnection, *, now: datetime | None = None) -> list[str]:
    """Create the partitions of this week and of the next `WEEKS_AHEAD`; returns the names of new ones."""
    first = week_of(now or datetime.now(UTC))
    await connection.execute(
        text("CREATE TABLE IF NOT EXISTS events_default PARTITION OF events DEFAULT"),
    )
    existing = set(await list_partitions(connection))
    made = []
    for week in range(WEEKS_AHEAD + 1):
        monday = first + timedelta(weeks=week)
        if partition_name(monday) not in existing:
            await _create(connection, monday)
            made.append(partition_name(monday))
    return made


async def list_partitions(connection: AsyncConnection) -> list[str]:
    """Names of the weekly partitions, oldest first."""
    rows = await connection.execute(
        text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1")
    )
    return [name for (name,) in rows if name.startswith(_PREFIX)]


async def drop_expired(connection: AsyncConnection, retention: timedelta, *, now: datetime | None = None) -> list[str]:
    """Drop partitions of which every event is older than ``retention``, and their idempotency keys."""
    cutoff = (now or datetime.now(UTC)) - retention
    dropped = []
    for name in await list_partitions(connection):
        monday = datetime.strptime(name.removeprefix(_PREFIX), "%Y%m%d").replace(tzinfo=UTC)
        if monday + timedelta(weeks=1) <= cutoff:
            await connection.execute(text(f"DROP TABLE {name}"))
            dropped.append(name)
    await connection.execute(text("DELETE FROM events_default WHERE created_at < :cutoff"), {"cutoff": cutoff})
    if dropped:
        oldest_kept = datetime.combine(week_of(cutoff), datetime.min.time(), UTC)
        await connection.execute(text("DELETE FROM event_keys WHERE created_at < :moment"), {"moment": oldest_kept})
    return dropped


async def _create(connection: AsyncConnection, monday: date) -> None:
    name, end = partition_name(monday), monday + timedelta(weeks=1)
    bounds = f"FROM ('{monday} 00:00:00+00') TO ('{end} 00:00:00+00')"
    await connection.execute(text(f"CREATE TABLE {name} (LIKE events INCLUDING ALL)"))
    await connection.execute(
        text(
            f"WITH moved AS (DELETE FROM events_default WHERE created_at >= '{monday} 00:00:00+00'"
            f" AND created_at < '{end} 00:00:00+00' RETURNING *) INSERT INTO {name} SELECT * FROM moved"
        )
    )
    await connection.execute(text(f"ALTER TABLE events ATTACH PARTITION {name} FOR VALUES {bounds}"))
