"""Generated from the tables of the workflows: fail or cancel at each step × cancel while undoing.

What a user would lose: a scan that stays half open, a docpack part that nobody owns, a job that never ends.
"""

import asyncio
from itertools import takewhile

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError

from tests.support.fakes.world import World, Worlds, refusal
from tests.support.jobs import start
from workflows.contracts.progress import Outcome
from workflows.docpack import STEPS as JOB_STEPS
from workflows.docpack import DocpackWorkflow
from workflows.scan import STEPS as SCAN_STEPS
from workflows.scan import RepoScanWorkflow
from workflows.steps import StepRow

pytestmark = pytest.mark.temporal
CHILD = "RepoScanWorkflow"
STEPS = [row.step for row in (*JOB_STEPS, *SCAN_STEPS) if row.step != CHILD and row.required]
FINAL = {row.step for row in (*JOB_STEPS, *SCAN_STEPS) if row.final}


def expected_undo(step: str) -> list[str]:
    """The compensations that the tables promise when a run ends at this step, in order."""
    if any(row.step == step for row in SCAN_STEPS):
        return [*_undo_of(SCAN_STEPS, step), *_undo_of(JOB_STEPS, CHILD)]
    return _undo_of(JOB_STEPS, step)


def _undo_of(rows: tuple[StepRow, ...], step: str) -> list[str]:
    before = [*takewhile(lambda row: row.step != step, rows), next(row for row in rows if row.step == step)]
    return list(dict.fromkeys(row.compensation for row in reversed(before) if row.compensation))


def after_publish(step: str) -> bool:
    return step in [row.step for row in JOB_STEPS if row.step not in {"open_job", CHILD}]


@pytest.mark.parametrize("cancel_while_undoing", [False, True], ids=["", "cancelled-while-undoing"])
@pytest.mark.parametrize("how", ["fail", "cancel", "cancel-ignored"])
@pytest.mark.parametrize("step", STEPS)
async def test_run_that_ends_at(
    temporal_client: Client, worlds: Worlds, step: str, how: str, cancel_while_undoing: bool
) -> None:
    if how == "cancel-ignored" and step in FINAL:
        pytest.skip("it happened: test_control.py says what is kept")
    world = worlds.open(step.replace("_", "-"), files=30, nodes=50_000)
    undo = expected_undo(step)
    blocked = world.hold(undo[0]) if cancel_while_undoing else None
    if how == "fail":
        world.fail[step] = refusal(step)
    else:
        world.hold(step)
    if how == "cancel-ignored":  # the step ends well although it was being cancelled: that must not hide it
        world.uncancellable.add(step)
    handle = await start(temporal_client, world, shard_files=10)
    if how != "fail":
        await asyncio.wait_for(world.started[step].wait(), 20)
        await handle.cancel(reason="changed my mind")
        await _release_once_cancelled(temporal_client, world, step)
    if blocked:
        await asyncio.wait_for(world.started[undo[0]].wait(), 30)
        await handle.cancel()
        await asyncio.sleep(0.4)  # longer than a heartbeat: an undo that can be cancelled would be by then
        blocked.set()

    with pytest.raises(WorkflowFailureError) as ended:
        await asyncio.wait_for(handle.result(), 30)

    undone = world.names("drop_scan", "drop_docpack_parts", "close_job")
    if step == "open_job" and undone[0] == "drop_scan":  # the scan runs beside it, and may have been opened by then
        undone = undone[1:]
    assert undone == undo
    result = await handle.query(DocpackWorkflow.result)
    assert result is not None
    assert result.undo_incomplete == ()
    assert result.scan_published == after_publish(step)
    status = (await handle.describe()).status
    if how != "fail":
        assert isinstance(ended.value.cause, CancelledError)
        assert status is WorkflowExecutionStatus.CANCELED
        assert result.outcome is Outcome.CANCELLED
    else:
        assert isinstance(ended.value.cause, ApplicationError)
        assert ended.value.cause.type == "invalid_archive"
        assert result.outcome is Outcome.FAILED
        assert result.error is not None
        assert result.error.message == f"{step} was told to fail"
    assert world.requests("close_job")[0].summary.outcome is result.outcome
    assert "register_docpack" not in world.names() or step == "register_docpack"


