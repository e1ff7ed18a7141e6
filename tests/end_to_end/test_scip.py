"""What a compiler's index says of a repository reaches everything that a scan makes, and nothing of it goes stale."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from api.operations.collect_garbage import collect_garbage
from db.objects import ObjectKind, ObjectStore
from docrunch.canonical import sha256_hex
from docrunch.errors import InvalidArchive, ObjectMissing
from docrunch.scip.scip_pb2 import Document, Index, Occurrence
from tests.support.repositories import Repository
from tests.support.stack import Scanned, Stack
from workflows.contracts.ids import scan_workflow_id

LIB = "class Engine:\n    def start(self): ...\n\n\nclass Lamp:\n    def start(self): ...\n"
APP = "def run(thing):\n    thing.start()\n"
ENGINE, LAMP = "scip-test . shop . Engine#start().", "scip-test . shop . Lamp#start()."
DAYS = 3 * 86_400


def written(path: Path, meant: str, line: int = 1) -> Path:
    """An index in which ``thing.start()``, in a line of app.py from 0, means one of the two."""
    lib = [
        Occurrence(range=[1, 8, 13], symbol=ENGINE, symbol_roles=1),
        Occurrence(range=[5, 8, 13], symbol=LAMP, symbol_roles=1),
    ]
    app = [Occurrence(range=[line, 10, 15], symbol=meant)]
    documents = [Document(relative_path="lib.py", occurrences=lib), Document(relative_path="app.py", occurrences=app)]
    path.write_bytes(Index(documents=documents).SerializeToString())
    return path


@pytest.fixture
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    salt = "x" + "".join(char for char in request.node.name if char.isalnum())[-20:].lower()
    return Repository(tmp_path / salt, {"README.md": f"# {salt}\n", "lib.py": LIB, "app.py": APP})


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    return written(tmp_path / "engine.scip", ENGINE)


@pytest.fixture
def lamp(tmp_path: Path) -> Path:
    return written(tmp_path / "lamp.scip", LAMP)


async def published(stack: Stack, repository: Repository) -> list[tuple[str, str]]:
    """What ``run`` calls by the tables, with confidences."""
    rows = await stack.rows(
        "SELECT t.qualified_name AS name, e.confidence FROM relationships e"
        " JOIN symbols s ON s.ref_id = e.ref_id AND s.id = e.source"
        " JOIN symbols t ON t.ref_id = e.ref_id AND t.id = e.target"
        " JOIN refs r ON r.id = e.ref_id JOIN repositories p ON p.id = r.repository_id"
        " WHERE p.name = $1 AND s.name = 'run' AND e.type = 'calls' ORDER BY 1",
        repository.root.name,
    )
    return [(row["name"], row["confidence"]) for row in rows]


async def equals_offline(stack: Stack, scanned: Scanned, repository: Repository, *scip: Path) -> dict[str, int]:
    """The docpack is that of an offline run, to the byte; what that run says of the indexes."""
    found, folder = await stack.offline(repository.root, scip=scip)
    assert scanned.end.result
    assert scanned.end.result.scan
    assert scanned.end.result.scan.graph.index == found.index
    assert scanned.docpack.read_bytes() == (folder / "run.docpack").read_bytes()
    return found.index


def docpack_id(scanned: Scanned) -> str:
    assert scanned.end.result
    assert scanned.end.result.pack
    return scanned.end.result.pack.docpack_id


async def test_another_index_is_another_generation_and_the_same_one_is_none(
    stack: Stack, repository: Repository, engine: Path, lamp: Path
) -> None:
    root = repository.root
    plain = await stack.scan(root)
    assert await published(stack, repository) == []
    first = await stack.scan(root, scip=[engine])
    assert await published(stack, repository) == [("lib.Engine.start", "exact")]
    assert await equals_offline(stack, first, repository, engine) == {"definitions": 2, "references": 1}
    told = await stack.value("SELECT max(id) FROM sync_events")
    again = await stack.scan(root, scip=[engine])
    assert again.started.workflow_id == first.started.workflow_id
    assert again.docpack.read_bytes() == first.docpack.read_bytes()
    assert await stack.value("SELECT max(id) FROM sync_events") == told
    second = await stack.scan(root, scip=[lamp])
    assert await published(stack, repository) == [("lib.Lamp.start", "exact")]
    await equals_offline(stack, second, repository, lamp)
    # two that contradict each other tell nothing, in whatever order they are named
    both = await stack.scan(root, scip=[lamp, engine])
    assert (await equals_offline(stack, both, repository, engine, lamp))["contradicted"] == 2
    assert await published(stack, repository) == []
    back = await stack.scan(root)
    assert back.docpack.read_bytes() == plain.docpack.read_bytes()
    runs = (plain, first, second, both)
    assert len({each.started.workflow_id for each in runs}) == len({docpack_id(each) for each in runs}) == len(runs)


async def test_an_incremental_scan_with_an_index_is_the_clean_one(
    stack: Stack, repository: Repository, engine: Path, tmp_path: Path
) -> None:
    await stack.scan(repository.root, scip=[engine])
    repository.commit({"app.py": "import lib\n" + APP})
    stale = await stack.scan(repository.root, scip=[engine])
    counts = await equals_offline(stack, stale, repository, engine)
    assert counts == {"definitions": 2, "references": 0, "no_word_at_range": 1}
    assert await published(stack, repository) == []
    fresh = written(tmp_path / "fresh.scip", LAMP, line=2)
    changed = await stack.scan(repository.root, scip=[fresh])
    await equals_offline(stack, changed, repository, fresh)
    assert await published(stack, repository) == [("lib.Lamp.start", "exact")]
    repository.commit({"lib.py": LIB.replace("class Lamp", "class Torch")})
    moved = await stack.scan(repository.root, scip=[fresh])
    await equals_offline(stack, moved, repository, fresh)
    assert await published(stack, repository) == [("lib.Torch.start", "exact")]


async def test_the_command_line_takes_indexes_and_queries_answer_by_them(
    stack: Stack, repository: Repository, engine: Path, tmp_path: Path
) -> None:
    root = str(repository.root)
    found = await command(stack, tmp_path, "scan", root, "--scip", str(engine), "--scip", str(engine), "--json")
    assert found["index"] == {"definitions": 2, "references": 1}
    assert found["edges"]["calls"] == {"exact": 1}
    callers = ("graph", "callers", "lib.Engine.start", "--json")
    for where in (("--repo", repository.root.name), ("--from", found["docpack"]["path"])):
        assert "app.run" in json.dumps(await command(stack, tmp_path, *callers, *where))
    page = "\n".join(path.read_text() for path in (tmp_path / found["docs_path"]).rglob("*.md"))
    assert "Used By" in page or "Used by" in page
    for workflow in (found["workflow_id"], scan_workflow_id(found["workflow_id"])):
        history = await stack.client.get_workflow_handle(workflow).fetch_history()
        said = b"".join(event.SerializeToString() for event in history.events)
        assert sha256_hex(engine.read_bytes()).encode() in said
        assert b"scip-test" not in said
        assert str(engine).encode() not in said


async def command(stack: Stack, cwd: Path, *arguments: str) -> dict[str, Any]:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "api.cli.main", *arguments],
        env=stack.environment,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


async def test_an_index_goes_when_its_scan_has_ended_and_not_before(
    stack: Stack, repository: Repository, engine: Path
) -> None:
    objects = ObjectStore(stack.settings.objects_url)
    sha = sha256_hex(engine.read_bytes())
    async with stack.held("ingest.file_detected.v1") as hold:
        started = await stack.start(repository.root, scip=[engine])
        await hold.reached()
        await collect_old(stack)
        assert await objects.exists(ObjectKind.INDEX, sha)
        await hold.release()
        scanned = await stack.finish(started)
    assert await published(stack, repository) == [("lib.Engine.start", "exact")]
    await collect_old(stack)
    assert not await objects.exists(ObjectKind.INDEX, sha)
    again = await stack.scan(repository.root, scip=[engine])
    assert again.docpack.read_bytes() == scanned.docpack.read_bytes()


async def collect_old(stack: Stack) -> None:
    then = time.time() - DAYS
    for path in (stack.home / "objects" / ObjectKind.INDEX).rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))
    await collect_garbage(stack.client, dry_run=False)


async def test_an_index_that_is_gone_or_damaged_ends_the_scan_at_once(stack: Stack, repository: Repository) -> None:
    """The command line checks before it starts a run; what gets past it is refused once and not tried again."""
    objects = ObjectStore(stack.settings.objects_url)
    damaged = await objects.put(ObjectKind.INDEX, b"\x12\x7f")
    for sha, error in (("0" * 64, ObjectMissing), (damaged, InvalidArchive)):
        handle = await stack.start(repository.root, scip=[sha])
        ended = await stack.finish(handle)
        assert ended.outcome == "failed"
        assert isinstance(ended.end.error, error)
        history = await stack.client.get_workflow_handle(scan_workflow_id(handle.workflow_id)).fetch_history()
        started = [event for event in history.events if event.HasField("activity_task_started_event_attributes")]
        assert {event.activity_task_started_event_attributes.attempt for event in started} == {1}
    assert await stack.leftovers() == {}
