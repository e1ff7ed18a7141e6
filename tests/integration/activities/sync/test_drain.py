"""The outbox reaches a store: everything, once, in the newest version."""

import asyncio
from pathlib import Path

import pytest

from db.events import append, event_id
from db.publishing.outbox import Target
from db.session import Database
from db.storage import StorageHub
from docrunch.storage.model import Document, DocumentType, EntityType
from tests.support.publishing import rows
from tests.support.sync_world import SyncWorld, sync_world
from workflows.contracts.sync import SyncSweepResult

pytestmark = pytest.mark.integration


async def test_a_publish_reaches_the_store_and_a_second_scan_of_the_same_writes_nothing(world: SyncWorld) -> None:
    await world.publish(rows(5))
    first = await world.drain()
    assert await world.held() == await world.wanted()
    assert (first.totals.applied, first.totals.writes, first.wait_seconds) == (5, {"files": 5}, None)
    await world.publish(rows(5))
    second = await world.drain()
    assert (second.totals.applied, second.totals.writes) == (0, {})
    assert len(world.target.lines("journal")) == 5


async def test_every_event_of_an_entity_follows_from_the_event_of_its_commit(world: SyncWorld) -> None:
    await world.publish(rows(2))
    await world.find("f1")
    await world.drain()
    found = await world.rows("SELECT kind, parent_id, payload->'entities' FROM events WHERE kind LIKE 'sync.applied%'")
    published = event_id(f"sync.enqueued:{world.scans[0]}")
    (told,) = await world.rows("SELECT event_id FROM events WHERE kind = 'sync.enqueued.v1' AND subject = 'f1'")
    assert {parent for _, parent, _ in found} == {published, told[0]}
    (commit,) = await world.rows("SELECT event_id FROM events WHERE event_id = :id", id=published)
    assert commit
    (page,) = [each for each in await world.events("applied") if len(each["entities"]) == 2]
    assert sorted(page["hashes"]) == sorted((await world.wanted()).values())
    assert all(0 <= lag < 60 for lag in page["lags"])


async def test_changes_of_one_entity_become_one_and_keep_the_age_of_the_first(world: SyncWorld) -> None:
    await world.publish(rows(3))
    await world.later(100)
    await world.publish(rows(3, body={0: "v2"}))
    await world.publish(rows(3, body={0: "v3"}))
    await world.drain()
    assert await world.held() == await world.wanted()
    assert len(world.target.lines("journal")) == 3
    lags = [lag for each in await world.events("applied") for lag in each["lags"]]
    assert min(lags) >= 100


async def test_what_went_and_came_back_is_skipped_by_its_hash(world: SyncWorld) -> None:
    await world.publish(rows(2))
    await world.drain()
    await world.publish(rows(2, body={1: "v2"}))
    await world.publish(rows(2))
    found = await world.drain()
    assert (found.totals.applied, found.totals.skipped) == (0, 1)
    assert len(world.target.lines("journal")) == 2
    assert [each["target"] for each in await world.events("skipped")] == ["directory"]


async def test_a_file_that_is_gone_leaves_the_store(world: SyncWorld) -> None:
    await world.publish(rows(3))
    await world.drain()
    await world.publish(rows(2))
    await world.drain()
    assert await world.held() == await world.wanted()
    assert len(await world.held()) == 2
    assert "src/file_00002.py" not in await world.states()


async def test_findings_go_before_scans(world: SyncWorld) -> None:
    await world.publish(rows(200))
    await world.find("urgent")
    await world.drain()
    assert world.target.lines("journal")[0].startswith("urgent ")
    assert list(await world.held("")) == ["urgent"]


async def test_a_finding_that_is_taken_back_before_it_arrives_never_does(world: SyncWorld) -> None:
    await world.find("f1")
    await world.find("f1", None)
    assert (await world.drain()).totals.skipped == 1
    assert not world.target.lines("journal")


async def test_two_publishes_at_once_of_two_refs_and_a_drain_between_them_lose_nothing(world: SyncWorld) -> None:
    async def versions(ref: str) -> None:
        for number in range(6):
            await world.publish(rows(20, body={number: f"{ref}{number}"}), ref=ref)

    async def drains() -> None:
        for _ in range(15):
            await world.drain()
            await asyncio.sleep(0.01)

    await asyncio.gather(versions("main"), versions("next"), drains())
    await world.drain()
    for ref in ("main", "next"):
        assert await world.held(ref) == await world.wanted(ref)
    assert set((await world.states()).values()) == {"synced"}


async def test_a_long_transaction_with_smaller_ids_is_not_passed_over(world: SyncWorld) -> None:
    """Ids are drawn before commits; a cursor over all refs would lose the slow one."""
    await world.publish(rows(1), ref="main")
    await world.drain()

    async def slow_commit() -> None:
        async with world.database.transaction() as connection:
            owner = Target("local", world.owner.id, 0, 0)
            document = Document("slow", DocumentType.PATTERN, "slow", "x")
            told = await StorageHub().on_file_indexed(connection, owner, EntityType.FINDING, "slow", document)
            started.set()
            await asyncio.wait_for(go_on.wait(), 20)
            await append(connection, [told])

    started, go_on = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(slow_commit())
    await started.wait()
    await world.publish(rows(2), ref="main")
    await world.drain()
    go_on.set()
    await task
    await world.drain()
    assert "slow" in await world.held("")
    assert await world.held() == await world.wanted()


async def test_switched_off_nothing_is_applied_and_that_is_said(database: Database, tmp_path: Path) -> None:
    world = await sync_world(database, tmp_path, enabled=False)
    await world.publish(rows(2))
    found = await world.drain()
    assert "enabled is false" in found.note
    assert not world.target.lines("journal")
    assert await world.sweep() == SyncSweepResult()


async def test_a_backlog_of_one_ref_above_the_limit_asks_for_a_rebuild_and_is_left_alone(
    database: Database, tmp_path: Path
) -> None:
    world = await sync_world(database, tmp_path, rebuild_backlog=10)
    await world.publish(rows(11), ref="large")
    await world.publish(rows(3), ref="small")
    found = await world.drain()
    ((large,),) = await world.rows("SELECT id FROM refs WHERE name = 'large'")
    assert [(asked.ref_id, asked.reason) for asked in found.rebuild] == [(large, "11 entities wait, more than 10")]
    assert found.totals.applied == 3
    held = await world.drain(held=(large,))
    assert (held.rebuild, held.totals.applied) == ((), 0)
    assert (await world.drain(drained_anyway=(large,))).totals.applied == 11
    messages = await world.rows("SELECT payload->>'message' FROM events WHERE kind = 'workflow.progress.v1'")
    assert messages == [("directory: 11 entities wait, more than 10; it is built anew",)]
