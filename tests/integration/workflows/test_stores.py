"""Generated from the tables of rebuild and takedown: fail or cancel at each step × cancel while undoing.

What a user would lose: a store that is half built and read, or a repository that is half removed and called gone.
"""

import asyncio
from itertools import takewhile
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError, CancelledError

from tests.support.fakes.world import World, Worlds, refusal
from workflows.contracts.errors import from_failure
from workflows.contracts.queues import Queue
from workflows.contracts.rebuild import RebuildRequest
from workflows.contracts.takedown import TakedownRequest
from workflows.rebuild import MAX_FAILED, RebuildWorkflow
from workflows.rebuild import STEPS as REBUILD_STEPS
from workflows.takedown import STEPS as TAKEDOWN_STEPS
from workflows.takedown import TakedownWorkflow

pytestmark = pytest.mark.temporal
FINAL = next(row.step for row in REBUILD_STEPS if row.final)
BEFORE = [row.step for row in takewhile(lambda row: not row.final, REBUILD_STEPS) if row.compensation]


async def rebuild(client: Client, world: World, **given: Any) -> WorkflowHandle[Any, Any]:
    request = RebuildRequest(target=world.name, repository_id=1, ref_id=1, reason="test", **given)
    return await client.start_workflow(
        RebuildWorkflow.run, request, id=f"rebuild:{world.name}:1:1", task_queue=Queue.WORKFLOWS
    )


async def takedown(client: Client, world: World) -> WorkflowHandle[Any, Any]:
    request = TakedownRequest(repository_id=1, repository=world.name, first_wait_seconds=0.05)
    return await client.start_workflow(
        TakedownWorkflow.run, request, id=f"takedown:{world.name}", task_queue=Queue.WORKFLOWS
    )


@pytest.mark.parametrize("cancel_while_undoing", [False, True], ids=["", "cancelled-while-undoing"])
@pytest.mark.parametrize("how", ["fail", "cancel", "cancel-ignored", "cancel-then-fail"])
@pytest.mark.parametrize("step", BEFORE)
async def test_a_rebuild_that_ends_before_the_switch_is_undone(
    temporal_client: Client, worlds: Worlds, step: str, how: str, cancel_while_undoing: bool
) -> None:
    world = worlds.open(f"rebuild-{step.replace('_', '-')}")
    undo = next(row.compensation for row in REBUILD_STEPS if row.step == step) or ""
    blocked = world.hold(undo) if cancel_while_undoing else None
    if how in ("fail", "cancel-then-fail"):
        world.fail[step] = refusal(step)
    if how != "fail":
        world.hold(step)
    if how in ("cancel-ignored", "cancel-then-fail"):
        world.uncancellable.add(step)
    handle = await rebuild(temporal_client, world)
    if how != "fail":
        await asyncio.wait_for(world.started[step].wait(), 20)
        await handle.cancel()
    if blocked is not None:
        await asyncio.wait_for(world.started[undo].wait(), 20)
        await handle.cancel()
        blocked.set()
    with pytest.raises(WorkflowFailureError) as ended:
        await asyncio.wait_for(handle.result(), 30)
    assert world.names(undo) == [undo]
    assert FINAL not in world.names()
    (undone,) = world.requests(undo)
    assert undone.status == ("failed" if how == "fail" else "cancelled")
    if how == "fail":
        assert from_failure(ended.value).message == f"{step} was told to fail"
    else:
        assert isinstance(ended.value.cause, CancelledError)


async def test_a_switch_that_happened_is_not_undone_by_a_cancellation(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("rebuild-switched")
    world.hold(FINAL)
    world.uncancellable.add(FINAL)  # its commit is under way when the cancellation comes
    handle = await rebuild(temporal_client, world)
    await asyncio.wait_for(world.started[FINAL].wait(), 20)
    await handle.cancel()
    result = await asyncio.wait_for(handle.result(), 30)
    assert result.status == "completed"
    assert not world.names("abandon_generation")


async def test_an_old_generation_that_cannot_be_dropped_is_a_note(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("rebuild-old")
    world.fail["drop_replaced"] = refusal("drop_replaced")
    result = await (await rebuild(temporal_client, world)).result()
    assert result.status == "completed"
    assert result.notes == ("an old generation is left to the sweeper: drop_replaced was told to fail",)


async def test_a_store_that_differs_is_not_switched_to(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("rebuild-differs", drift=2)
    with pytest.raises(WorkflowFailureError) as ended:
        await (await rebuild(temporal_client, world)).result()
    assert "differs from the truth in 2 entities" in str(ended.value.cause)
    assert world.names("abandon_generation", FINAL) == ["abandon_generation"]


def test_more_poisoned_entities_than_a_store_may_have() -> None:
    from workflows.rebuild import _refuse_many

    _refuse_many(("x",) * MAX_FAILED)
    with pytest.raises(ApplicationError, match="more than"):
        _refuse_many(("x",) * (MAX_FAILED + 1))


@pytest.mark.parametrize("how", ["fail", "cancel"])
@pytest.mark.parametrize("step", [row.step for row in TAKEDOWN_STEPS])
async def test_a_takedown_that_ends_at(temporal_client: Client, worlds: Worlds, step: str, how: str) -> None:
    """Nothing is taken back, and nothing behind the step is begun: it never says that it is done."""
    world = worlds.open(f"takedown-{step.replace('_', '-')}")
    if how == "fail":
        world.fail[step] = refusal(step)
    else:
        world.hold(step)
    handle = await takedown(temporal_client, world)
    if how == "cancel":
        await asyncio.wait_for(world.started[step].wait(), 20)
        await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(handle.result(), 30)
    assert world.names()[-1] == step
    status = (await handle.describe()).status
    assert status is (WorkflowExecutionStatus.FAILED if how == "fail" else WorkflowExecutionStatus.CANCELED)


async def test_a_takedown_comes_back_until_nothing_waits(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("takedown-away", away=3)
    result = await asyncio.wait_for((await takedown(temporal_client, world)).result(), 30)
    assert len(world.names("clear_rest")) == 4
    assert result.objects == 8
    assert world.names()[-1] == "prove_takedown"
