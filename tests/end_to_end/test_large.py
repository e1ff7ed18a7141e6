"""What only large repositories meet: shards with histories of their own, and the durable queues."""

from pathlib import Path

import pytest

from tests.support.repositories import Repository, python_files
from tests.support.stack import Stack, StartedRun
from workflows.contracts.docpack import DocpackRequest
from workflows.contracts.ids import scan_workflow_id
from workflows.contracts.queues import Queue
from workflows.contracts.routing import Lane
from workflows.contracts.scan import ScanRequest, SourceRequest
from workflows.docpack import DocpackWorkflow


@pytest.fixture
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    salt = "l" + "".join(char for char in request.node.name if char.isalnum())[-20:].lower()
    return Repository(tmp_path / salt, python_files(24, salt))


async def start_sharded(stack: Stack, repository: Repository, files: int, events: int) -> StartedRun:
    job = f"docpack:{repository.root.name}:000000000000:{files}-{events}"
    request = ScanRequest(
        job_id=job,
        source=SourceRequest(text=str(repository.root)),
        shard_files=files,
        continue_after_events=events,
    )
    handle = await stack.client.start_workflow(
        DocpackWorkflow.run, DocpackRequest(scan=request), id=job, task_queue=Queue.WORKFLOWS
    )
    return StartedRun(job, handle.result_run_id or "", "")


async def test_shards_and_continuing_as_new_change_nothing(stack: Stack, repository: Repository) -> None:
    """A scan of five shards that forgets its history again and again is the scan of one."""
    found = await stack.finish(await start_sharded(stack, repository, files=5, events=20))
    assert found.outcome == "completed"
    assert found.end.result
    assert found.end.result.scan
    assert found.end.result.scan.shards >= 5
    counts = found.end.result.counts
    assert (counts.parsed, counts.embed_failed) == (25, 0)
    history = await stack.client.get_workflow_handle(scan_workflow_id(found.started.workflow_id)).fetch_history()
    assert history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    _, offline = await stack.offline(repository.root)
    assert found.docpack.read_bytes() == (offline / "run.docpack").read_bytes()
    assert await stack.leftovers() == {}


async def test_a_sharded_scan_is_cancelled_with_its_shards(stack: Stack, repository: Repository) -> None:
    async with stack.held("embedding.batch_completed.v1") as hold:
        started = await start_sharded(stack, repository, files=5, events=4_000)
        await hold.reached()
        _, scan = await stack.progress(started)
        assert scan
        assert scan.shards
        await stack.handle(started).cancel()
        found = await stack.finish(started)
    assert found.outcome == "cancelled"
    for shard in scan.shards:
        described = await stack.client.get_workflow_handle(shard).describe()
        assert described.status is not None
        assert described.status.name == "CANCELED"
    assert await stack.leftovers() == {}


async def test_what_took_long_goes_through_the_durable_queues(stack: Stack, repository: Repository) -> None:
    first = await stack.scan(repository.root)
    await stack.rows(
        "UPDATE jobs SET started_at = closed_at - interval '100 seconds' WHERE workflow_id = $1",
        first.started.workflow_id,
    )
    again = await stack.scan(repository.root)
    assert first.end.result
    assert again.end.result
    lanes = [each.route.lane if each.route else None for each in (first.end.result, again.end.result)]
    assert lanes == [Lane.FAST, Lane.DURABLE]
    assert again.docpack.read_bytes() == first.docpack.read_bytes()
