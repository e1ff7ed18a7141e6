"""The local stack with real servers: it comes up once, survives what is killed, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from docrunch.config import Settings, load
from workers.stack.launch import ensure_up, take_down
from workers.stack.state import StackState, read_state
from workers.stack.temporal_binary import ensure

pytestmark = [pytest.mark.integration, pytest.mark.temporal]
ROOT = Path(__file__).parents[3]


def eventually(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """A home of its own, short enough for socket paths and enterable by the service user of Postgres."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="docrunch-stack-", ignore_cleanup_errors=True) as folder:
        changes = {"home": Path(folder) / "home", "temporal.port": free_port(), "temporal.ui_port": free_port()}
        environment = {f"DOCRUNCH_{name}": str(changes[key]) for name, key in
                       (("TEMPORAL__PORT", "temporal.port"), ("TEMPORAL__UI_PORT", "temporal.ui_port"))}  # fmt: skip
        kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("DOCRUNCH_")}
        os.environ.update(environment, TEMPORAL_CLI_PATH=str(ensure()))
        found = load({"home": changes["home"]}, user=Path(folder) / "none.yaml").settings
        try:
            yield found
        finally:
            take_down(found)
            for name in environment:
                os.environ.pop(name)
            os.environ.update(kept)


def up(settings: Settings) -> StackState:
    return ensure_up(settings)


def processes(state: StackState) -> dict[str, psutil.Process]:
    found = {child.name: child.process.process() for child in state.children if child.process is not None}
    return {name: process for name, process in found.items() if process is not None}


def kill(state: StackState, name: str) -> int:
    process = processes(state)[name]
    process.send_signal(signal.SIGKILL)
    return process.pid


def current(settings: Settings) -> StackState:
    state = read_state(settings.home)
    assert state is not None
    return state


def came_back(settings: Settings, name: str, old: int) -> Callable[[], bool]:
    def look() -> bool:
        child = next(child for child in current(settings).children if child.name == name)
        return child.process is not None and child.process.pid != old and child.process.process() is not None

    return look


def is_ready(state: StackState) -> bool:
    try:
        with urllib.request.urlopen(f"{state.health_url}/readyz", timeout=5) as answer:
            return bool(msgspec.json.decode(answer.read())["status"] == "ok")
    except OSError:
        return False


def test_up_starts_everything_and_a_second_up_finds_it(settings: Settings) -> None:
    said: list[str] = []
    first = ensure_up(settings, said.append)
    assert said, "progress is shown"
    assert first.phase == "ready"
    assert is_ready(first)
    assert {"temporal", "health", "worker-core", "worker-embed", "worker-build"} <= set(processes(first))
    second = up(settings)
    assert second.supervisor == first.supervisor
    assert processes(second) == processes(first), "nothing was started again"
    assert settings.home.stat().st_mode & 0o007 == 0, "nobody else may look into the home"


def test_health_endpoint_answers(settings: Settings) -> None:
    state = up(settings)
    for path, wanted in (("healthz", {"status": "ok"}), ("version", {"version": state.version})):
        with urllib.request.urlopen(f"{state.health_url}/{path}", timeout=5) as answer:
            assert msgspec.json.decode(answer.read()) == wanted


@pytest.mark.parametrize("name", ["worker-build", "temporal", "health"])
def test_a_killed_process_is_started_again(settings: Settings, name: str) -> None:
    old = kill(up(settings), name)
    assert eventually(came_back(settings, name, old))
    assert eventually(lambda: is_ready(current(settings)))


def test_killed_postgres_is_started_again(settings: Settings) -> None:
    state = up(settings)
    assert state.postgres is not None
    os.kill(state.postgres.pid, signal.SIGKILL)
    assert eventually(lambda: current(settings).postgres not in (None, state.postgres))
    assert eventually(lambda: is_ready(current(settings)))


def test_after_a_killed_supervisor_the_next_up_takes_over(settings: Settings) -> None:
    before = up(settings)
    old = processes(before)
    os.kill(before.supervisor.pid, signal.SIGKILL)
    assert eventually(lambda: not before.alive)
    after = up(settings)
    assert after.supervisor != before.supervisor
    assert after.postgres == before.postgres, "the database ran on and was attached to"
    assert after.ports == before.ports
    assert eventually(lambda: not any(process.is_running() for process in old.values())), "no orphans"
    assert is_ready(after)


def test_two_ups_at_once_make_one_stack(settings: Settings) -> None:
    take_down(settings)
    code = (
        "import sys; from pathlib import Path; from docrunch.config import load_settings\n"
        "from workers.stack.launch import ensure_up\n"
        "print(ensure_up(load_settings({'home': Path(sys.argv[1])})).supervisor.pid)"
    )
    command = [sys.executable, "-c", code, str(settings.home)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = {process.communicate(timeout=120)[0].strip() for process in both}
    assert len(answers) == 1
    assert answers == {str(current(settings).supervisor.pid)}


def test_down_leaves_no_process_and_purge_no_data(settings: Settings) -> None:
    state = up(settings)
    running = [*processes(state).values()]
    assert take_down(settings)
    assert not any(process.is_running() for process in running)
    assert state.postgres is not None
    assert state.postgres.process() is None
    assert (settings.home / "pg").exists()
    assert not take_down(settings, purge=True), "nothing was running any more"
    assert [path.name for path in settings.home.iterdir()] == []


def test_down_cleans_up_after_a_killed_supervisor(settings: Settings) -> None:
    state = up(settings)
    os.kill(state.supervisor.pid, signal.SIGKILL)
    assert eventually(lambda: not state.alive)
    take_down(settings)
    assert state.postgres is not None
    assert state.postgres.process() is None
    assert eventually(lambda: not processes(state))
