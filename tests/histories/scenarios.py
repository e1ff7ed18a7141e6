"""Runs whose histories are committed: every kind of ending that a worker may have to replay after a deployment."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle, WorkflowHistory

from docrunch.options import ScanOptions
from tests.support.fakes.world import World, Worlds, refusal
from tests.support.jobs import start
from workflows.ask import AskWorkflow
from workflows.cleanup import CleanupWorkflow
from workflows.contracts.ask import AskRequest
from workflows.contracts.cleanup import CleanupRequest, SweepRequest
from workflows.contracts.health import HealthRequest
from workflows.contracts.query import SearchRequest
from workflows.contracts.queues import Queue
from workflows.contracts.rebuild import RebuildRequest, VerifyRequest
from workflows.contracts.sync import (
    SYNC_WORKFLOW,
    DrainResult,
    SyncRequest,
    SyncSweepRequest,
    SyncTotals,
    start_options,
)
from workflows.contracts.takedown import TakedownRequest
from workflows.health import HealthCheckWorkflow
from workflows.rebuild import RebuildWorkflow
from workflows.search import SearchWorkflow
from workflows.sweep import OrphanSweeperWorkflow
from workflows.sync_sweep import SyncSweepWorkflow
from workflows.takedown import TakedownWorkflow
from workflows.verify import VerifyWorkflow

Histories = dict[str, WorkflowHistory]
Scenario = Callable[[Client, Worlds], Awaitable[Histories]]


async def completed(client: Client, worlds: Worlds) -> Histories:
    world = worlds.open("completed", files=60)
    await (await start(client, world)).result()
    return await _family(client, world, "completed")


async def completed_in_shards(client: Client, worlds: Worlds) -> Histories:
    world = worlds.open("sharded", files=300, nodes=50_000, pages=1_200)  # three windows
    await (await start(client, world, shard_files=100)).result()
    found = await _family(client, world, "sharded")
    shard = client.get_workflow_handle(f"{_scan_id(world)}:shard:0")
    return found | {"sharded-shard": await shard.fetch_history()}


async def plain(client: Client, worlds: Worlds) -> Histories:
    """No embeddings, one page: nothing runs side by side, so the sequence of commands is always the same."""
    world = worlds.open("plain", files=20)
    await (await start(client, world, options=ScanOptions(embeddings=False))).result()
    return await _family(client, world, "plain")


async def cancelled(client: Client, worlds: Worlds) -> Histories:
    world = worlds.open("cancelled")
    world.hold("link")
    handle = await start(client, world)
    await world.started["link"].wait()
    await handle.cancel(reason="changed my mind")
    with suppress(WorkflowFailureError):
        await handle.result()
    return await _family(client, world, "cancelled")


async def failed(client: Client, worlds: Worlds) -> Histories:
    world = worlds.open("failed", files=20)
    world.fail["pack"] = refusal("pack")
    handle = await start(client, world, options=ScanOptions(embeddings=False))
    with suppress(WorkflowFailureError):
        await handle.result()
    return await _family(client, world, "failed")


async def continued(client: Client, worlds: Worlds) -> Histories:
    world = worlds.open("continued", files=600)
    handle = await start(client, world, shard_files=50, continue_after_events=60)
    await handle.result()
    found: Histories = {}
    query = f'WorkflowId = "{_scan_id(world)}"'
    for _ in range(50):  # what lists runs lags behind
        runs = [each async for each in client.list_workflows(query)]
        ended = [each for each in runs if each.status is WorkflowExecutionStatus.CONTINUED_AS_NEW]
        if ended and len(ended) < len(runs):
            break
        await asyncio.sleep(0.1)
    first = min(ended, key=lambda each: each.start_time)
    last = max(runs, key=lambda each: each.start_time)
    for name, run in (("continued-first", first), ("continued-last", last)):
        found[name] = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
    return found


async def operations(client: Client, worlds: Worlds) -> Histories:
    name, found = worlds.open("operations").name, {}
    for label, run, request in (
        ("cleanup", CleanupWorkflow.run, CleanupRequest()),
        ("sweep", OrphanSweeperWorkflow.run, SweepRequest()),
        ("health", HealthCheckWorkflow.run, HealthRequest()),
        ("sync-sweep", SyncSweepWorkflow.run, SyncSweepRequest()),
    ):
        workflow_id = f"{label}:{name}:1"
        await client.execute_workflow(run, request, id=workflow_id, task_queue=Queue.WORKFLOWS)  # type: ignore[misc]
        found[label] = await client.get_workflow_handle(workflow_id).fetch_history()
    return found


async def syncing(client: Client, worlds: Worlds) -> Histories:
    """Two pages, then an entity that is tried again after a moment."""
    page = SyncTotals(pages=1, applied=128, writes={"files": 128})
    world = worlds.open("sync")
    world.drains = [
        DrainResult(totals=page, wait_seconds=0, waiting=2),
        DrainResult(totals=page, wait_seconds=0.2, waiting=1),
    ]
    found = {"sync": await _synced(client, SyncRequest(target=world.name, repository_id=1))}
    world.drains = [DrainResult(totals=page, wait_seconds=0)] * 2
    request = SyncRequest(target=world.name, repository_id=2, continue_after_events=1)
    return found | {"sync-continued": await _synced(client, request, first=True)}


async def _synced(client: Client, request: SyncRequest, *, first: bool = False) -> WorkflowHistory:
    """The history of the last run, or of the first."""
    handle = await client.start_workflow(SYNC_WORKFLOW, request, **start_options(request))
    await handle.result()
    return await client.get_workflow_handle(
        handle.id, run_id=handle.first_execution_run_id if first else None
    ).fetch_history()


async def stores(client: Client, worlds: Worlds) -> Histories:
    """A rebuild in two runs, one whose store differs, one cancelled; a comparison; a takedown that has to wait."""
    whole, differs, stopped = worlds.open("whole"), worlds.open("differs", drift=1), worlds.open("stopped")
    long = RebuildRequest(target=whole.name, repository_id=1, ref_id=1, reason="asked for", continue_after_events=1)
    handle = await _started(client, RebuildWorkflow.run, long, f"rebuild:{whole.name}:1:1")
    await handle.result()
    first = client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    found = {"rebuild-continued": await first.fetch_history(), "rebuild": await _last(client, handle.id)}
    for world, name in ((differs, "rebuild-differs"), (stopped, "rebuild-cancelled")):
        request = RebuildRequest(target=world.name, repository_id=1, ref_id=1, reason="asked for")
        world.hold("check_generation") if world is stopped else None
        handle = await _started(client, RebuildWorkflow.run, request, f"rebuild:{world.name}:1:1")
        if world is stopped:
            await world.started["check_generation"].wait()
            await handle.cancel(reason="changed my mind")
        with suppress(WorkflowFailureError):
            await handle.result()
        found[name] = await handle.fetch_history()
    verify = VerifyRequest(target=whole.name, repository_id=1)
    handle = await _started(client, VerifyWorkflow.run, verify, f"verify:{whole.name}:1")
    await handle.result()
    found["verify"] = await handle.fetch_history()
    away = worlds.open("away", away=1)
    forget = TakedownRequest(repository_id=1, repository="example.org/away", first_wait_seconds=0.1)
    handle = await _started(client, TakedownWorkflow.run, forget, f"takedown:{away.name}")
    await handle.result()
    return found | {"takedown": await handle.fetch_history()}


async def _started(client: Client, run: Any, request: Any, workflow_id: str) -> WorkflowHandle[Any, Any]:
    return await client.start_workflow(run, request, id=workflow_id, task_queue=Queue.WORKFLOWS)


async def _last(client: Client, workflow_id: str) -> WorkflowHistory:
    return await client.get_workflow_handle(workflow_id).fetch_history()


async def searched(client: Client, worlds: Worlds) -> Histories:
    """One answer, and one refusal."""
    found: Histories = {}
    for label in ("search", "search-failed"):
        world = worlds.open(label)
        if label == "search-failed":
            world.fail["search"] = refusal("search")
        workflow_id = f"search:{world.name}"
        request = SearchRequest(query="where is it", repositories=("shop",))
        with suppress(WorkflowFailureError):
            await client.execute_workflow(SearchWorkflow.run, request, id=workflow_id, task_queue=Queue.QUERY)
        found[label] = await client.get_workflow_handle(workflow_id).fetch_history()
    return found


async def asked(client: Client, worlds: Worlds) -> Histories:
    """Quotations, words of a model, a model that is away, and somebody who does not want to know any more."""
    found: Histories = {}
    for label in ("ask", "ask-worded", "ask-unworded", "ask-cancelled"):
        world = worlds.open(label, model="" if label == "ask" else "chat")
        if label == "ask-unworded":
            world.fail["word_answer"] = refusal("word_answer")
        if label == "ask-cancelled":
            world.hold("word_answer")
        request = AskRequest(question="where is it?", repository="shop")
        workflow_id = f"ask:{world.name}"
        handle = await client.start_workflow(AskWorkflow.run, request, id=workflow_id, task_queue=Queue.QUERY)
        if label == "ask-cancelled":
            await world.started["word_answer"].wait()
            await handle.cancel(reason="changed my mind")
        with suppress(WorkflowFailureError):
            await handle.result()
        found[label] = await handle.fetch_history()
    return found


RECORDED: tuple[Scenario, ...] = (
    completed,
    completed_in_shards,
    plain,
    cancelled,
    failed,
    continued,
    operations,
    syncing,
    stores,
    searched,
    asked,
)
SEQUENTIAL: tuple[Scenario, ...] = (plain, failed, operations, syncing, stores, searched, asked)


def _scan_id(world: World) -> str:
    return "scan:" + world.workflow_id.removeprefix("docpack:")


async def _family(client: Client, world: World, name: str) -> Histories:
    return {
        f"{name}-job": await client.get_workflow_handle(world.workflow_id).fetch_history(),
        f"{name}-scan": await client.get_workflow_handle(_scan_id(world)).fetch_history(),
    }
