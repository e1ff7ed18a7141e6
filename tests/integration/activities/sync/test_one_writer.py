"""One writer of a store at a time, who is killed, late, or learns that it is not the only one any more."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from activities.projections.target import Workspace
from db.locks import LockLost, session_locks
from db.repositories.sync_lock import writing
from tests.support.publishing import rows
from tests.support.sync_world import SyncWorld, sync_world

pytestmark = pytest.mark.integration


async def test_an_entity_that_was_being_written_when_the_process_died_is_written_again(world: SyncWorld) -> None:
    """Wanted again is what was synced before: its hash alone would say that there is nothing to do."""
    await world.publish(rows(1))
    await world.drain()
    await world.publish(rows(1, body={0: "v2"}))
    world.target.say("hangs", "src/file_00000.py")
    killed = asyncio.create_task(world.drain())
    await world.wrote(2, "batches")
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
    await world.wrote(1)
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
    await world.wrote(1)
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
