"""``run/state.json``: what the local stack consists of, for everyone who wants to use, watch or stop it."""

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import msgspec
import psutil

from docrunch.files import write_atomically

SCHEMA = 1
CLOCK_TOLERANCE = 2.0  # seconds; the start time of a process is read with limited precision


class ProcessRef(msgspec.Struct, frozen=True):
    """A process that is not mistaken for a later one with the same pid."""

    pid: int
    created: float  # seconds since the epoch, as the kernel reports it

    @classmethod
    def of(cls, pid: int) -> "ProcessRef":
        return cls(pid, psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """The living process, or ``None``; zombies count as gone."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.created) < CLOCK_TOLERANCE
            return found if same and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


class ChildState(msgspec.Struct, frozen=True):
    name: str
    process: ProcessRef | None = None  # None: waiting to be started again
    restarts: int = 0
    roles: tuple[str, ...] = ()
    log: str = ""


class StackState(msgspec.Struct, frozen=True):
    """Phases: ``starting`` → ``ready`` → ``stopping``; ``failed`` when starting ended without a stack."""

    phase: str
    supervisor: ProcessRef
    version: str
    build: str  # fingerprint of the code that the workers run
    message: str = ""  # what is being waited for, or why it failed
    hint: str = ""
    database_url: str = ""
    temporal_address: str = ""
    temporal_namespace: str = ""
    temporal_version: str = ""
    temporal_ui: str = ""
    health_url: str = ""
    ports: Mapping[str, int] = {}
    postgres: ProcessRef | None = None
    children: tuple[ChildState, ...] = ()
    schema: int = SCHEMA

    @property
    def alive(self) -> bool:
        return self.supervisor.process() is not None


def state_path(home: Path) -> Path:
    return home / "run" / "state.json"


def read_state(home: Path) -> StackState | None:
    """The last written state; it may be that of a dead supervisor (see `StackState.alive`)."""
    try:
        return msgspec.json.decode(state_path(home).read_bytes(), type=StackState)
    except (FileNotFoundError, NotADirectoryError, msgspec.MsgspecError):
        return None


def running_state(home: Path) -> StackState | None:
    """The state of a stack that is up and usable."""
    state = read_state(home)
    return state if state is not None and state.phase == "ready" and state.alive else None


def write_state(home: Path, state: StackState) -> None:
    """For this user only: the address of a database may hold its password."""
    write_atomically(state_path(home), msgspec.json.format(msgspec.json.encode(state)) + b"\n", mode=0o600)


def prepare_home(home: Path) -> None:
    """Make the home, closed to others. Rights of one that exists are left as they are."""
    if not home.exists():
        home.mkdir(parents=True, mode=0o700)
    for folder in (home / "run", home / "run" / "logs"):
        folder.mkdir(exist_ok=True, mode=0o700)


def take_lock(home: Path) -> IO[str] | None:
    """The supervisor's lock, held until the file is closed; ``None`` when another supervisor has it."""
    lock = (home / "run" / "supervisor.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    os.set_inheritable(lock.fileno(), False)
    return lock
