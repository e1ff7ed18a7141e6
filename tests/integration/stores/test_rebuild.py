"""A store is built anew beside the one that is read. What a user would lose: a store that drifts, or two half ones."""

import asyncio

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import CancelledError

from docrunch.storage.model import EntityType
from tests.support.projection_world import ProjectionWorld
from tests.support.publishing import rows
from tests.support.stack import until
from workflows.contracts.errors import from_failure

pytestmark = [pytest.mark.integration, pytest.mark.temporal]


async def test_a_store_is_filled_switched_and_the_old_one_is_gone(world: ProjectionWorld) -> None:
    await world.publish(rows(30))
    first = await world.rebuild(page_entities=7)
    assert (first.status, first.generation, first.entities) == ("completed", 1, {"file": 30})
    await world.publish(rows(25, body={3: "v2"}))
    second = await world.rebuild()
    assert (second.generation, second.dropped) == (2, 1)
    assert world.shown() == await world.truth()
    assert world.target.generations(world.owner.id, world.ref_id) == ["g2"]
    assert await world.states() == [(2, "active")]
    notes = await world.rows("SELECT key, state, synced_hash = wanted_hash, event_id FROM storage_sync")
    assert len(notes) == 25
    assert {(state, same) for _, state, same, _ in notes} == {("synced", True)}
    newest = await world.rows("SELECT max(id) FROM sync_events")
    assert await world.rows("SELECT event_id FROM sync_cursors") == newest
    told = await world.rows(
        "SELECT kind, payload ->> 'status' FROM events WHERE kind LIKE 'sync.rebuild%' ORDER BY seq"
    )
    assert told == [("sync.rebuild_started.v1", None), ("sync.rebuild_completed.v1", "completed")] * 2


async def test_what_is_published_while_it_runs_is_in_it(world: ProjectionWorld) -> None:
    await world.publish(rows(60))
    handle = await world.start_rebuild(page_entities=5)
    version = 1
    while (await handle.describe()).close_time is None:
        version += 1
        await world.publish(rows(60 - version % 7, body={version % 50: f"v{version}"}))
    result = await handle.result()
    assert result.status == "completed"
    assert version > 2
    seen = await world.rows("SELECT event_id FROM sync_cursors")
    late = {row[0] for row in await world.rows("SELECT key FROM sync_events WHERE id > :seen", seen=seen[0][0])}
    truth, shown = await world.truth(), world.shown()
    assert {key for key in truth.keys() | shown.keys() if truth.get(key) != shown.get(key)} <= {
        key for key in truth.keys() | shown.keys() if key[1] in late
    }


async def test_a_long_rebuild_goes_on_in_a_new_run(world: ProjectionWorld) -> None:
    await world.publish(rows(40))
    handle = await world.start_rebuild(page_entities=2, continue_after_events=20)
    first = handle.result_run_id
    assert (await handle.result()).entities == {"file": 40}
    assert (await world.client.get_workflow_handle(handle.id).describe()).run_id != first
    assert world.shown() == await world.truth()


async def test_a_store_that_does_not_hold_what_it_was_given_is_not_switched_to(world: ProjectionWorld) -> None:
    await world.publish(rows(5))
    await world.rebuild()
    before = world.shown()
    await world.publish(rows(5, body={1: "v2"}))
    handle = await world.start_rebuild(page_entities=2)
    damaged = world.target.path(world.workspace(2), EntityType.FILE, "src/file_00000.py")

    async def written() -> bool:
        return damaged.exists()

    world.target.arrange("away-verify")  # so that there is time to damage it
    await until(written, "the first page is in")
    await asyncio.sleep(0.3)
    damaged.write_text(damaged.read_text().replace('"def f()"', '"def g()"'))
    (world.target.root / ".faults" / "away-verify").unlink()
    with pytest.raises(WorkflowFailureError) as ended:
        await handle.result()
    assert "differs from the truth in 1 entities: stale file:src/file_00000.py" in from_failure(ended.value).message
    assert world.shown() == before
    assert world.target.generations(world.owner.id, world.ref_id) == ["g1"]
    assert await world.states() == [(1, "active")]
    told = await world.rows(
        "SELECT payload ->> 'status' FROM events WHERE kind = 'sync.rebuild_completed.v1' ORDER BY seq"
    )
    assert told == [("completed",), ("failed",)]


