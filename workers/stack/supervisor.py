"""The supervisor process: brings the stack up, keeps it up, takes it down.

One thread, so that forking is safe and the death signal of children is bound to the process. Started by
`workers.stack.launch`; ``SIGTERM`` stops everything in order, ``SIGHUP`` migrates and restarts the workers on the
code that is installed now.
"""

import argparse
import os
import signal
import sys
import time
import urllib.error
from pathlib import Path
from types import FrameType

import msgspec
import structlog

import docrunch
from db.embedded import EmbeddedPostgres
from docrunch.config import Settings, load_settings
from docrunch.errors import DocrunchError, Failed
from docrunch.loopback import open_loopback
from workers.logging import configure_logging
from workers.stack import plan, ports
from workers.stack.children import Child, ChildSpec, stop_all
from workers.stack.orphans import clear_orphans
from workers.stack.state import ProcessRef, StackState, prepare_home, read_state, take_lock, write_state
from workers.stack.supervisor_codes import ALREADY_RUNNING
from workers.stack.temporal_binary import ensure, version
from workers.stack.temporal_server import command
from workflows.contracts.search_attributes import command_line_flags

TICK = 0.25  # seconds between two looks at the children
READY_SECONDS = 180.0  # recovery of a large database included
STARTED = b"worker started"  # what `workers.main` logs once it polls
CRASHES = 3  # restarts of one worker before the stack is ready
POSTGRES_PORT = 5433  # preferred; 5432 is left to an installed server

log = structlog.get_logger()


class Supervisor:
    def __init__(self, settings: Settings, *, separate: bool) -> None:
        self._settings = settings
        self._separate = separate
        self._stopping = False
        self._reload = False
        self._unwritten = False  # whether state.json is older than the state
        self._postgres: EmbeddedPostgres | None = None
        self._servers: list[Child] = []  # Temporal and the health endpoint
        self._workers: list[Child] = []
        self._env: dict[str, str] = {}
        self._state = StackState(
            phase="starting",
            supervisor=ProcessRef.of(os.getpid()),
            version=docrunch.__version__,
            build=plan.code_fingerprint(),
            temporal_namespace=settings.temporal.namespace,
        )

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGINT, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_reload)
        previous = read_state(self._settings.home)
        self._write(message="stopping what the last supervisor left")
        clear_orphans(previous)
        try:
            self._start(previous)
            while not self._stopping:
                self._tend()
                time.sleep(TICK)
        except _Stopped:
            log.info("stopped while starting")
        except DocrunchError as error:
            log.error("the stack could not start", error=error.message)
            self._stop()
            self._write(phase="failed", message=error.message, hint=error.hint or "")
            return 1
        self._stop()
        self._write(phase="stopped", message="", children=(), postgres=None)
        return 0

    def _start(self, previous: StackState | None) -> None:
        addresses = self._start_temporal(previous)
        database_url = self._start_postgres(previous)
        self._write(database_url=database_url)
        self._env = plan.environment(self._settings, database_url, *addresses)
        health = ports.choose(_last(previous, "health", self._settings.health.port), self._state.ports.values())
        self._write(
            health_url=f"http://{ports.LOOPBACK}:{health}",
            ports={**self._state.ports, "health": health},
            message="migrating the database",
        )
        self._start_server(plan.health_spec(self._settings, self._env, health))
        self._migrate()
        self._start_workers()
        self._await_ready()

    def _start_temporal(self, previous: StackState | None) -> tuple[str, str]:
        """Address and UI of the workflow server; a local one is started and not waited for."""
        wanted = self._settings.temporal
        if wanted.address:
            self._write(temporal_address=wanted.address, temporal_ui=wanted.ui_url or "")
            return wanted.address, wanted.ui_url or ""
        self._write(message="looking for the temporal binary")
        binary = ensure(lambda line: self._write(message=line))
        port = ports.choose(_last(previous, "temporal", wanted.port))
        ui_port = ports.choose(_last(previous, "temporal_ui", wanted.ui_port), (port,))
        folder = self._settings.home / "temporal"
        folder.mkdir(exist_ok=True, mode=0o700)
        self._write(
            message="starting Temporal and Postgres",
            temporal_address=f"{ports.LOOPBACK}:{port}",
            temporal_ui=f"http://{ports.LOOPBACK}:{ui_port}",
            temporal_version=version(binary),
            ports={**self._state.ports, "temporal": port, "temporal_ui": ui_port},
        )
        arguments = command(
            binary,
            folder / "temporal.db",
            namespace=wanted.namespace,
            port=port,
            ui_port=ui_port,
            search_attribute_flags=command_line_flags(),
        )
        run = self._settings.run_dir
        self._start_server(
            ChildSpec("temporal", arguments, plan.temporal_environment(), run, run / "logs/temporal.log")
        )
        return self._state.temporal_address, self._state.temporal_ui

    def _start_postgres(self, previous: StackState | None) -> str:
        if self._settings.database.url is not None:
            return self._settings.database.url.get_secret_value()
        folder = self._settings.home / "pg"
        found = EmbeddedPostgres(folder / "data", POSTGRES_PORT)
        port = found.port
        if found.pid is None:
            port = ports.choose(_last(previous, "postgres", POSTGRES_PORT), self._state.ports.values())
        self._postgres = EmbeddedPostgres(folder / "data", port)
        pid = self._postgres.start()
        self._write(postgres=ProcessRef.of(pid), ports={**self._state.ports, "postgres": self._postgres.port})
        return self._postgres.url()

    def _start_server(self, spec: ChildSpec) -> None:
        child = Child(spec)
        child.start()
        self._servers.append(child)
        self._write()

    def _migrate(self) -> None:
        """In a process of its own: the supervisor stays small, and the code is the one installed now."""
        spec = plan.python_child("migrate", ("workers.stack.migrate",), self._settings, self._env)
        child = Child(spec)
        child.start()
        while child.running:
            self._pause()
        if child.returncode != 0:
            raise Failed(f"the database could not be migrated: {last_line(spec.log)}", hint=f"See {spec.log}.")

    def _start_workers(self) -> None:
        self._write(message="starting workers")
        self._workers = [Child(spec) for spec in plan.worker_specs(self._settings, self._env, self._separate)]
        for child in self._workers:
            child.start()

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self._tend()
            self._refuse_crash_loop()
            not_ready = check_ready(self._state.health_url)
            if not_ready is None and not all(child.running and child.has_said(STARTED) for child in self._workers):
                not_ready = "waiting for workers"
            if not_ready is None:
                self._write(phase="ready", message="")
                log.info("ready", temporal=self._state.temporal_address, ui=self._state.temporal_ui)
                return
            if not_ready != self._state.message:
                self._write(message=not_ready)
            self._pause()
        raise Failed(
            f"the stack was not ready after {READY_SECONDS:.0f} s: {self._state.message}",
            hint=f"See the logs in {self._settings.run_dir / 'logs'}.",
        )

    def _refuse_crash_loop(self) -> None:
        """A worker that never stays up will not do so later: say why instead of waiting."""
        for child in self._workers:
            if child.restarts >= CRASHES:
                raise Failed(
                    f"{child.spec.name} keeps stopping: {last_line(child.spec.log)}", hint=f"See {child.spec.log}."
                )

    def _tend(self) -> None:
        if self._reload:
            self._reload = False
            self._restart_workers()
        if self._postgres is not None and self._postgres.pid is None:
            self._restart_postgres(self._postgres)
        changed = [child for child in (*self._servers, *self._workers) if child.tend()]
        if changed:
            log.warning("children changed", names=[child.spec.name for child in changed])
        if changed or self._unwritten:
            self._write()

    def _restart_postgres(self, postgres: EmbeddedPostgres) -> None:
        log.warning("Postgres is gone; starting it again")
        try:
            self._write(postgres=ProcessRef.of(postgres.start()))
        except (DocrunchError, OSError) as error:
            log.error("Postgres did not start", error=str(error))  # full disk, slow recovery: tried again
            self._pause(2.0)

    def _restart_workers(self) -> None:
        log.info("restarting workers on the installed code")
        build = plan.code_fingerprint()
        self._write(phase="starting", message="restarting workers on changed code")
        stop_all(self._workers, self._grace)
        try:
            self._migrate()
        finally:
            self._start_workers()
        self._await_ready()
        self._write(build=build, version=docrunch.__version__)

    @property
    def _grace(self) -> float:
        return self._settings.workers.shutdown_seconds + 5.0

    def _stop(self) -> None:
        self._write(phase="stopping", message="stopping workers")
        stop_all(self._workers, self._grace)
        stop_all(list(reversed(self._servers)), 10.0)
        if self._postgres is not None:
            self._postgres.stop()

    def _pause(self, seconds: float = TICK) -> None:
        if self._stopping:
            raise _Stopped
        time.sleep(seconds)

    def _write(self, **changes: object) -> None:
        children = tuple(child.state for child in (*self._servers, *self._workers))
        self._state = msgspec.structs.replace(self._state, **{"children": children, **changes})
        try:
            write_state(self._settings.home, self._state)
            self._unwritten = False
        except (Failed, OSError) as error:
            if self._state.phase != "ready":
                raise
            self._unwritten = True  # a full disk must not take down what runs: written once there is room
            log.error("state.json was not written", error=str(error))

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _on_reload(self, _number: int, _frame: FrameType | None) -> None:
        self._reload = True


