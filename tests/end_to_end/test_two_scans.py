"""Two scans of one repository at once: both work, one publishes at a time, and the newer one is what remains."""

from pathlib import Path

import pytest

from docrunch.errors import Superseded
from tests.support.repositories import Repository, python_files
from tests.support.stack import Stack, until
from workflows.contracts.progress import Phase
from workflows.contracts.scan import Pause
from workflows.scan import RepoScanWorkflow


async def published_commit(stack: Stack, name: str) -> str:
    return str(
        await stack.value(
            "SELECT s.commit FROM refs r JOIN scan_runs s ON s.id = r.current_scan_id"
            " JOIN repositories p ON p.id = r.repository_id WHERE p.name = $1 AND r.name = 'main'",
            name,
        )
    )


@pytest.fixture
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    salt = "t" + "".join(char for char in request.node.name if char.isalnum())[-20:].lower()
    return Repository(tmp_path / salt, python_files(4, salt))


async def opened(stack: Stack, name: str, count: int) -> bool:
    query = "SELECT count(*) FROM scan_runs s JOIN repositories p ON p.id = s.repository_id WHERE p.name = $1"
    return bool(await stack.value(query, name) == count)


async def test_the_older_of_two_is_superseded(stack: Stack, repository: Repository) -> None:
    """The older is paused once it is open; the newer is held in its publish; then the older comes, waits, and loses."""
    name = repository.root.name
    async with stack.held("ingest.file_detected.v1") as hold:
        older = await stack.start(repository.root)
        await hold.reached()
        await stack.pause(older)
    newest = repository.commit({f"{name}/m1.py": "def changed() -> int:\n    return 1\n"})
    async with stack.held("refs") as hold:
        newer = await stack.start(repository.root)
        await hold.reached()
        await stack.resume(older)

        async def both_publish() -> bool:
            waiting = await stack.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            return bool(waiting >= 2)  # one in the hold, one for the ref that the first has locked

        await until(both_publish, "the older waits until the newer has published")
        assert await published_commit(stack, name) == "None"
        await hold.release()
        first, second = await stack.finish(older), await stack.finish(newer)
    assert second.outcome == "completed"
    assert first.outcome == "failed"
    assert isinstance(first.end.error, Superseded)
    assert first.end.error.exit_code == 5
    assert await published_commit(stack, name) == newest
    rows = await stack.rows(
        "SELECT s.status FROM scan_runs s JOIN repositories p ON p.id = s.repository_id"
        " WHERE p.name = $1 ORDER BY s.id",
        name,
    )
    assert [row["status"] for row in rows] == ["superseded", "published"]
    assert await stack.leftovers() == {}
    _, offline = await stack.offline(repository.root)
    assert second.docpack.read_bytes() == (offline / "run.docpack").read_bytes()


async def test_two_that_start_together_end_with_the_newer(stack: Stack, repository: Repository) -> None:
    """Nothing is arranged: whatever the order, no row of the older one remains."""
    name = repository.root.name
    older = await stack.start(repository.root)
    await until(lambda: opened(stack, name, 1), "the older scan is open")
    newest = repository.commit({f"{name}/m1.py": "def changed() -> int:\n    return 1\n"})
    newer = await stack.start(repository.root)
    first, second = await stack.finish(older), await stack.finish(newer)
    assert second.outcome == "completed"
    assert first.outcome == "completed" or isinstance(first.end.error, Superseded)
    assert await published_commit(stack, name) == newest
    names = await stack.rows(
        "SELECT s.name FROM symbols s JOIN refs r ON r.id = s.ref_id JOIN repositories p ON p.id = r.repository_id"
        f" WHERE p.name = $1 AND s.path = '{name}/m1.py' AND s.kind = 'function'",
        name,
    )
    assert [row["name"] for row in names] == ["changed"]


async def test_asking_twice_for_the_same_joins_the_run(stack: Stack, repository: Repository) -> None:
    async with stack.held("ingest.file_detected.v1") as hold:
        first = await stack.start(repository.root)
        await hold.reached()
        again = await stack.start(repository.root)
        await hold.release()
    assert (again.workflow_id, again.run_id) == (first.workflow_id, first.run_id)
    assert (await stack.finish(first)).outcome == "completed"


async def test_a_scan_can_be_paused_by_itself(stack: Stack, repository: Repository) -> None:
    """Pausing the child stops new pages; the job shows where it stands and goes on after `resume`."""
    async with stack.held("ingest.file_detected.v1") as hold:
        started = await stack.start(repository.root)
        await hold.reached()
        job, _ = await stack.progress(started)
        child = stack.client.get_workflow_handle(job.scan_workflow_id)
        await child.execute_update(RepoScanWorkflow.pause, Pause(reason="to look"))
        await hold.release()

    async def stands() -> bool:
        _, scan = await stack.progress(started)
        return scan is not None and scan.paused and scan.phase is not Phase.RESOLVE

    await until(stands, "the scan says that it is paused")
    assert await stack.value("SELECT count(*) FROM jobs WHERE closed_at IS NULL") == 1
    await child.execute_update(RepoScanWorkflow.resume, Pause())
    assert (await stack.finish(started)).outcome == "completed"
