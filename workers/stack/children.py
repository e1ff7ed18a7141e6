"""One supervised child process: started, found dead, started again with back-off, stopped with its descendants."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import psutil

from workers.stack.state import ChildState, ProcessRef

FIRST_DELAY = 0.5  # seconds before the first restart; doubled each time
LONGEST_DELAY = 15.0
LOG_BYTES = 20_000_000  # at its next start a process begins a new log
PROVEN_AFTER = 30.0  # seconds of life after which a child is trusted again
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class ChildSpec(msgspec.Struct, frozen=True):
    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    roles: tuple[str, ...] = ()


class Child:
    """Not thread-safe; start it from the thread that outlives it (Linux binds the death signal to that thread)."""

    def __init__(self, spec: ChildSpec, now: Callable[[], float] = time.monotonic) -> None:
        self.spec = spec
        self.restarts = 0
        self._now = now
        self._process: subprocess.Popen[bytes] | None = None
        self._ref: ProcessRef | None = None
        self._started = 0.0
        self._delay = FIRST_DELAY
        self._not_before = 0.0
        self._log_start = 0

    @property
    def state(self) -> ChildState:
        return ChildState(self.spec.name, self._ref, self.restarts, self.spec.roles, str(self.spec.log))

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        return self._process.poll() if self._process is not None else None

    def start(self) -> None:
        _rotate(self.spec.log)
        with self.spec.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                self.spec.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.spec.cwd,
                env=self.spec.env,
                start_new_session=True,  # its own group: stopped as a whole, untouched by Ctrl-C in a terminal
                preexec_fn=_die_with(os.getpid()),
            )
        self._started = self._now()
        with contextlib.suppress(psutil.NoSuchProcess):
            self._ref = ProcessRef.of(self._process.pid)

    def tend(self) -> bool:
        """Start a dead child again once its delay is over. True: its state changed."""
        if self.running:
            if self._delay > FIRST_DELAY and self._now() - self._started > PROVEN_AFTER:
                self._delay = FIRST_DELAY
            return False
        if self._ref is not None:
            end_group(self._ref.pid)  # what a killed worker left behind
            self._ref = None
            self._not_before = self._now() + self._delay
            self._delay = min(self._delay * 2, LONGEST_DELAY)
            return True
        if self._now() < self._not_before:
            return False
        self.restarts += 1
        self.start()
        return True

    def has_said(self, text: bytes) -> bool:
        """Whether the log holds ``text`` since the last start."""
        with self.spec.log.open("rb") as log:
            log.seek(self._log_start)
            return text in log.read()

    def signal(self, number: signal.Signals) -> None:
        if self.running and self._process is not None:
            self._process.send_signal(number)

    def wait(self, timeout: float) -> bool:
        """False: still running after ``timeout`` seconds."""
        if self._process is None:
            return True
        try:
            self._process.wait(max(timeout, 0.01))
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        if self._process is not None:
            end_group(self._process.pid)
            self._process.wait()
        self._ref = None


def _rotate(log: Path) -> None:
    """Keep at most two files of a process; what it wrote last is in the newer one."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def stop_all(children: list[Child], timeout: float) -> None:
    """Ask all at once, wait once, then kill what is left, with everything it started."""
    for child in children:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + timeout
    for child in children:
        child.wait(deadline - time.monotonic())
        child.kill()


def end_group(leader: int) -> None:
    """Kill a process group that a child of ours led; nothing left of it is not an error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_orphan(ref: ProcessRef, timeout: float) -> bool:
    """Stop a process of a supervisor that is gone, and its group. True: there was one."""
    process = ref.process()
    if process is None:
        return False
    with contextlib.suppress(psutil.Error):
        process.terminate()
        process.wait(timeout)
    end_group(ref.pid)
    return True


def _die_with(parent: int) -> Callable[[], None] | None:
    """Linux: the kernel kills the child when the supervisor dies, even by kill -9."""
    libc = _LIBC
    if libc is None:
        return None

    def arm() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return arm
