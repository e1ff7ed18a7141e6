"""The outbox reaches a store: everything, once, in the newest version, whatever goes wrong on the way."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.projections.registry import Targets
from activities.projections.target import TargetContext, Workspace
from activities.sync import Sync
from db.events import append, event_id
from db.locks import LockLost, session_locks
from db.objects import ObjectStore
from db.publishing.outbox import Target
from db.repositories import sync
from db.repositories.sync_lock import writing
from db.repositories.sync_status import statuses
from db.session import Database
from db.storage import StorageHub
from docrunch.config import Settings
from docrunch.storage.model import Document, DocumentType, EntityType
from tests.support.publishing import rows
from tests.support.stack import until
from tests.support.sync_world import SyncWorld, sync_world
from workflows.contracts.sync import DrainRequest, SyncSweepRequest, SyncSweepResult

pytestmark = pytest.mark.integration


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> SyncWorld:
    return await sync_world(database, tmp_path)


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


async def test_one_poisoned_entity_stops_no_other_and_is_given_up_with_an_alert(world: SyncWorld) -> None:
    await world.publish(rows(40))
    poison = "src/file_00007.py"
    world.target.say("poison", poison)
    found = await world.drain()
    assert (found.totals.applied, found.totals.failed) == (39, 1)
    assert found.wait_seconds is not None
    assert 0 < found.wait_seconds <= 2
    pauses = []
    for _ in range(4):
        await world.later(200)
        pauses += [each["retry_seconds"] for each in (await world.events("failed"))[-1:]]
        await world.drain()
    assert pauses == [2, 4, 8, 16]
    assert (await world.states())[poison] == "dead"
    (dead,) = await world.events("dead")
    assert (dead["attempts"], dead["error"]) == (5, f"ValueError: {poison} is poison")
    assert (await world.drain()).wait_seconds is None
    world.target.unsay("poison")
    async with world.database.transaction() as connection:
        again = await sync.retry(connection, targets=["directory"], repository_id=world.owner.id)
    assert again == {("directory", world.owner.id): 1}
    await world.drain()
    assert await world.held() == await world.wanted()


async def test_what_a_store_reports_as_failed_is_retried_alone(world: SyncWorld) -> None:
    await world.publish(rows(10))
    world.target.say("refused", "src/file_00003.py")
    assert (await world.drain()).totals.applied == 9
    world.target.unsay("refused")
    await world.later(3)
    assert (await world.drain()).totals.applied == 1
    assert await world.held() == await world.wanted()


async def test_a_new_version_of_a_dead_entity_gets_new_attempts(world: SyncWorld) -> None:
    await world.publish(rows(1))
    world.target.say("poison", "src/file_00000.py")
    for _ in range(5):
        await world.drain()
        await world.later(200)
    assert list((await world.states()).values()) == ["dead"]
    world.target.unsay("poison")
    await world.publish(rows(1, body={0: "v2"}))
    await world.drain()
    assert await world.held() == await world.wanted()


async def test_a_store_that_is_away_costs_no_attempts_and_drains_on_return(world: SyncWorld) -> None:
    await world.publish(rows(6))
    world.target.say("broken")
    away = await world.drain()
    assert (away.circuit_open, away.wait_seconds, away.waiting) == (True, 2.0, 6)
    again = await world.drain()  # before the probe is due: nothing is tried
    assert again.circuit_open
    assert len(await world.events("failed")) == 1
    await world.later(3)
    assert (await world.drain()).wait_seconds == 4.0
    assert await world.rows("SELECT DISTINCT attempts, state FROM storage_sync") == [(0, "pending")]
    await world.publish(rows(8))
    world.target.unsay("broken")
    await world.later(5)
    back = await world.drain()
    assert (back.circuit_open, back.totals.applied) == (False, 8)
    assert await world.rows("SELECT circuit, failures, error FROM sync_targets") == [("closed", 0, None)]
    assert {each["entity"] for each in await world.events("failed")} == {None}


async def test_a_store_that_goes_away_within_a_page_keeps_what_it_took(world: SyncWorld) -> None:
    await world.publish(rows(30))
    world.target.say("slow", "0.02")

    async def breaks() -> None:
        await wrote(world, 10)
        world.target.say("broken")

    found, _ = await asyncio.gather(world.drain(), breaks())
    assert found.circuit_open
    assert set(await world.rows("SELECT DISTINCT attempts, state FROM storage_sync")) == {(0, "pending")}
    world.target.unsay("broken")
    world.target.unsay("slow")
    await world.later(5)
    await world.drain()
    assert await world.held() == await world.wanted()
    assert len(world.target.lines("journal")) == 30  # what was there already was not written again


async def test_an_entity_that_was_being_written_when_the_process_died_is_written_again(world: SyncWorld) -> None:
    """Wanted again is what was synced before: its hash alone would say that there is nothing to do."""
    await world.publish(rows(1))
    await world.drain()
    await world.publish(rows(1, body={0: "v2"}))
    world.target.say("hangs", "src/file_00000.py")
    killed = asyncio.create_task(world.drain())
    await wrote(world, 2, "batches")
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    world.target.unsay("hangs")
    await world.publish(rows(1))  # back to the first version
    found = await world.drain()
    assert (found.totals.applied, found.totals.skipped) == (1, 0)
    assert await world.held() == await world.wanted()


async def test_a_late_attempt_is_kept_out_by_the_one_that_runs(world: SyncWorld, monkeypatch: Any) -> None:
    monkeypatch.setattr("activities.sync.LOCK_PATIENCE", 0.3)
    await world.publish(rows(20))
    world.target.say("slow", "0.05")
    first = asyncio.create_task(world.drain())
    await wrote(world, 1)
    second = await world.drain()
    assert (second.totals.applied, second.wait_seconds) == (0, 5.0)
    assert "another process writes" in second.note
    assert (await first).totals.applied == 20
    assert len(world.target.lines("journal")) == 20


async def test_other_repositories_and_stores_are_not_kept_out(world: SyncWorld, tmp_path: Path) -> None:
    other = await sync_world(world.database, tmp_path, "other")
    async with writing(world.database, "directory", world.owner.id), writing(world.database, "second", world.owner.id):
        await other.publish(rows(2))
        assert (await other.drain()).totals.applied == 2


async def test_whoever_loses_the_lock_stops_at_once_and_notes_nothing(world: SyncWorld) -> None:
    await world.publish(rows(20))
    world.target.say("slow", "0.1")
    task = asyncio.create_task(world.drain())
    await wrote(world, 1)
    await world.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'docrunch-sync-lock'"
        " AND datname = current_database()"
    )
    with pytest.raises(LockLost):
        await asyncio.wait_for(task, 5)
    assert len(world.target.lines("journal")) < 20
    assert set((await world.states()).values()) == {"pending"}
    world.target.unsay("slow")
    await world.drain()
    assert await world.held() == await world.wanted()


@pytest.mark.parametrize("lost", ["while it works", "before it ends"])
async def test_a_rebuild_that_loses_its_lock_stops_as_well(world: SyncWorld, lost: str) -> None:
    """`session_locks` of rebuild, verify and takedown: nobody writes on beside a successor."""
    with pytest.raises(LockLost):
        await _work_without_a_lock(world, looking=lost == "before it ends")
    await asyncio.sleep(0)  # nothing of the cancellation is left in the task
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def _work_without_a_lock(world: SyncWorld, *, looking: bool) -> None:
    async with session_locks(world.database) as locks:
        await locks.take("rebuild:directory:1:1")
        await world.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'docrunch-sync-lock'"
            " AND datname = current_database()"
        )
        while looking:
            locks.check()
            await asyncio.sleep(0)
        await asyncio.sleep(5)
    pytest.fail("it went on to its end")


async def test_a_rebuild_that_begins_while_the_first_workspace_is_made_loses_nothing(
    world: SyncWorld, monkeypatch: Any
) -> None:
    await world.publish(rows(3))
    made = world.target.rebuild

    async def raced(place: Workspace) -> None:
        await made(place)
        if place.generation == 1:
            await world.begin_generation(place.ref_id)

    monkeypatch.setattr(world.target, "rebuild", raced)
    await world.drain()
    states = await world.rows("SELECT generation, state FROM workspaces ORDER BY 1")
    assert states == [(1, "building"), (2, "active")]
    ((ref_id,),) = await world.rows("SELECT id FROM refs")
    assert world.target.holds(f"r{world.owner.id}_{ref_id}_g2") == await world.wanted()
    assert not world.target.holds(f"r{world.owner.id}_{ref_id}_g1")


async def test_a_target_that_does_not_exist_is_told_and_opens_its_circuit(database: Database, tmp_path: Path) -> None:
    world = await sync_world(database, tmp_path, targets=("no_such_target", "directory"))
    context = TargetContext(Settings(home=tmp_path), database, ObjectStore("memory://"))
    subject = Sync(database, Targets(lambda: context), world.settings, world.woken)
    await world.publish(rows(2))
    asked = DrainRequest(target="no_such_target", repository_id=world.owner.id)
    found = await ActivityEnvironment().run(subject.drain_outbox, asked)
    assert found.circuit_open
    assert found.note == "storage.sync.targets: there is no target 'no_such_target'"
    assert (await world.drain()).totals.applied == 2
    async with database.transaction() as connection:
        status = {each.target: each for each in await statuses(connection, world.settings.targets)}
    assert (status["no_such_target"].circuit, status["no_such_target"].waiting) == ("open", 2)
    assert (status["directory"].circuit, status["directory"].waiting) == ("closed", 0)


async def test_switched_off_nothing_is_applied_and_that_is_said(database: Database, tmp_path: Path) -> None:
    world = await sync_world(database, tmp_path, enabled=False)
    await world.publish(rows(2))
    found = await world.drain()
    assert "enabled is false" in found.note
    assert not world.target.lines("journal")
    assert await sweep(world) == SyncSweepResult()


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


async def wrote(world: SyncWorld, count: int, log: str = "journal") -> None:
    """Until the store has written so many lines into one of its logs."""

    async def enough() -> bool:
        return len(world.target.lines(log)) >= count

    await until(enough, f"{count} lines in {log}", 20)


async def sweep(world: SyncWorld) -> SyncSweepResult:
    found: SyncSweepResult = await ActivityEnvironment().run(world.sync.sweep_sync, SyncSweepRequest())
    return found


async def test_the_sweep_wakes_who_has_something_to_do_and_nobody_else(world: SyncWorld, tmp_path: Path) -> None:
    other = await sync_world(world.database, tmp_path, "other")
    assert (await sweep(world)).signalled == 0
    await world.publish(rows(2))  # whose signal is lost
    assert (await sweep(world)).workflow_ids == (f"sync:directory:{world.owner.id}",)
    world.target.say("poison", "src/file_00000.py")
    await world.drain()
    assert (await sweep(world)).signalled == 0  # the retry is not due
    await world.later(3)
    assert (await sweep(world)).signalled == 1
    world.target.say("broken")
    await world.drain()
    assert (await sweep(world)).signalled == 0  # the probe is not due
    await world.later(3)
    assert (await sweep(world)).signalled == 1
    assert {request.repository for request in world.woken.requests} == {"demo"}
    assert other.owner.id != world.owner.id


async def test_the_sweep_cleans_what_a_killed_process_left_half_written(world: SyncWorld) -> None:
    await world.publish(rows(1))
    await world.drain()
    (folder,) = world.target.root.glob("r*_g1")
    (folder / "x.part").write_text("half")
    async with writing(world.database, "directory", 4711):  # somebody writes: it may be theirs
        assert (await sweep(world)).recovered == 0
    assert (await sweep(world)).recovered == 1
    assert not list(folder.glob("*.part"))


async def test_the_sweep_goes_over_all_stores_page_by_page(world: SyncWorld, tmp_path: Path) -> None:
    """Those behind the first page would wait for as long as those before them have something to do."""
    others = [await sync_world(world.database, tmp_path, f"other{number}") for number in range(4)]
    for each in (world, *others):
        await each.publish(rows(1))
        await each.find("f1")
    await world.later(400)
    found: SyncSweepResult = await ActivityEnvironment().run(world.sync.sweep_sync, SyncSweepRequest(limit=2))
    assert (found.signalled, found.breached) == (5, 10)
    assert [request.repository for request in world.woken.requests] == ["demo", *(f"other{n}" for n in range(4))]


async def test_a_store_that_cannot_be_looked_through_stops_no_sweep(world: SyncWorld, monkeypatch: Any) -> None:
    async def broken() -> int:
        raise RuntimeError("no column of that name")

    await world.publish(rows(1))
    await world.drain()
    await world.publish(rows(2))
    monkeypatch.setattr(world.target, "recover", broken)
    found = await sweep(world)
    assert (found.signalled, found.recovered, found.unrecovered) == (1, 0, ("directory",))
    monkeypatch.undo()
    assert (await sweep(world)).unrecovered == ()


async def test_what_is_late_is_told_once_while_it_lasts(world: SyncWorld) -> None:
    await world.publish(rows(2))
    await world.find("f1")
    assert (await sweep(world)).breached == 0
    await world.later(100)
    assert (await sweep(world)).breached == 1  # a finding may take a minute, a scan five
    assert (await sweep(world)).breached == 0
    await world.later(300)
    assert (await sweep(world)).breached == 1
    await world.drain()
    assert [each["of"] for each in await world.events("sla_breached")] == ["report", "scan"]
    await world.find("f2")
    await world.later(100)
    await world.drain()  # late, and nobody looked meanwhile
    assert [each["of"] for each in await world.events("sla_breached")] == ["report", "scan", "report"]


async def test_the_status_says_what_waits_how_late_and_what_was_written(world: SyncWorld) -> None:
    await world.publish(rows(4))
    world.target.say("refused", "src/file_00001.py")
    await world.drain()
    await world.publish(rows(5))
    async with world.database.transaction() as connection:
        (found,) = await statuses(connection, ["directory"], world.owner.id)
    assert found.states == {"pending": 0, "synced": 3, "failed": 1, "dead": 0}
    assert found.unseen >= 1
    assert found.writes == {"files": 3}
    assert found.lag is not None
    assert 0 <= found.lag.p50 <= found.lag.p95 <= found.lag.max < 60
    assert [(each.ref, each.generation, each.state) for each in found.generations] == [("main", 1, "active")]
    assert [(each.key, each.attempts) for each in found.problems] == [("src/file_00001.py", 1)]


async def test_a_hanging_entity_is_found_where_the_store_itself_answers(world: SyncWorld, monkeypatch: Any) -> None:
    monkeypatch.setattr("activities.sync_drain.APPLY_SECONDS", 0.2)
    await world.publish(rows(4))
    world.target.say("hangs", "src/file_00002.py")
    found = await asyncio.wait_for(world.drain(), 20)
    assert (found.totals.applied, found.totals.failed, found.circuit_open) == (3, 1, False)
