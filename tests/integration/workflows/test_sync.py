"""When a sync works, waits, goes on and ends: nobody watches it, so it must do all that by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from tests.support.fakes.stores import FakeSync
from tests.support.fakes.world import World, Worlds, refusal
from tests.support.stack import until
from tests.support.temporal import start_server
from workflows.contracts.queues import Queue
from workflows.contracts.rebuild import REBUILD_WORKFLOW, RebuildRequest
from workflows.contracts.sync import (
    PROBE,
    SYNC_WORKFLOW,
    WAKE,
    DrainResult,
    SyncProgress,
    SyncRequest,
    SyncResult,
    SyncSweepRequest,
    SyncTotals,
    start_options,
)
from workflows.sync import SyncWorkflow
from workflows.sync_sweep import SyncSweepWorkflow

pytestmark = pytest.mark.temporal
PAGE = SyncTotals(pages=1, applied=10, writes={"files": 10})


async def wake(client: Client, world: World, **request: Any) -> WorkflowHandle[Any, SyncResult]:
    asked = SyncRequest(target=world.name, repository_id=1, repository="demo", **request)
    options = start_options(asked)
    return await client.start_workflow(SYNC_WORKFLOW, asked, result_type=SyncResult, **options)


async def result(handle: WorkflowHandle[Any, SyncResult]) -> SyncResult:
    return await asyncio.wait_for(handle.result(), 30)


async def drains(world: World, count: int) -> None:
    async def enough() -> bool:
        return len(world.names("drain_outbox")) >= count

    await until(enough, f"{count} drains", 20)


async def test_it_drains_until_nothing_waits_and_ends(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("sync-pages")
    world.drains = [DrainResult(totals=PAGE, wait_seconds=0, waiting=10), DrainResult(totals=PAGE)]
    found = await result(await wake(temporal_client, world))
    assert found.totals == SyncTotals(pages=2, applied=20, writes={"files": 20})
    assert len(world.names("drain_outbox")) == 2


async def test_a_signal_that_comes_during_the_last_page_is_not_lost(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("sync-late-signal")
    gate = world.hold("drain_outbox")
    handle = await wake(temporal_client, world)
    await world.started["drain_outbox"].wait()
    again = await wake(temporal_client, world)  # joins the run that goes on
    assert again.first_execution_run_id in (None, handle.first_execution_run_id)
    gate.set()
    await result(handle)
    assert len(world.names("drain_outbox")) == 2


async def test_it_waits_for_what_is_due_later_and_a_signal_does_not_wait(
    temporal_client: Client, worlds: Worlds
) -> None:
    world = worlds.open("sync-later")
    world.drains = [DrainResult(wait_seconds=3600, waiting=1), DrainResult(wait_seconds=0.3, waiting=1)]
    handle = await wake(temporal_client, world)
    await drains(world, 1)
    await asyncio.sleep(0.3)
    assert len(world.names("drain_outbox")) == 1
    await handle.signal(WAKE)
    await result(handle)
    assert len(world.names("drain_outbox")) == 3


async def test_while_a_store_is_away_signals_change_nothing(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("sync-away")
    world.drains = [DrainResult(wait_seconds=1.5, circuit_open=True, waiting=3, note="it does not answer")]
    handle = await wake(temporal_client, world)
    await drains(world, 1)
    for _ in range(5):
        await handle.signal(WAKE)
    progress = await handle.query(SyncWorkflow.progress)
    assert (progress.circuit_open, progress.waiting, progress.note) == (True, 3, "it does not answer")
    assert len(world.names("drain_outbox")) == 1
    await result(handle)
    assert len(world.names("drain_outbox")) == 2


async def test_a_person_may_ask_whether_a_store_answers_again(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("sync-probe")
    world.drains = [DrainResult(wait_seconds=3600, circuit_open=True)]
    handle = await wake(temporal_client, world)
    await drains(world, 1)
    await handle.signal(PROBE)
    await result(handle)
    assert len(world.names("drain_outbox")) == 2


async def test_a_long_backlog_does_not_make_a_long_history(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("sync-long")
    world.drains = [DrainResult(totals=PAGE, wait_seconds=0)] * 12
    handle = await wake(temporal_client, world, continue_after_events=20)
    assert (await result(handle)).totals == SyncTotals(pages=12, applied=120, writes={"files": 120})
    first = await temporal_client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id).describe()
    assert first.status is WorkflowExecutionStatus.CONTINUED_AS_NEW
    assert first.history_length < 40


async def test_what_cannot_be_drained_fails_and_the_next_signal_begins_anew(
    temporal_client: Client, worlds: Worlds
) -> None:
    world = worlds.open("sync-fails")
    world.fail["drain_outbox"] = refusal("drain_outbox")
    world.fail_times["drain_outbox"] = 1
    with pytest.raises(Exception, match="failed"):
        await result(await wake(temporal_client, world))
    world.drains = [DrainResult(totals=PAGE)]
    assert (await result(await wake(temporal_client, world))).totals == PAGE


async def test_the_sweep_says_whom_it_woke(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("sync-sweep")
    found = await temporal_client.execute_workflow(
        SyncSweepWorkflow.run, SyncSweepRequest(), id=f"schedule:{world.name}", task_queue=Queue.WORKFLOWS
    )
    assert found.signalled == 2


# ── rebuilds: beside a `RebuildWorkflow` of our own, on a server of our own ──


@workflow.defn(name=REBUILD_WORKFLOW, sandboxed=False)
class Rebuild:
    @workflow.run
    async def run(self, request: RebuildRequest) -> None:
        await workflow.sleep(0.2)
        if request.reason == "fail":
            raise ApplicationError("there is no room")


@asynccontextmanager
async def beside_rebuilds(world: World, worlds: Worlds) -> AsyncIterator[Client]:
    async with await start_server() as environment:
        client = environment.client
        fake = FakeSync(worlds)
        async with (
            Worker(client, task_queue=Queue.WORKFLOWS, workflows=[SyncWorkflow, Rebuild]),
            Worker(client, task_queue=Queue.SYNC, activities=[fake.drain_outbox, fake.sweep_sync]),
        ):
            yield client


@pytest.mark.parametrize("reason", ["large", "fail"])
async def test_a_large_backlog_is_rebuilt_and_if_that_fails_drained(worlds: Worlds, reason: str) -> None:
    world = worlds.open(f"sync-rebuild-{reason}")
    asked = RebuildRequest(target=world.name, repository_id=1, ref_id=7, reason=reason)
    world.drains = [DrainResult(rebuild=(asked,), waiting=99), DrainResult(totals=PAGE)]
    async with beside_rebuilds(world, worlds) as client:
        handle = await wake(client, world)
        await drains(world, 1)
        await until(lambda: _rebuilding(handle), "the ref is told as being rebuilt", 10)
        await result(handle)
        kind = WorkflowExecutionStatus.FAILED if reason == "fail" else WorkflowExecutionStatus.COMPLETED
        assert (await client.get_workflow_handle(f"rebuild:{world.name}:1:7").describe()).status is kind
    first, last = world.requests("drain_outbox")
    assert (first.held, first.drained_anyway) == ((), ())
    assert (last.held, last.drained_anyway) == ((), (7,))


async def _rebuilding(handle: WorkflowHandle[Any, SyncResult]) -> bool:
    found: SyncProgress = await handle.query(SyncWorkflow.progress)
    return found.rebuilding == (7,)
