"""Runs whose histories are committed: every kind of ending that a worker may have to replay after a deployment."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHistory

from docrunch.options import ScanOptions
from tests.support.fake_activities import World, Worlds, refusal
from tests.support.jobs import start
from workflows.cleanup import CleanupWorkflow
from workflows.contracts.cleanup import CleanupRequest, SweepRequest
from workflows.contracts.health import HealthRequest
from workflows.contracts.query import SearchRequest
from workflows.contracts.queues import Queue
from workflows.health import HealthCheckWorkflow
from workflows.search import SearchWorkflow
from workflows.sweep import OrphanSweeperWorkflow

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
    ):
        workflow_id = f"{label}:{name}:1"
        await client.execute_workflow(run, request, id=workflow_id, task_queue=Queue.WORKFLOWS)  # type: ignore[misc]
        found[label] = await client.get_workflow_handle(workflow_id).fetch_history()
    return found


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


RECORDED: tuple[Scenario, ...] = (
    completed,
    completed_in_shards,
    plain,
    cancelled,
    failed,
    continued,
    operations,
    searched,
)
SEQUENTIAL: tuple[Scenario, ...] = (plain, failed, operations, searched)


def _scan_id(world: World) -> str:
    return "scan:" + world.workflow_id.removeprefix("docpack:")


async def _family(client: Client, world: World, name: str) -> Histories:
    return {
        f"{name}-job": await client.get_workflow_handle(world.workflow_id).fetch_history(),
        f"{name}-scan": await client.get_workflow_handle(_scan_id(world)).fetch_history(),
    }
