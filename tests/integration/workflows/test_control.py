"""What can be asked of a running job: pause, cancel late, continue with a fresh history, say how far it is."""

import asyncio

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowFailureError

from docrunch.errors import TooManyFailures
from tests.support.fakes.world import Worlds
from tests.support.jobs import start
from workflows.contracts.errors import from_failure
from workflows.contracts.progress import Outcome, Phase
from workflows.contracts.scan import Pause
from workflows.contracts.search_attributes import OUTCOME, PHASE, REPOSITORY, TENANT
from workflows.docpack import DocpackWorkflow
from workflows.scan import RepoScanWorkflow

pytestmark = pytest.mark.temporal


async def test_pause_stops_new_work_and_resume_goes_on(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("pause", files=400)
    gate = world.hold("parse_page")
    handle = await start(temporal_client, world)
    await asyncio.wait_for(world.started["parse_page"].wait(), 20)
    assert (await handle.execute_update(DocpackWorkflow.pause, Pause(reason="backup"))).paused
    gate.set()
    await asyncio.sleep(0.5)
    assert len(world.names("parse_page")) == 1
    scan = temporal_client.get_workflow_handle_for(RepoScanWorkflow.run, f"scan:{world.workflow_id[8:]}")
    assert (await scan.query(RepoScanWorkflow.progress)).paused
    assert not (await handle.execute_update(DocpackWorkflow.resume, Pause())).paused
    assert (await handle.result()).counts.parsed == 400


async def test_pause_reaches_the_shards(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("pause-shards", files=2000)
    gate = world.hold("parse_page")
    handle = await start(temporal_client, world, shard_files=500)
    await asyncio.wait_for(world.started["parse_page"].wait(), 20)
    await asyncio.sleep(0.3)
    await handle.execute_update(DocpackWorkflow.pause, Pause())
    await asyncio.sleep(0.3)
    running = len(world.names("parse_page"))
    gate.set()
    await asyncio.sleep(0.5)
    assert len(world.names("parse_page")) == running
    await handle.execute_update(DocpackWorkflow.resume, Pause())
    assert (await handle.result()).counts.parsed == 2000


async def test_a_cancel_that_comes_while_publishing_keeps_the_published_scan(
    temporal_client: Client, worlds: Worlds
) -> None:
    world = worlds.open("late-cancel")
    handle = await start(temporal_client, world)
    gate = world.hold("publish_scan")
    world.uncancellable.add("publish_scan")
    await asyncio.wait_for(world.started["publish_scan"].wait(), 20)
    await handle.cancel()
    await asyncio.sleep(0.3)
    gate.set()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    result = await handle.query(DocpackWorkflow.result)
    assert result is not None
    assert result.outcome is Outcome.CANCELLED
    assert result.scan_published
    followed = ("publish_metrics", "record_churn", "index_search")
    assert not world.names("drop_scan", *followed, "assemble", "register_docpack")
    assert world.requests("close_job")[0].summary.scan_published


async def test_a_long_history_is_continued_without_losing_or_repeating_a_file(
    temporal_client: Client, worlds: Worlds
) -> None:
    world = worlds.open("continued", files=600)
    handle = await start(temporal_client, world, shard_files=50, continue_after_events=60)
    result = await handle.result()
    assert result.counts.parsed == 600
    assert result.counts.texts == 3000
    assert sorted((page.cursor, page.hi) for page in world.requests("parse_page")) == [
        (lo, lo + 50) for lo in range(0, 600, 50)
    ]
    assert world.names("open_scan", "publish_scan") == ["open_scan", "publish_scan"]
    runs = [each async for each in temporal_client.list_workflows(f'WorkflowId = "scan:{world.workflow_id[8:]}"')]
    assert len(runs) > 1


async def test_a_cancel_after_continuing_still_drops_the_scan(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("continued-cancel", files=600)
    world.hold("link")
    handle = await start(temporal_client, world, shard_files=50, continue_after_events=60)
    await asyncio.wait_for(world.started["link"].wait(), 60)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert world.names("drop_scan", "close_job") == ["drop_scan", "close_job"]


async def test_more_lost_files_than_the_configured_share_fail_the_job(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("too-many", lost_files=10)
    with pytest.raises(WorkflowFailureError) as ended:
        await (await start(temporal_client, world)).result()
    error = from_failure(ended.value)
    assert isinstance(error, TooManyFailures)
    assert error.hint is not None
    assert "fail_share" in error.hint
    assert world.names("drop_scan", "close_job") == ["drop_scan", "close_job"]


async def test_an_operator_understands_a_run_without_our_code(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("visible")
    gate = world.hold("pack")
    handle = await start(temporal_client, world)
    await asyncio.wait_for(world.started["pack"].wait(), 20)
    attributes = (await handle.describe()).typed_search_attributes
    assert attributes[REPOSITORY] == f"example.org/{world.name}"
    assert attributes[TENANT] == "local"
    progress = await handle.query(DocpackWorkflow.progress)
    assert progress.phase is Phase.PACK
    assert progress.scan_published
    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    assert "| phase | pack |" in metadata.current_details
    assert "| files | 40 of 40" in metadata.current_details
    summaries = [
        event.user_metadata.summary.data.decode()
        async for event in handle.fetch_history_events()
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert '"pack 450 pages"' in summaries
    gate.set()
    await handle.result()
    described = (await handle.describe()).typed_search_attributes
    assert described[PHASE] == "done"
    assert described[OUTCOME] == "completed"


async def test_a_retryable_outage_is_waited_out(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("outage")
    world.fail["publish_scan"] = RuntimeError("the database is away")
    world.fail_times["publish_scan"] = 2
    assert (await (await start(temporal_client, world)).result()).outcome is Outcome.COMPLETED
    assert len(world.names("publish_scan")) == 3


async def test_a_bug_fails_at_once(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("bug")
    world.fail["assemble"] = KeyError("nobody waits for this to go away")
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for((await start(temporal_client, world)).result(), 20)
    assert len(world.names("assemble")) == 1
