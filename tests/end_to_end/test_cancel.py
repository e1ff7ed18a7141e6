"""Cancelled at every phase: before the publish nothing is visible, after it the scan stays and no docpack does.

The points are hit exactly: a transaction of the phase is held in Postgres (`Stack.held`), the run is cancelled, and
only then is the transaction let go.
"""

from pathlib import Path

import asyncpg
import pytest

from tests.support.repositories import Repository, python_files
from tests.support.stack import Scanned, Stack, until
from workflows.contracts.progress import Phase

BEFORE = {
    "ingest.started.v1": "while the scan is opened",
    "ingest.file_detected.v1": "while files are parsed",
    "embedding.batch_started.v1": "before texts are embedded",
    "embedding.batch_completed.v1": "after texts are embedded",
    "assembly.graph_completed.v1": "while the graph is linked",
}
AFTER = {
    "refs": "while it publishes",
    "assembly.completed.v1": "while clusters are computed",
    "generation.symbol_documented.v1": "while pages are written",
    "pack.started.v1": "while it is packed",
}


@pytest.fixture
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    salt = "c" + "".join(char for char in request.node.name if char.isalnum())[-24:].lower()
    return Repository(tmp_path / salt, python_files(4, salt))


async def cancelled_at(stack: Stack, repository: Repository, kind: str) -> Scanned:
    async with stack.held(kind) as hold:
        started = await stack.start(repository.root)
        await hold.reached()
        await stack.cancel(started)
        await hold.release()
        return await stack.finish(started)


async def job_row(stack: Stack, found: Scanned) -> dict[str, object]:
    rows = await stack.rows(
        "SELECT status, (result ->> 'scan_published')::bool AS published, result ->> 'outcome' AS outcome"
        " FROM jobs WHERE workflow_id = $1",
        found.started.workflow_id,
    )
    assert len(rows) == 1
    return rows[0]


async def visible(stack: Stack, repository: Repository) -> dict[str, int]:
    """What anybody can read of a repository."""
    of = "repository_id = (SELECT id FROM repositories WHERE name = $1)"
    queries = {
        "current scans": f"SELECT count(*) FROM refs WHERE {of} AND current_scan_id IS NOT NULL",
        "files": f"SELECT count(*) FROM files WHERE ref_id IN (SELECT id FROM refs WHERE {of})",
        "readable scans": f"SELECT count(*) FROM scan_runs WHERE {of} AND status IN ('published', 'stored')",
        "docpacks": f"SELECT count(*) FROM docpacks WHERE {of}",
        "outbox": f"SELECT count(*) FROM sync_events WHERE {of}",
    }
    found = {name: await stack.value(query, repository.root.name) for name, query in queries.items()}
    return {name: count for name, count in found.items() if count}


@pytest.mark.parametrize("kind", BEFORE, ids=BEFORE.get)
async def test_before_the_publish_nothing_is_visible(stack: Stack, repository: Repository, kind: str) -> None:
    found = await cancelled_at(stack, repository, kind)
    assert found.outcome == "cancelled"
    assert await job_row(stack, found) == {"status": "cancelled", "published": False, "outcome": "cancelled"}
    assert await visible(stack, repository) == {}
    assert (
        await stack.value(
            "SELECT status FROM scan_runs s JOIN repositories r ON r.id = s.repository_id WHERE r.name = $1",
            repository.root.name,
        )
        == "cancelled"
    )
    assert await stack.leftovers() == {}


@pytest.mark.parametrize("kind", AFTER, ids=AFTER.get)
async def test_after_the_publish_the_scan_stays_and_no_docpack_does(
    stack: Stack, repository: Repository, kind: str
) -> None:
    found = await cancelled_at(stack, repository, kind)
    assert found.outcome == "cancelled"
    assert await job_row(stack, found) == {"status": "cancelled", "published": True, "outcome": "cancelled"}
    seen = await visible(stack, repository)
    assert (seen["current scans"], seen["readable scans"], seen["files"]) == (1, 1, 5)
    assert "docpacks" not in seen
    held = await stack.value(
        "SELECT objects FROM scan_runs s JOIN repositories r ON r.id = s.repository_id WHERE r.name = $1",
        repository.root.name,
    )
    assert "graph" in held
    assert "docpack" not in held
    assert "docs" not in held
    assert await stack.leftovers() == {}


async def test_a_docpack_that_is_being_registered_is_kept(stack: Stack, repository: Repository) -> None:
    """The last point of no return: a cancellation that comes during it comes too late."""
    found = await cancelled_at(stack, repository, "pack.completed.v1")
    assert found.outcome == "completed"
    assert found.docpack.is_file()
    assert await job_row(stack, found) == {"status": "completed", "published": True, "outcome": "completed"}
    assert await stack.leftovers() == {}


async def test_while_the_source_is_read(stack: Stack, repository: Repository) -> None:
    """Nothing has been opened yet: there is a job that says it was cancelled, and nothing else."""
    connection = await asyncpg.connect(stack.url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE repositories IN ACCESS EXCLUSIVE MODE")  # read at the end of resolve
            started = await stack.start(repository.root)

            async def waits() -> bool:
                work = stack.home / "work"
                return (
                    work.is_dir()
                    and any(work.iterdir())
                    and bool(
                        await connection.fetchval(
                            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'repositories'::regclass"
                        )
                    )
                )

            await until(waits, "the source is read")
            await stack.cancel(started)
        found = await stack.finish(started)
    finally:
        await connection.close()
    assert found.outcome == "cancelled"
    assert await job_row(stack, found) == {"status": "cancelled", "published": False, "outcome": "cancelled"}
    assert await visible(stack, repository) == {}
    assert await stack.value("SELECT count(*) FROM repositories WHERE name = $1", repository.root.name) == 0
    assert await stack.leftovers() == {}


async def test_a_cancellation_reaches_work_that_does_not_move(stack: Stack, repository: Repository) -> None:
    """The activity waits for a lock that nobody gives: it is told by its heartbeat, not when it is done."""
    async with stack.held("embedding.batch_completed.v1") as hold:
        started = await stack.start(repository.root)
        await hold.reached()
        await stack.handle(started).cancel()
        _job, scan = await until(lambda: _undone(stack, started), "the cancellation reaches the activity", 30)
        assert scan is not None
    found = await stack.finish(started)
    assert found.outcome == "cancelled"
    assert await visible(stack, repository) == {}
    assert await stack.leftovers() == {}


async def _undone(stack: Stack, started: object) -> object:
    job, scan = await stack.progress(started)  # type: ignore[arg-type]
    return (job, scan) if scan is not None and scan.phase in (Phase.UNDO, Phase.DONE) else None


async def test_what_a_cancelled_scan_computed_is_used_by_the_next(stack: Stack, repository: Repository) -> None:
    await cancelled_at(stack, repository, "assembly.graph_completed.v1")
    again = await stack.scan(repository.root)
    assert again.outcome == "completed"
    assert again.end.result
    assert again.end.result.counts.parse_reused == again.end.result.counts.parsed == 5


async def test_a_paused_run_can_be_cancelled(stack: Stack, repository: Repository) -> None:
    async with stack.held("ingest.file_detected.v1") as hold:
        started = await stack.start(repository.root)
        await hold.reached()
        await stack.pause(started)
        await hold.release()
    job, _scan = await stack.progress(started)
    assert job.paused
    await stack.handle(started).cancel()
    assert (await stack.finish(started)).outcome == "cancelled"
    assert await stack.leftovers() == {}
