"""Who polls what: a GPU is never kept busy by work that needs none."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from activities.health import pollers
from docrunch.config import Settings
from docrunch.errors import UsageError
from tests.support.fakes.workers import fakes
from tests.support.fakes.world import Worlds
from tests.support.jobs import start
from workers.main import run_worker
from workers.plugin import docrunch_plugin
from workflows.contracts.queues import Queue, Role
from workflows.contracts.routing import Device
from workflows.contracts.scan import EmbeddingChoice

pytestmark = pytest.mark.temporal
KINDS = (TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)


async def polled_by(client: Client, identity: str) -> set[tuple[str, int]]:
    found = set()
    for queue in Queue:
        for kind in KINDS:
            answer = await client.workflow_service.describe_task_queue(
                DescribeTaskQueueRequest(
                    namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
                )
            )
            if any(poller.identity == identity for poller in answer.pollers):
                found.add((str(queue), int(kind)))
    return found


async def connected(client: Client, identity: str) -> Client:
    return await Client.connect(
        client.service_client.config.target_host,
        namespace=client.namespace,
        identity=identity,
        plugins=[docrunch_plugin()],
    )


async def test_a_gpu_worker_polls_nothing_but_its_queue(temporal_client: Client, worlds: Worlds) -> None:
    """And does its work, drains and leaves when nothing comes any more."""
    mine = await connected(temporal_client, "the-gpu-worker")
    worker = asyncio.create_task(
        run_worker([Role.GPU], Settings(), lambda role, settings: fakes(worlds), client=mine, exit_when_idle=3.0)
    )
    world = worlds.open("polled")
    handle = await start(temporal_client, world, embedding=EmbeddingChoice(device=Device.GPU))
    assert (await handle.result()).device is Device.GPU
    assert await polled_by(mine, "the-gpu-worker") == {(Queue.EMBED_GPU, KINDS[0])}
    await asyncio.wait_for(worker, 20)


async def test_a_signalled_worker_drains(temporal_client: Client, worlds: Worlds) -> None:
    mine = await connected(temporal_client, "the-drained-worker")
    stop = asyncio.Event()
    worker = asyncio.create_task(
        run_worker([Role.GPU], Settings(), lambda role, settings: fakes(worlds), client=mine, stop=stop)
    )
    world = worlds.open("drain")
    gate = world.hold("embed_range")
    handle = await start(temporal_client, world, embedding=EmbeddingChoice(device=Device.GPU))
    await asyncio.wait_for(world.started["embed_range"].wait(), 20)
    stop.set()
    await asyncio.sleep(0.2)
    assert not worker.done()  # the range that runs gets its time
    gate.set()
    await asyncio.wait_for(worker, 20)
    assert world.running == set()
    await handle.terminate()


async def test_a_role_without_work_says_so(temporal_client: Client) -> None:
    with pytest.raises(UsageError, match="no work"):
        await run_worker([Role.REGISTRY], Settings(), lambda role, settings: [], client=temporal_client)


async def test_a_worker_that_left_is_soon_not_counted(
    temporal_client: Client, worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server lists it for minutes: every scan with `device: auto` would wait for it in vain."""
    mine = await connected(temporal_client, "the-worker-that-left")
    run = run_worker([Role.GPU], Settings(), lambda role, settings: fakes(worlds), client=mine, exit_when_idle=1.0)
    await asyncio.wait_for(run, 20)
    assert "the-worker-that-left" in (await pollers(temporal_client, Queue.EMBED_GPU)).identities
    monkeypatch.setattr("activities.health.LISTED", timedelta(seconds=1))
    await asyncio.sleep(1.5)
    assert "the-worker-that-left" not in (await pollers(temporal_client, Queue.EMBED_GPU)).identities
