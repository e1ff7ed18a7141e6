"""The parse pool: a crash, a hang or a lack of memory loses one file, never the others and never their order."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from docrunch.options import Limits
from docrunch.parsing import pool as pools
from docrunch.parsing.extract import extract
from docrunch.parsing.pool import ParseItem, ParseOutcome, ParsePool
from docrunch.parsing.worker_process import WorkerProcess

# Takes ten seconds: each of these calls lies in the one before it, and patterns stay open at all of them.
HANGS = (b"f(" * 950 + b")" * 950 + b"\n") * 250
HASTY = Limits(parse_seconds=3.0)  # less would also strike children that start slowly on a busy machine


def items(count: int) -> list[ParseItem]:
    return [ParseItem(f"f{n}.py", b"def f%d():\n    return g(%d)\n" % (n, n) * 20, "python") for n in range(count)]


def expected(sequence: list[ParseItem]) -> list[ParseOutcome]:
    return [
        ParseOutcome(item.key, facts=extract(item.text, item.language, Limits()), cacheable=True) for item in sequence
    ]


@pytest.mark.parametrize("processes", [1, 3])
def test_outcomes_come_in_order_and_equal_those_of_this_process(processes: int) -> None:
    work = items(200)
    with ParsePool(processes, Limits()) as pool:
        assert list(pool.run(work)) == expected(work)
        assert list(pool.run(work[:5])) == expected(work[:5])
        assert len(pool.pids()) <= processes


@pytest.mark.parametrize("killer", [signal.SIGKILL, signal.SIGSEGV])
def test_a_killed_child_loses_nothing_because_its_file_is_tried_again(killer: signal.Signals) -> None:
    work = items(400)
    with ParsePool(2, Limits()) as pool:
        found = []
        for number, outcome in enumerate(pool.run(work)):
            if number in (3, 150, 320):
                os.kill(pool.pids()[0], killer)
            found.append(outcome)
    assert found == expected(work)


def test_a_file_that_hangs_is_listed_and_the_others_are_parsed() -> None:
    work = [*items(3), ParseItem("bad.js", HANGS, "javascript"), *items(3)]
    with ParsePool(1, HASTY) as pool:
        outcomes = list(pool.run(work))
    assert [outcome.issue.reason if outcome.issue else "" for outcome in outcomes] == [
        "",
        "",
        "",
        "parse_timeout",
        "",
        "",
        "",
    ]
    assert [outcome.cacheable for outcome in outcomes] == [True, True, True, False, True, True, True]
    assert outcomes[3].issue is not None
    assert outcomes[3].issue.stage == "parse"


def test_files_that_hang_cost_less_when_there_are_many_of_a_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository of a thousand of them would take half a day; other files still get their time."""
    monkeypatch.setattr(pools, "PATIENT_FILES", 1)
    work = [ParseItem(f"{n}.js", HANGS * 2 + b"%d" % n, "javascript") for n in range(2)]
    good = [ParseItem("good.js", b"function f() {}\n", "javascript"), *items(1)]
    # A tenth and what a child needs to start are 3 s of processor time: the clock must leave a slow machine that much.
    limits = Limits(parse_seconds=9.0, max_nodes=10_000_000, max_file_bytes=4_000_000)
    with ParsePool(1, limits) as pool:
        *lost, first, second = pool.run([*work, *good])
    issues = [outcome.issue for outcome in lost if outcome.issue is not None]
    assert [issue.reason for issue in issues] == ["parse_timeout"] * len(work)
    assert ["10%" in issue.detail for issue in issues] == [False, True]
    assert (first.facts is not None, second.facts is not None) == (True, True)