class _Stopped(Exception):
    """Asked to stop while waiting."""


def last_line(log: Path) -> str:
    """What a process said last."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.is_file() else []
    return lines[-1][:300] if lines else "its log is empty"


def check_ready(health_url: str) -> str | None:
    """``None`` when /readyz says yes, else what is missing."""
    try:
        with open_loopback(f"{health_url}/readyz", 5):
            return None
    except urllib.error.HTTPError as error:
        return _missing(error.read())
    except OSError:
        return "waiting for the health endpoint"


def _missing(body: bytes) -> str:
    try:
        checks = msgspec.json.decode(body)["checks"]
        return "waiting for " + ", ".join(name for name, check in checks.items() if check["status"] != "ok")
    except (msgspec.MsgspecError, KeyError, TypeError, AttributeError):
        return "waiting for the health endpoint"


def _last(previous: StackState | None, name: str, preferred: int) -> int:
    """The port of last time: bookmarks and running clients keep working."""
    return previous.ports.get(name, preferred) if previous is not None else preferred


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workers.stack.supervisor")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--separate", action="store_true")
    arguments = parser.parse_args()
    os.umask(0o077)  # for all children too: a home that others may enter still shows them no file
    settings = load_settings({"home": arguments.home})
    prepare_home(settings.home)
    configure_logging(settings.logging)
    lock = take_lock(settings.home)
    if lock is None:
        return ALREADY_RUNNING
    with lock:
        return Supervisor(settings, separate=arguments.separate).run()


if __name__ == "__main__":
    sys.exit(main())
