"""State of the stack: a dead or recycled process is never mistaken for a living one."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from workers.stack.state import (
    ChildState,
    ProcessRef,
    StackState,
    prepare_home,
    read_state,
    running_state,
    state_path,
    take_lock,
    write_state,
)


def state(supervisor: ProcessRef, phase: str = "ready") -> StackState:
    return StackState(phase=phase, supervisor=supervisor, version="1", build="b", children=(ChildState("temporal"),))


def test_a_written_state_reads_back(tmp_path: Path) -> None:
    prepare_home(tmp_path)
    written = state(ProcessRef.of(os.getpid()))
    write_state(tmp_path, written)
    assert read_state(tmp_path) == written
    assert running_state(tmp_path) == written
    assert msgspec.json.decode(state_path(tmp_path).read_bytes())["schema"] == 1


def test_a_new_home_is_closed_to_others(tmp_path: Path) -> None:
    prepare_home(tmp_path / "home")
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_in_a_home_that_others_may_enter_the_state_is_closed(tmp_path: Path) -> None:
    """It may hold the password of a database."""
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    prepare_home(home)
    write_state(home, state(ProcessRef.of(os.getpid())))
    for path in (home / "run", home / "run" / "logs", home / "run" / "state.json"):
        assert path.stat().st_mode & 0o077 == 0


def test_a_stack_whose_supervisor_died_does_not_run(tmp_path: Path) -> None:
    prepare_home(tmp_path)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    write_state(tmp_path, state(ProcessRef.of(process.pid)))
    assert running_state(tmp_path) is not None
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and still a zombie
    assert running_state(tmp_path) is None
    process.wait()
    assert running_state(tmp_path) is None


def test_a_recycled_pid_is_another_process() -> None:
    own = ProcessRef.of(os.getpid())
    assert own.process() is not None
    assert ProcessRef(own.pid, own.created - 100).process() is None


def test_only_a_ready_stack_is_used(tmp_path: Path) -> None:
    prepare_home(tmp_path)
    write_state(tmp_path, state(ProcessRef.of(os.getpid()), phase="starting"))
    assert running_state(tmp_path) is None


def test_half_a_state_file_is_no_state(tmp_path: Path) -> None:
    prepare_home(tmp_path)
    state_path(tmp_path).write_text('{"phase": "rea')
    assert read_state(tmp_path) is None


def test_one_supervisor_per_home(tmp_path: Path) -> None:
    prepare_home(tmp_path)
    first = take_lock(tmp_path)
    assert first is not None
    assert take_lock(tmp_path) is None
    first.close()
    second = take_lock(tmp_path)
    assert second is not None
    second.close()
