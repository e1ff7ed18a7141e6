"""Whoever follows the events must miss nothing and see nothing twice, whatever else the database is doing."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest
from sqlalchemy import text

from db.events import EventFilter, NewEvent, StoredEvent, after, append, last_seq, listen, per_item
from db.events.model import FilesDetected, FilesSkipped, WorkflowProgress
from db.session import Database

pytestmark = pytest.mark.integration


def progress(key: str, *, job: str | None = None) -> NewEvent:
    return NewEvent(payload=WorkflowProgress("parse", 1), subject="demo", idempotency_key=key, job_id=job)


async def collect(stream: asyncio.Queue[StoredEvent], until: Callable[[list[StoredEvent]], bool]) -> list[StoredEvent]:
    seen: list[StoredEvent] = []
    while not until(seen):
        seen.append(await asyncio.wait_for(stream.get(), 30))
    return seen


async def pump(url: str, queue: asyncio.Queue[StoredEvent], poll_seconds: float = 60.0) -> None:
    async for event in listen(url, 0, poll_seconds=poll_seconds):
        queue.put_nowait(event)


async def test_an_event_comes_back_as_it_was_written(database: Database) -> None:
    event = NewEvent(
        payload=FilesDetected(1, ["a.py", "b\0\udc80.py"]),
        subject="demo",
        idempotency_key="k",
        job_id="j",
        parent_id="e_x",
    )
    async with database.transaction() as connection:
        (seq,) = await append(connection, [event])
    async with database.transaction() as connection:
        (read,) = await after(connection, seq - 1)
    assert (read.seq, read.kind, read.job_id, read.parent_id) == (seq, "ingest.file_detected.v1", "j", "e_x")
    assert read.payload == {"page": 1, "paths": ["a.py", "b\\x00\\udc80.py"]}
    assert read.event_id == event.event_id


async def test_a_retried_activity_writes_its_events_once(database: Database) -> None:
    for expected in (2, 1, 0):
        async with database.transaction() as connection:
            keys = ["a", "b", "b"] if expected == 2 else ["a", "b", "c"]
            assert len(await append(connection, [progress(key) for key in keys])) == expected
    async with database.transaction() as connection:
        assert len(await after(connection, 0)) == 3


async def test_filters_and_pages(database: Database) -> None:
    async with database.transaction() as connection:
        await append(connection, [progress(f"k{n}", job="even" if n % 2 == 0 else "odd") for n in range(10)])
        first = await after(connection, 0, EventFilter(job_id="even"), limit=3)
        rest = await after(connection, first[-1].seq, EventFilter(job_id="even"), limit=3)
        assert [len(first), len(rest)] == [3, 2]
        assert await after(connection, 0, EventFilter(kinds=("pack.started.v1",))) == []
        assert await after(connection, 0, EventFilter(tenant_id="other")) == []


async def test_per_item_events_lose_no_item(database: Database) -> None:
    skipped = FilesSkipped(3, ["a", "b"], ["binary", "symlink"])
    async with database.transaction() as connection:
        await append(connection, [NewEvent(payload=skipped, subject="demo", idempotency_key="k"), progress("p")])
        events = await after(connection, 0)
    derived = [item for event in events for item in per_item(event)]
    assert [item.payload for item in derived[:2]] == [
        {"page": 3, "paths": ["a"], "reasons": ["binary"]},
        {"page": 3, "paths": ["b"], "reasons": ["symlink"]},
    ]
    assert len({item.event_id for item in derived}) == 3
    assert derived[2] == events[1]


async def test_readers_see_commit_order_under_writers_a_long_publish_and_killed_connections(
    database: Database, postgres_url: str
) -> None:
    queue: asyncio.Queue[StoredEvent] = asyncio.Queue()
    reader = asyncio.create_task(pump(postgres_url, queue))
    publish_may_end = asyncio.Event()

    async def writer(number: int) -> None:
        for step in range(25):
            async with database.transaction() as connection:
                await append(connection, [progress(f"{number}:{step}:{part}") for part in range(2)])

    async def long_publish() -> None:
        async with database.transaction() as connection:
            await connection.execute(text("CREATE TEMP TABLE staged (x int) ON COMMIT DROP"))
            await publish_may_end.wait()
            await append(connection, [progress("published")])

    async def killer() -> None:
        admin = await asyncpg.connect(postgres_url)
        killed = 0
        while killed < 3:
            assert not reader.done(), reader.exception()
            await asyncio.sleep(0.05)
            killed += await admin.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = '' AND pid <> pg_backend_pid()"
            )
        await admin.close()

    publish = asyncio.create_task(long_publish())
    await asyncio.gather(killer(), *(writer(number) for number in range(6)))
    publish_may_end.set()
    await publish
    seen = await collect(queue, lambda events: bool(events) and len(events) >= 301)
    await asyncio.sleep(0.3)
    reader.cancel()
    async with database.transaction() as connection:
        stored = await after(connection, 0, limit=1000)
    assert len(stored) == 301
    assert [event.seq for event in seen] == [event.seq for event in stored]
    assert queue.empty()


async def test_a_lost_wake_up_delays_an_event_and_does_not_lose_it(database: Database, postgres_url: str) -> None:
    queue: asyncio.Queue[StoredEvent] = asyncio.Queue()
    reader = asyncio.create_task(pump(postgres_url, queue, poll_seconds=0.2))
    await asyncio.sleep(0.3)
    async with database.transaction() as connection:  # written past `append`: no NOTIFY
        await connection.execute(
            text(
                "INSERT INTO events (actor, event_id, kind, subject, idempotency_key, payload)"
                " VALUES ('a', 'e', 'workflow.progress.v1', 's', 'k', '{}')"
            )
        )
    assert (await asyncio.wait_for(queue.get(), 5)).event_id == "e"
    reader.cancel()


async def test_last_seq_is_where_a_new_subscriber_starts(database: Database) -> None:
    async with database.transaction() as connection:
        assert await last_seq(connection) == 0
        (seq,) = await append(connection, [progress("a")])
        assert await last_seq(connection) == seq
