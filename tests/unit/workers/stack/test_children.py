"""Children: restarted with growing patience, stopped with everything they started, gone when the supervisor is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from workers.stack.children import FIRST_DELAY, LONGEST_DELAY, PROVEN_AFTER, Child, ChildSpec, end_orphan, stop_all
from workers.stack.state import ProcessRef

ROOT = Path(__file__).parents[4]
SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); time.sleep(60)"


def spec(tmp_path: Path, code: str) -> ChildSpec:
    return ChildSpec("child", (sys.executable, "-c", code), dict(os.environ), tmp_path, tmp_path / "log")


def eventually(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_child_that_keeps_dying_is_restarted_ever_more_patiently(tmp_path: Path) -> None:
    clock = Clock()
    child = Child(spec(tmp_path, "raise SystemExit(1)"), now=clock)
    child.start()
    waited = []
    for _ in range(8):
        assert eventually(lambda: not child.running)
        assert child.tend(), "its death is noticed"
        delay = 0.0
        while not child.tend():
            clock.now += 0.25
            delay += 0.25
        waited.append(delay)
    assert waited[0] == FIRST_DELAY
    assert waited == sorted(waited)
    assert waited[-1] == LONGEST_DELAY
    assert child.restarts == 8
    child.kill()


def test_a_child_that_lived_is_trusted_again(tmp_path: Path) -> None:
    clock = Clock()
    child = Child(spec(tmp_path, SLEEP), now=clock)
    child.start()
    for _ in range(3):
        child.signal(signal.SIGKILL)
        assert child.wait(5)
        child.tend()
        clock.now += LONGEST_DELAY
        child.tend()
    clock.now += PROVEN_AFTER + 1
    child.tend()
    child.signal(signal.SIGKILL)
    child.wait(5)
    child.tend()
    clock.now += FIRST_DELAY
    assert child.tend(), "started again after the first delay"
    child.kill()


def test_stopping_takes_grandchildren_along(tmp_path: Path) -> None:
    child = Child(spec(tmp_path, PARENT))
    child.start()
    process = child.state.process
    assert process is not None
    assert eventually(lambda: bool(psutil.Process(process.pid).children()))
    grandchild = psutil.Process(process.pid).children()[0]
    stop_all([child], 5.0)
    assert eventually(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE)


def test_a_child_that_ignores_the_request_is_killed_in_time(tmp_path: Path) -> None:
    child = Child(spec(tmp_path, STUBBORN))
    child.start()
    assert eventually(lambda: (tmp_path / "log").read_text() == "on\n")
    began = time.monotonic()
    stop_all([child], 0.5)
    assert time.monotonic() - began < 5
    assert not child.running


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from workers.stack.children import Child, ChildSpec\n"
        f"c = Child(ChildSpec('c', (sys.executable, '-c', {SLEEP!r}), {{}}, Path('.'), Path('log')))\n"
        "c.start(); print(c.state.process.pid, flush=True); time.sleep(60)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=env, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        orphan = ProcessRef.of(pid)
        parent.kill()
    assert eventually(lambda: orphan.process() is None)


def test_an_orphan_is_ended_once(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
    ref = ProcessRef.of(process.pid)
    assert end_orphan(ref, 5.0)
    process.wait(5)
    assert not end_orphan(ref, 5.0)