async def test_a_cancelled_rebuild_leaves_the_old_one(world: ProjectionWorld) -> None:
    await world.publish(rows(5))
    await world.rebuild()
    world.target.arrange("away-verify")
    handle = await world.start_rebuild()

    async def filled() -> bool:
        return len(world.target.held(world.workspace(2))) == 5

    await until(filled, "the new generation is filled")
    await handle.cancel()
    with pytest.raises(WorkflowFailureError) as ended:
        await handle.result()
    assert isinstance(ended.value.cause, CancelledError)
    assert await world.states() == [(1, "active")]
    assert world.target.generations(world.owner.id, world.ref_id) == ["g1"]


@pytest.mark.parametrize("fault", ["die-rebuild", "die-apply", "die-verify", "die-activate", "die-drop"])
async def test_killed_anywhere_it_ends_with_one_generation(world: ProjectionWorld, fault: str) -> None:
    await world.publish(rows(12))
    await world.rebuild()
    await world.publish(rows(12, body={2: "v2"}))
    world.target.arrange(fault, "2" if fault == "die-apply" else "1")
    handle = await world.start_rebuild(page_entities=5)
    await world.died()
    assert world.shown()  # whatever happened, there is something to read
    world.start_worker()
    result = await asyncio.wait_for(handle.result(), 90)
    assert result.generation >= 2
    assert world.shown() == await world.truth()
    assert await world.states() == [(result.generation, "active")]
    assert world.target.generations(world.owner.id, world.ref_id) == [f"g{result.generation}"]
    assert (await world.verify()).drift == 0


async def test_a_dry_run_counts_and_writes_nothing(world: ProjectionWorld) -> None:
    await world.publish(rows(7))
    result = await world.rebuild(dry_run=True)
    assert (result.status, result.entities) == ("planned", {"file": 7})
    assert await world.states() == []
    assert not [path for path in world.target.root.rglob("*") if path.is_file()]
    assert await world.rows("SELECT 1 FROM storage_sync") == []
    assert await world.rows("SELECT 1 FROM events WHERE kind LIKE 'sync.rebuild%'") == []


async def test_one_poisoned_entity_does_not_keep_the_others_out(world: ProjectionWorld) -> None:
    await world.publish(rows(6))
    world.target.refuse("src/file_00002.py")
    result = await world.rebuild()
    assert (result.status, result.failed) == ("partial", ("file:src/file_00002.py",))
    assert len(world.shown()) == 5


async def test_an_entity_that_breaks_the_store_does_not_keep_the_others_out(world: ProjectionWorld) -> None:
    await world.publish(rows(6))
    world.target.poison("src/file_00002.py")
    result = await world.rebuild()
    assert (result.status, result.failed) == ("partial", ("file:src/file_00002.py",))
    assert len(world.shown()) == 5


async def test_a_terminated_rebuild_is_swept(world: ProjectionWorld) -> None:
    await world.publish(rows(5))
    await world.rebuild()
    world.target.arrange("away-verify")
    handle = await world.start_rebuild()

    async def filled() -> bool:
        return len(world.target.held(world.workspace(2))) == 5

    await until(filled, "the new generation is filled")
    await handle.terminate()
    (world.target.root / ".faults" / "away-verify").unlink()

    async def swept() -> bool:
        await world.sweep()
        return await world.states() == [(1, "active")]

    await until(swept, "the sweeper drops the generation")
    assert world.target.generations(world.owner.id, world.ref_id) == ["g1"]
