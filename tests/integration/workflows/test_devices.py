"""Where a scan is embedded: a GPU when asked for, the CPU when none answers, never a mixture."""

import asyncio

import pytest
from temporalio.client import Client

from tests.support.fakes.workers import fake_worker
from tests.support.fakes.world import World, Worlds
from tests.support.jobs import start
from workflows.contracts.progress import Phase
from workflows.contracts.queues import Queue, Role
from workflows.contracts.routing import Device
from workflows.contracts.scan import EmbeddingChoice
from workflows.contracts.search_attributes import PHASE
from workflows.scan import RepoScanWorkflow

pytestmark = pytest.mark.temporal


async def test_auto_takes_the_cpu_at_once_when_no_gpu_worker_is_seen(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("no-gpu")
    result = await (await start(temporal_client, world)).result()
    assert result.device is Device.CPU
    assert not any("GPU" in note for note in result.notes)  # nothing to explain: there never was one


async def test_auto_falls_back_when_the_seen_worker_is_dead(temporal_client: Client, worlds: Worlds) -> None:
    """Pollers stay listed for a minute after a crash."""
    world = worlds.open("dead-gpu", gpu_pollers=1)
    result = await (await start(temporal_client, world)).result()
    assert result.device is Device.CPU
    assert any("CPU" in note for note in result.notes)
    assert {each.encoder_id for each in world.requests("embed_range")} == {"minilm-cpu"}


@pytest.mark.parametrize("shard_files", [1000, 100], ids=["inline", "shards"])
async def test_a_gpu_lost_half_way_restarts_all_embedding_on_the_cpu(
    temporal_client: Client, worlds: Worlds, shard_files: int
) -> None:
    world = worlds.open("lost-gpu", files=300, gpu_pollers=1)
    gate = world.hold("embed_range")
    async with fake_worker(temporal_client, Role.GPU, worlds):
        handle = await start(
            temporal_client, world, shard_files=shard_files, embedding=EmbeddingChoice(gpu_wait_seconds=3.0)
        )
        await asyncio.wait_for(world.started["embed_range"].wait(), 20)
        world.hold("parse_page")  # more ranges to come, which no GPU worker will take
    gate.set()
    world.held["parse_page"].set()
    result = await asyncio.wait_for(handle.result(), 60)
    assert result.device is Device.CPU
    assert result.counts.texts == 1500  # every text counted once, for the encoder that was used
    assert result.counts.parsed == 300
    cpu = [each for each in world.requests("embed_range") if each.encoder_id == "minilm-cpu"]
    assert sum(each.hi - each.lo for each in cpu) == 300
    assert world.requests("publish_scan")[0].encoder_id == "minilm-cpu"
    assert any("CPU" in note for note in result.notes)


async def test_gpu_waits_visibly_until_a_worker_comes(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("wait-gpu")
    handle = await start(temporal_client, world, embedding=EmbeddingChoice(device=Device.GPU))
    scan = temporal_client.get_workflow_handle_for(RepoScanWorkflow.run, f"scan:{world.workflow_id[8:]}")
    await _until_waiting(temporal_client, world)
    progress = await scan.query(RepoScanWorkflow.progress)
    assert progress.phase is Phase.WAITING_FOR_GPU
    assert "waiting for a GPU worker" in progress.note
    assert (await scan.describe()).typed_search_attributes[PHASE] == "waiting-for-gpu"
    assert not world.names("embed_range", "publish_scan")
    async with fake_worker(temporal_client, Role.GPU, worlds):
        result = await asyncio.wait_for(handle.result(), 30)
    assert result.device is Device.GPU
    assert world.queues["embed_range"] == {Queue.EMBED_GPU}


async def _until_waiting(client: Client, world: World) -> None:
    scan = client.get_workflow_handle_for(RepoScanWorkflow.run, f"scan:{world.workflow_id[8:]}")
    await asyncio.wait_for(world.started["parse_page"].wait(), 20)
    for _ in range(100):
        if (await scan.query(RepoScanWorkflow.progress)).phase is Phase.WAITING_FOR_GPU:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the scan never said that it waits")