async def _release_once_cancelled(client: Client, world: World, step: str) -> None:
    """A step that heartbeats sees the cancellation; a short one ends by itself, and its result must not hide it."""
    for _ in range(30):
        if step not in world.running:
            return
        await asyncio.sleep(0.02)
    world.held[step].set()


OPTIONAL = [row.step for row in SCAN_STEPS if not row.required]


@pytest.mark.parametrize("step", OPTIONAL)
async def test_a_step_that_may_fail_fails_with_a_note(temporal_client: Client, worlds: Worlds, step: str) -> None:
    world = worlds.open(f"optional-{step.replace('_', '-')}")
    world.fail[step] = refusal(step)
    result = await asyncio.wait_for((await start(temporal_client, world)).result(), 30)
    assert result.outcome is Outcome.COMPLETED
    assert any(f"{step} was told to fail" in note for note in result.notes)
    assert not world.names("drop_scan")


@pytest.mark.parametrize("step", OPTIONAL)
async def test_cancelled_behind_the_publish_the_scan_stays(temporal_client: Client, worlds: Worlds, step: str) -> None:
    world = worlds.open(f"late-{step.replace('_', '-')}")
    world.hold(step)
    handle = await start(temporal_client, world)
    await asyncio.wait_for(world.started[step].wait(), 20)
    await handle.cancel(reason="changed my mind")
    await _release_once_cancelled(temporal_client, world, step)
    with pytest.raises(WorkflowFailureError) as ended:
        await asyncio.wait_for(handle.result(), 30)
    assert isinstance(ended.value.cause, CancelledError)
    result = await handle.query(DocpackWorkflow.result)
    assert result is not None
    assert result.scan_published
    assert not world.names("drop_scan", "assemble")


async def test_what_follows_a_publish_runs_beside_each_other(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("beside")
    gates = [world.hold(step) for step in OPTIONAL]
    handle = await start(temporal_client, world)
    for step in OPTIONAL:
        await asyncio.wait_for(world.started[step].wait(), 20)
    assert "assemble" not in world.names()
    for gate in gates:
        gate.set()
    assert (await asyncio.wait_for(handle.result(), 30)).outcome is Outcome.COMPLETED


async def test_both_may_fail_and_both_are_told(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("both")
    world.fail |= {step: refusal(step) for step in OPTIONAL}
    result = await asyncio.wait_for((await start(temporal_client, world)).result(), 30)
    assert result.outcome is Outcome.COMPLETED
    assert all(any(f"{step} was told to fail" in note for note in result.notes) for step in OPTIONAL)


async def test_a_cancellation_ends_all_and_only_what_was_lost_is_told(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("cancel-both")
    world.uncancellable.add("publish_metrics")  # its commit is under way
    for step in OPTIONAL:
        world.hold(step)
    handle = await start(temporal_client, world)
    for step in OPTIONAL:
        await asyncio.wait_for(world.started[step].wait(), 20)
    await handle.cancel(reason="changed my mind")
    for step in OPTIONAL:
        await _release_once_cancelled(temporal_client, world, step)
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(handle.result(), 30)
    assert [world.names(step) for step in OPTIONAL] == [[step] for step in OPTIONAL]
    scan = temporal_client.get_workflow_handle_for(
        RepoScanWorkflow.run, "scan:" + world.workflow_id.removeprefix("docpack:")
    )
    notes = (await scan.result()).notes
    assert "no churn was recorded: cancelled" in notes
    assert "this scan cannot be searched: cancelled" in notes
    assert not [note for note in notes if "metrics" in note]


@pytest.mark.parametrize("undo", ["drop_docpack_parts", "close_job"])
async def test_an_undo_that_fails_does_not_stop_the_others_and_is_told(
    temporal_client: Client, worlds: Worlds, undo: str
) -> None:
    world = worlds.open("incomplete")
    world.fail["pack"] = refusal("pack")
    world.fail[undo] = refusal(undo)
    handle = await start(temporal_client, world)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    result = await handle.query(DocpackWorkflow.result)
    assert result is not None
    assert result.undo_incomplete == (f"{undo}: {undo} was told to fail",)
    assert world.names("drop_docpack_parts", "close_job") == ["drop_docpack_parts", "close_job"]
    found = (await handle.describe()).typed_search_attributes
    assert {pair.key.name: pair.value for pair in found}["DocrunchUndoIncomplete"] is True
