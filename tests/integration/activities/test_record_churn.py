"""After a publish the history of the scanned repository is read once a commit, and nothing of it leaves but numbers."""

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.facts import FactsCache
from activities.ingest import Ingest
from activities.scans import ScanRows
from activities.worlds import Worlds
from api.operations.churn import stored_churn
from api.operations.export_graph import FoundGraph
from db.objects import ObjectStore
from db.session import Database
from docrunch.errors import NotFound
from docrunch.source.policy import SourcePolicy
from tests.support.publishing import opened, repository
from workflows.contracts.scan import ChurnRequest, ChurnResult, ResolvedSource, ResolveRequest, SourceRequest

pytestmark = pytest.mark.integration
ADDRESS = "ann@example.org"


def git(folder: Path, *arguments: str) -> None:
    named = ["-c", f"user.email={ADDRESS}", "-c", "user.name=Ann", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", "-C", str(folder), *named, *arguments], check=True, capture_output=True)


class World:
    """A repository with two commits of ``a.py``, and the activities of an ingest worker."""

    def __init__(self, database: Database, root: Path) -> None:
        self.database, self.root = database, root
        self._scans = 0
        self.source = root / "source"
        self.source.mkdir()
        git(self.source, "init", "-q")
        for body in ("1\n", "1\n2\n"):
            (self.source / "a.py").write_text(body)
            git(self.source, "add", "-A")
            git(self.source, "commit", "-q", "-m", "c")
        self.restart()

    def restart(self) -> None:
        rows = ScanRows(self.database)
        worlds = Worlds(ObjectStore(str(self.root / "objects")), self.root)
        facts = FactsCache(rows, processes=1)
        self.ingest = Ingest(worlds, rows, facts, policy=SourcePolicy(), work=self.root / "work", processes=1)

    async def scan(self, source: Path, ref: str | None = None) -> tuple[ResolvedSource, ChurnResult]:
        request = SourceRequest(text=str(source), ref=ref, name="demo")
        resolve = ResolveRequest(job_id="j", tenant="local", source=request)
        resolved: ResolvedSource = await ActivityEnvironment().run(self.ingest.resolve_source, resolve)
        self._scans += 1
        row = await opened(self.database, await repository(self.database), run_id=f"run-{self._scans}")
        churn = ChurnRequest(
            scan_id=row.run_id, source=request, commit=resolved.commit, tree_object=resolved.tree_object
        )
        return resolved, await ActivityEnvironment().run(self.ingest.record_churn, churn)

    async def graph(self, source: ResolvedSource) -> FoundGraph:
        owner = await repository(self.database)
        tree = source.tree_sha256
        return FoundGraph("demo", source.ref, source.commit, "", "", None, owner.id, source.kind, tree)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


async def test_a_second_scan_of_a_commit_does_nothing(world: World) -> None:
    source, first = await world.scan(world.source)
    assert (first.files, first.commits, first.reused) == (1, 2, False)
    world.restart()
    assert (await world.scan(world.source))[1] == ChurnResult(reused=True)
    found = (await stored_churn(world.database, await world.graph(source))).files["a.py"]
    assert (found.commits, found.lines, found.authors) == (2, 2, 1)


async def test_a_shallow_clone_says_so_and_changes_nothing_of_the_scan(world: World) -> None:
    git(world.root, "clone", "-q", "--depth", "1", f"file://{world.source}", "shallow")
    shallow, churn = await world.scan(world.root / "shallow")
    assert churn == ChurnResult(absent="shallow")
    with pytest.raises(NotFound, match="shallow"):
        await stored_churn(world.database, await world.graph(shallow))
    full, churn = await world.scan(world.source)
    assert (full.tree_object, full.commit) == (shallow.tree_object, shallow.commit)
    assert churn.commits == 2


async def test_a_repository_that_is_gone_by_then_says_so(world: World) -> None:
    source, _ = await world.scan(world.source, "@worktree")
    world.source.rename(world.root / "moved")
    row = await opened(world.database, await repository(world.database, "moved"), run_id="moved")
    request = ChurnRequest(
        scan_id=row.run_id,
        source=SourceRequest(text=str(world.source)),
        commit=source.commit,
        tree_object=source.tree_object,
    )
    assert await ActivityEnvironment().run(world.ingest.record_churn, request) == ChurnResult(absent="gone")


async def test_no_address_is_stored(world: World) -> None:
    await world.scan(world.source)
    async with world.database.transaction() as connection:
        rows = await connection.execute(text("SELECT row_to_json(c)::text FROM churn c"))
        files = await connection.execute(text("SELECT row_to_json(f)::text FROM file_churn f"))
        stored = [str(row) for row in (*rows, *files)]
    assert len(stored) == 2
    assert not [row for row in stored if "example" in row]
    kept = [path for path in (world.root / "objects").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if ADDRESS.encode() in path.read_bytes()]
