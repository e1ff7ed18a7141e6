"""Cleanup takes what nobody uses, however much is due; what somebody uses stays, however old it is."""

import os
import time
from pathlib import Path

import pytest

from api.operations.collect_garbage import collect_garbage
from api.operations.fetch_results import write_results
from db.objects import ObjectStore
from tests.support.repositories import Repository, python_files
from tests.support.stack import Stack
from workflows.contracts.cleanup import SweepRequest
from workflows.contracts.ids import scan_workflow_id
from workflows.contracts.queues import Queue
from workflows.sweep import OrphanSweeperWorkflow

DAYS = 3 * 86_400


@pytest.fixture
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    salt = "g" + "".join(char for char in request.node.name if char.isalnum())[-20:].lower()
    return Repository(tmp_path / salt, python_files(3, salt))


async def age_everything(stack: Stack) -> None:
    """All caches and objects look as if nobody had touched them for days."""
    for table in ("file_facts", "embeddings"):
        await stack.rows(f"UPDATE {table} SET used_at = now() - interval '3 days'")
    then = time.time() - DAYS
    for path in (stack.home / "objects").rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


async def cached(stack: Stack) -> tuple[int, int]:
    query = "SELECT count(*) FROM "
    return await stack.value(f"{query} file_facts"), await stack.value(f"{query} embeddings")


async def test_what_a_docpack_needs_survives(stack: Stack, repository: Repository, tmp_path: Path) -> None:
    kept = await stack.scan(repository.root)
    await stack.stores_settled()
    before = await cached(stack)
    await age_everything(stack)
    result = await collect_garbage(stack.client, dry_run=False)
    assert result.failed == {}
    assert kept.end.result
    await write_results(kept.end.result, stack.settings, docpack=tmp_path / "again.docpack", docs=tmp_path / "docs")
    assert (tmp_path / "again.docpack").read_bytes() == kept.docpack.read_bytes()
    again = await stack.scan(repository.root)
    assert again.end.result
    counts = again.end.result.counts
    assert (counts.embedded, counts.parse_reused) == (0, counts.parsed)
    assert again.docpack.read_bytes() == kept.docpack.read_bytes()
    assert before >= await cached(stack)


async def test_what_only_a_cancelled_scan_used_goes(stack: Stack, repository: Repository) -> None:
    await stack.stores_settled()  # they embed pages, and keep the vectors
    await age_everything(stack)
    await collect_garbage(stack.client, dry_run=False)
    before = await cached(stack)
    objects = ObjectStore(stack.settings.objects_url)
    async with stack.held("assembly.graph_completed.v1") as hold:
        started = await stack.start(repository.root)
        await hold.reached()
        await stack.cancel(started)
        await hold.release()
        await stack.finish(started)
    grown = await cached(stack)
    assert grown[0] > before[0]
    assert grown[1] > before[1]
    tree = await stack.value("SELECT objects ->> 'tree' FROM scan_runs WHERE workflow_id LIKE $1",
                             f"%{repository.root.name}%")  # fmt: skip
    assert await _has(objects, tree)
    young = await collect_garbage(stack.client, dry_run=False)
    assert await cached(stack) == grown, young  # the grace protects what the next run will want
    await age_everything(stack)
    await collect_garbage(stack.client, dry_run=False)
    assert await cached(stack) == before
    assert not await _has(objects, tree)


async def _has(objects: ObjectStore, reference: str) -> bool:
    from db.objects import parse_reference

    return await objects.exists(*parse_reference(reference))


async def test_a_dry_run_deletes_nothing(stack: Stack, repository: Repository) -> None:
    await stack.scan(repository.root)
    await stack.stores_settled()
    before = await cached(stack)
    await age_everything(stack)
    files = sorted((stack.home / "objects").rglob("*"))
    await collect_garbage(stack.client, dry_run=True)
    assert await cached(stack) == before
    assert sorted((stack.home / "objects").rglob("*")) == files


async def test_the_sweeper_closes_what_a_terminated_run_left_open(stack: Stack, repository: Repository) -> None:
    """Terminating skips every compensation. A run that is alive is left alone, however long it takes."""
    async with stack.held("embedding.batch_completed.v1") as hold:
        started = await stack.start(repository.root)
        await hold.reached()
        assert await sweep(stack) == ()
        job, scan = started.workflow_id, scan_workflow_id(started.workflow_id)
        for workflow_id in (job, scan):
            await stack.client.get_workflow_handle(workflow_id).terminate("by a test")
    swept = await sweep(stack)
    assert set(swept) == {job, scan}
    assert await stack.value("SELECT status FROM jobs WHERE workflow_id = $1", job) == "failed"
    assert await stack.value("SELECT status FROM scan_runs WHERE workflow_id = $1", scan) == "failed"
    assert await stack.leftovers() == {}
    assert await sweep(stack) == ()
    assert (await stack.scan(repository.root)).outcome == "completed"


async def sweep(stack: Stack) -> tuple[str, ...]:
    number = time.monotonic_ns()
    result = await stack.client.execute_workflow(
        OrphanSweeperWorkflow.run,
        SweepRequest(older_than_seconds=0.0),
        id=f"sweep-{number}",
        task_queue=Queue.WORKFLOWS,
    )
    return tuple(result.workflow_ids)
