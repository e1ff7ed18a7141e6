"""What goes wrong around a running scan: killed parsers, a killed worker, servers that go away. The job ends well."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from temporalio.api.enums.v1 import PendingActivityState

from docrunch.docpack.read import read_docpack
from tests.support.repositories import Repository, python_files
from tests.support.stack import PATIENCE, Stack, StartedRun, until
from workflows.contracts.ids import scan_workflow_id

AWAY_SECONDS = 3.0  # longer than a poll, shorter than the patience of a retry


@pytest.fixture
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    salt = "f" + "".join(char for char in request.node.name if char.isalnum())[-20:].lower()
    return Repository(tmp_path / salt, python_files(6, salt))


def parsers(stack: Stack) -> list[psutil.Process]:
    return [each for each in stack.process("build").children() if "docrunch.parsing.child" in " ".join(each.cmdline())]


async def running(stack: Stack, started: StartedRun, activity: str) -> bool:
    described = await stack.client.get_workflow_handle(scan_workflow_id(started.workflow_id)).describe()
    return any(
        each.activity_type.name == activity and each.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
        for each in described.raw_description.pending_activities
    )


@asynccontextmanager
async def stopped_parsers(stack: Stack) -> AsyncIterator[list[psutil.Process]]:
    """The idle parsers of the stack, stopped: whatever is given to them waits."""
    idle = parsers(stack)
    for each in idle:
        each.send_signal(signal.SIGSTOP)
    try:
        yield idle
    finally:
        for each in idle:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGCONT)


async def a_file_whose_parser_dies(stack: Stack, repository: Repository, *, again: bool) -> StartedRun:
    """Scan a change of one file, and kill the parser that has it; ``again``: and the one that retries."""
    name = repository.root.name
    await stack.scan(repository.root)
    takes_a_while = f"{name} = [{'(1, [2]), ' * 60_000}]\n"
    repository.commit({f"{name}/m3.py": takes_a_while})
    async with stopped_parsers(stack) as idle:
        assert idle
        started = await stack.start(repository.root)
        await until(lambda: _parsing(stack, started), "the file is being parsed")
        known = {each.pid for each in stack.process("build").children()}
        for each in idle:
            with suppress(psutil.NoSuchProcess):  # its pool may have ended the others, once one was lost
                each.kill()
        if again:
            (await asyncio.to_thread(fresh_parser, stack.workers["build"].pid, known)).kill()
    return started


async def _parsing(stack: Stack, started: StartedRun) -> bool:
    try:
        return await running(stack, started, "parse_page")
    except Exception:
        return False


def fresh_parser(parent: int, known: set[int]) -> psutil.Process:
    """Looks often: a parser needs some tens of milliseconds to start, and as many again for its file."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for listed in Path(f"/proc/{parent}/task").glob("*/children"):
            for pid in map(int, listed.read_text().split()):
                if pid not in known:
                    return psutil.Process(pid)
        time.sleep(0.002)
    raise AssertionError("no fresh parser was started")


async def test_a_parser_that_is_killed_costs_nothing(stack: Stack, repository: Repository) -> None:
    started = await a_file_whose_parser_dies(stack, repository, again=False)
    found = await stack.finish(started)
    _, offline = await stack.offline(repository.root)
    assert found.outcome == "completed"
    assert found.docpack.read_bytes() == (offline / "run.docpack").read_bytes()


async def test_a_file_that_kills_its_parser_twice_is_listed(stack: Stack, repository: Repository) -> None:
    """And is tried again by the next scan: nothing about it was cached."""
    path = f"{repository.root.name}/m3.py"
    found = await stack.finish(await a_file_whose_parser_dies(stack, repository, again=True))
    assert found.outcome == "partial"
    assert found.end.result
    assert found.end.result.issues == {"parser_crashed": 1}
    listed = [(each.path, each.reason) for each in read_docpack(found.docpack).manifest.issues]
    assert listed == [(path, "parser_crashed")]
    scan_id = await stack.value("SELECT scan_id FROM jobs WHERE run_id = $1", found.started.run_id)
    assert await stack.rows("SELECT path, reason FROM scan_issues WHERE scan_id = $1", scan_id) == [
        {"path": path, "reason": "parser_crashed"}
    ]
    again = await stack.scan(repository.root)
    assert again.outcome == "completed"
    assert again.end.result
    assert again.end.result.issues == {}


async def test_a_worker_that_is_killed_while_it_embeds(stack: Stack, repository: Repository) -> None:
    """Its work is given to the process that replaces it; the supervisor, here the test, starts that."""
    async with stack.held("embedding.batch_started.v1") as hold:
        started = await stack.start(repository.root)
        await hold.reached()
        stack.workers["embed"].kill()
        stack.workers["embed"].wait()
        stack.start_worker("embed")
    found = await stack.finish(started)
    assert found.outcome == "completed"
    _, offline = await stack.offline(repository.root)
    assert found.docpack.read_bytes() == (offline / "run.docpack").read_bytes()
    assert await stack.leftovers() == {}


@contextmanager
def stopped(process: psutil.Process) -> Iterator[None]:
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


async def test_temporal_that_does_not_answer_for_a_while(stack: Stack, repository: Repository) -> None:
    server = next(
        each for each in psutil.Process().children() if "server" in each.cmdline() and "temporal" in each.name()
    )
    async with stack.held("embedding.batch_completed.v1") as hold:
        started = await stack.start(repository.root)
        await hold.reached()
        with stopped(server):
            await hold.release()
            await asyncio.sleep(AWAY_SECONDS)
    found = await stack.finish(started)
    assert found.outcome == "completed"
    assert found.end.result
    assert await stack.leftovers() == {}


async def test_a_database_that_is_restarted(stack: Stack, repository: Repository) -> None:
    """The transaction that ran is lost and done again; nothing is there twice."""
    async with stack.held("embedding.batch_completed.v1") as hold:
        started = await stack.start(repository.root)
        await hold.reached()
        await asyncio.to_thread(stack.postgres.stop)
        await asyncio.sleep(AWAY_SECONDS)
        await asyncio.to_thread(stack.postgres.start)
    found = await stack.finish(started)
    assert found.outcome == "completed"
    _, offline = await stack.offline(repository.root)
    assert found.docpack.read_bytes() == (offline / "run.docpack").read_bytes()
    assert await stack.leftovers() == {}
    doubled = await stack.rows("SELECT event_id FROM events GROUP BY event_id HAVING count(*) > 1")
    assert doubled == []
