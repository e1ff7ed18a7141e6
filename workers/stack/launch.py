"""Use, start and stop the local stack from another process: the command line, the tests."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from db.embedded import EmbeddedPostgres
from docrunch.config import Settings
from docrunch.errors import Failed, Unreachable
from workers.stack import plan
from workers.stack.orphans import clear_orphans
from workers.stack.state import StackState, prepare_home, read_state, take_lock
from workers.stack.supervisor_codes import ALREADY_RUNNING

START_SECONDS = 2400.0  # the first start may build temporal
STOP_SECONDS = 60.0
POLL = 0.1
PURGED = ("pg", "temporal", "objects", "cache", "run")

Say = Callable[[str], None]


def ensure_up(settings: Settings, say: Say = lambda _line: None, *, separate: bool = False) -> StackState:
    """The state of a ready stack: the one that runs, or one that is started now.

    A stack that runs other code than the one installed restarts its workers; runs resume.

    Raises:
        Failed: it cannot start; the message says why.
        Unreachable: it did not become ready in time.
    """
    state = _settled(settings.home)
    process = None
    if state is None or not state.alive:
        process = spawn(settings, separate=separate)
    elif state.phase == "ready" and state.build != plan.code_fingerprint():
        os.kill(state.supervisor.pid, signal.SIGHUP)
        return _wait(settings, say, None, build=plan.code_fingerprint())
    return _wait(settings, say, process)


def _settled(home: Path) -> StackState | None:
    """The state, once a supervisor that is stopping has stopped."""
    deadline = time.monotonic() + STOP_SECONDS
    state = read_state(home)
    while state is not None and state.phase in {"stopping", "failed"} and state.alive and time.monotonic() < deadline:
        time.sleep(POLL)
        state = read_state(home)
    return state


def spawn(settings: Settings, *, separate: bool = False) -> subprocess.Popen[bytes]:
    """Start a detached supervisor. It ends at once when another one holds the home."""
    prepare_home(settings.home)
    command = [sys.executable, "-m", "workers.stack.supervisor", "--home", str(settings.home)]
    with (settings.run_dir / "logs" / "supervisor.log").open("ab") as log:
        return subprocess.Popen(
            [*command, *(["--separate"] if separate else [])],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=settings.run_dir,
            env=plan.importable(dict(os.environ)),
            start_new_session=True,
        )


def _wait(
    settings: Settings, say: Say, process: subprocess.Popen[bytes] | None, build: str | None = None
) -> StackState:
    deadline = time.monotonic() + START_SECONDS
    said = ""
    while time.monotonic() < deadline:
        state = read_state(settings.home)
        ours = state is not None and (process is None or process.poll() is not None or _is(state, process.pid))
        if state is not None and ours and state.alive:
            if state.phase == "ready" and build in (None, state.build):
                return state
            if state.message and state.message != said:
                said = state.message
                say(said)
        elif state is not None and ours and state.phase == "failed":
            raise Failed(state.message, hint=state.hint or f"See {settings.run_dir / 'logs'}.")
        elif process is None or process.poll() not in (None, ALREADY_RUNNING):
            log = settings.run_dir / "logs" / "supervisor.log"
            raise Failed(f"the local stack stopped while starting: {_last_line(log)}", hint=f"See {log}.")
        time.sleep(POLL)
    raise Unreachable("the local stack did not become ready in time", hint=f"See {settings.run_dir / 'logs'}.")


def _is(state: StackState, pid: int) -> bool:
    return state.supervisor.pid == pid


def take_down(settings: Settings, say: Say = lambda _line: None, *, purge: bool = False) -> bool:
    """Stop the stack and, with ``purge``, remove its data. False: nothing was running.

    Raises:
        Failed: the supervisor does not end.
    """
    state = read_state(settings.home)
    running = state is not None and state.alive
    if state is not None and running:
        say("stopping the local stack")
        _stop_supervisor(state)
    cleaned = _clear_leftovers(settings, state)
    if purge:
        for name in PURGED:
            shutil.rmtree(settings.home / name, ignore_errors=True)
    return running or cleaned


def _stop_supervisor(state: StackState) -> None:
    process = state.supervisor.process()
    if process is None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(5)


def _clear_leftovers(settings: Settings, state: StackState | None) -> bool:
    """What a killed supervisor left. Nothing is touched while another supervisor is starting."""
    if not (settings.home / "run").is_dir():
        return False
    lock = take_lock(settings.home)
    if lock is None:
        raise Failed("a supervisor is starting right now", hint="Wait a moment and run `docrunch down` again.")
    with lock:
        ended = clear_orphans(state)
        data = settings.home / "pg" / "data"
        postgres = EmbeddedPostgres(data, 0) if data.is_dir() else None
        if postgres is not None and postgres.pid is not None:
            postgres.stop()
            ended.append("postgres")
        return bool(ended)


def _last_line(log: Path) -> str:
    try:
        return log.read_text(errors="replace").strip().splitlines()[-1]
    except (OSError, IndexError):
        return "its log is empty"