@pytest.mark.parametrize(("stopped", "lost"), [(1, False), (2, True)])
def test_a_hurried_file_whose_child_was_stopped_is_tried_again(
    stopped: int, lost: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It used up no processor time: a suspended machine would lose good files, whatever waits behind them included."""
    started: list[int] = []

    class Stopped(WorkerProcess):
        def __init__(self) -> None:
            super().__init__()
            started.append(self.pid)
            if len(started) <= stopped:
                os.kill(self.pid, signal.SIGSTOP)

    monkeypatch.setattr(pools, "PATIENT_FILES", 0)
    monkeypatch.setattr(pools, "WorkerProcess", Stopped)
    work = items(3)
    with ParsePool(1, HASTY) as pool:
        first, *others = pool.run(work)
    assert others == expected(work)[1:]
    assert len(started) == 2 + lost
    if lost:
        assert first.issue is not None
        assert first.issue.detail == "the parser took longer than 3 seconds"
    else:
        assert first == expected(work)[0]


def test_no_limit_of_a_file_is_left_for_what_follows_it() -> None:
    """A child struck between two files would cost the one that has not begun."""
    with ParsePool(1, Limits()) as pool:
        list(pool.run(items(2)))
        limits = Path(f"/proc/{pool.pids()[0]}/limits").read_text()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    said = "unlimited" if hard == resource.RLIM_INFINITY else str(hard)
    assert next(line for line in limits.splitlines() if line.startswith("Max cpu time")).split()[3] == said


def test_a_file_that_needs_too_much_memory_is_listed() -> None:
    hungry = b"x = [" + b"1," * 450_000 + b"]\n"
    with ParsePool(1, Limits(parse_memory_bytes=200_000_000)) as pool:
        first, second = pool.run([ParseItem("a.py", hungry, "python"), ParseItem("b.py", b"x = 1\n", "python")])
    assert first.issue is not None
    assert first.issue.reason == "parse_memory"
    assert second.facts is not None


def test_an_abandoned_run_leaves_no_child_at_work_and_the_pool_usable() -> None:
    with ParsePool(2, Limits()) as pool:
        run = pool.run(items(300))
        next(run)
        run.close()
        assert [outcome.key for outcome in pool.run(items(2))] == ["f0.py", "f1.py"]


def test_items_are_taken_only_as_they_are_needed() -> None:
    taken = 0

    def endless() -> Iterator[ParseItem]:
        nonlocal taken
        while True:
            taken += 1
            yield ParseItem(str(taken), b"x = 1\n", "python")

    with ParsePool(1, Limits()) as pool:
        run = pool.run(endless())
        next(run)
        assert taken < 2_000
        run.close()


def test_closing_the_pool_leaves_no_process() -> None:
    with ParsePool(2, Limits()) as pool:
        list(pool.run(items(100)))
        pids = pool.pids()
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_children_of_a_killed_parent_end() -> None:
    program = (
        "import sys, time\n"
        "from docrunch.options import Limits\n"
        "from docrunch.parsing.pool import ParseItem, ParsePool\n"
        "pool = ParsePool(1, Limits())\n"
        "list(pool.run([ParseItem('a', b'x = 1', 'python')]))\n"
        "print(pool.pids()[0], flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(child)


def test_a_busy_child_ends_with_its_parent() -> None:
    """A hanging file would otherwise keep a core busy until the limit of processor time."""
    program = (
        "import sys, time\n"
        "from docrunch.options import Limits\n"
        "from docrunch.parsing.frames import Batch, Job\n"
        "from docrunch.parsing.worker_process import WorkerProcess\n"
        "worker = WorkerProcess()\n"
        "text = b'(' * 900_000\n"
        "worker.send(Batch(Limits(parse_seconds=120, parse_memory_bytes=8 << 30), [Job(text, 'python', 120)]))\n"
        "print(worker.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(1.0)
    assert _alive(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 2
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as status:
        return status.read().rsplit(")", 1)[1].split()[0] != "Z"


def test_the_child_sees_none_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCRUNCH_GIT_TOKENS", "example.org=" + "x" * 8)
    with ParsePool(1, Limits()) as pool:
        list(pool.run(items(1)))
        with open(f"/proc/{pool.pids()[0]}/environ", "rb") as environment:
            assert b"DOCRUNCH_GIT_TOKENS" not in environment.read()
