"""A service is away for a minute, or the disk is full: the job waits, says so, goes on by itself, and nothing differs.

    python -m tests.torture.outage [--service postgres] [--seconds 60] [--during parse_page --during pack]

For every service and every step a fresh repository is scanned with `docrunch scan`. Once the step has begun, the
service is stopped and kept down (its supervisor is held, so that it cannot start it again) or the file system of the
home is filled to the last byte, and after some seconds all is let go. Afterwards:

- while it was away, the progress of `docrunch scan` and `docrunch status` said what is being waited for;
- the command ended by itself with exit code 0, a completed run and the docpack id of an undisturbed offline run;
- no scan is open and nothing is left that nothing owns, as after `tests.torture.run`.

`disk` needs root: the home is then a tmpfs of its own.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from temporalio.client import Client
from temporalio.service import RPCError

from tests.torture.run import World, docrunch, leftovers, real_files, run, salted_repository, stack_state
from workflows.contracts.ids import scan_workflow_id

SERVICES = ("postgres", "temporal", "disk")
STEPS = ("parse_page", "embed_range", "publish_scan", "pack")
DISK_BYTES = 2 << 30
RUN_SECONDS = 600.0  # from the end of an outage to the end of the run
LOOK_SECONDS = 0.02  # the shortest step takes a tenth of a second
SAID_SECONDS = 30.0  # after which a person is told: a few attempts, and the pause between two looks


def main() -> int:
    arguments = parse_arguments()
    services = arguments.service or SERVICES
    with tempfile.TemporaryDirectory(prefix="docrunch-outage-") as work:
        base = Path(work)
        base.chmod(0o711)  # the embedded Postgres runs as another user, who must reach its directory
        environment = {**os.environ, "DOCRUNCH_HOME": str(base / "home")}
        world = World(base, environment, random.Random(0))
        with own_disk(world.home) if "disk" in services else no_disk():
            sources = real_files(arguments.corpus)
            docrunch(world, "up")
            try:
                rounds = [(service, step) for service in services for step in arguments.during or STEPS]
                for number, (service, step) in enumerate(rounds, 1):
                    print(f"outage {number} of {len(rounds)}: {service} during {step}", flush=True)
                    repository = salted_repository(world, number, sources, arguments.files)
                    outage(world, repository, f"outage-{number}", service, step, arguments.seconds)
                leftovers(world)
            finally:
                docrunch(world, "down", "--purge", check=False)
    for failure in world.failures:
        print(f"FAILED: {failure}")
    print(f"{len(rounds)} passed, 0 failed" if not world.failures else f"0 passed, {len(world.failures)} failed")
    return 1 if world.failures else 0


# ── one outage ───────────────────────────────────────────────────────────────────────────────────────────────────────


def outage(world: World, repository: Path, name: str, service: str, step: str, seconds: float) -> None:
    offline = docrunch(world, "scan", str(repository), "--name", name, "--offline", "--json", "--docpack", "o.docpack")
    expected = json.loads(offline)["docpack"]["id"]
    scan = Scan(world, repository, name)
    try:
        if not asyncio.run(begun(world, scan, step)):
            world.check(False, f"{step} was seen to begin")
            return
        began = time.monotonic()
        with SERVICE[service](world):
            sleep_until(began + min(seconds, SAID_SECONDS))
            told = run(world, "status", "--json").stdout
            sleep_until(began + seconds)
        ended = time.monotonic()
        said = [line for at, line in scan.said if began < at < ended and "waiting" in line]
        world.check(bool(said), f"the progress said what is waited for: {said[0] if said else scan.said[-3:]}")
        world.check(*names_what_fails(told))
        code = scan.wait(RUN_SECONDS)
        print(f"       the run ended {time.monotonic() - ended:.1f} s after the outage", flush=True)
        world.check(code == 0, f"exit code 0 ({code}: {scan.result[-300:] if code else ''})")
        found = report(scan.result)
        world.check(found.get("outcome") == "completed", f"completed ({found.get('outcome', scan.result[:300])})")
        identity = (found.get("docpack") or {}).get("id")
        world.check(identity == expected, f"docpack id equals the undisturbed run ({str(identity)[:12]})")
    finally:
        scan.end()


def report(stdout: str) -> dict[str, Any]:
    """What `scan --json` wrote; empty when that is not one JSON object, as it must be."""
    try:
        return json.loads(stdout)
    except json.JSONDecodeError:
        return {}


def names_what_fails(status: str) -> tuple[bool, str]:
    try:
        failing = json.loads(status)["failing"]
    except (json.JSONDecodeError, KeyError) as error:
        return False, f"`docrunch status` answers ({error}: {status[:300]})"
    return bool(failing), f"`docrunch status` names what fails: {failing}"


def sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


class Scan:
    """`docrunch scan` in the background, with what it says on stderr and when it said it."""

    def __init__(self, world: World, repository: Path, name: str) -> None:
        self.said: list[tuple[float, str]] = []
        self.result = ""
        self._process = subprocess.Popen(
            [str(Path(sys.executable).with_name("docrunch")), "scan", str(repository), "--name", name, "--json"],
            cwd=world.base,
            env=world.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._listening = [threading.Thread(target=each, daemon=True) for each in (self._listen, self._read)]
        for thread in self._listening:
            thread.start()

    @property
    def workflow_id(self) -> str | None:
        return next((line.removeprefix("run ") for _, line in list(self.said) if line.startswith("run ")), None)

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait(self, seconds: float) -> int | None:
        """The exit code; None: it still runs."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            for thread in self._listening:
                thread.join()
        return self._process.returncode

    def end(self) -> None:
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        for line in self._process.stderr or ():
            self.said.append((time.monotonic(), line.strip()))
            print(f"       | {line.strip()}", flush=True)

    def _read(self) -> None:
        self.result = self._process.stdout.read() if self._process.stdout else ""


async def begun(world: World, scan: Scan, step: str) -> bool:
    """Wait until an activity is being worked on."""
    state = stack_state(world)
    client = await Client.connect(str(state["temporal_address"]), namespace=str(state["temporal_namespace"]))
    while scan.running:
        if scan.workflow_id:
            for workflow_id in (scan.workflow_id, scan_workflow_id(scan.workflow_id)):
                with suppress(RPCError):
                    handle = client.get_workflow_handle(workflow_id)
                    described = await handle.describe(rpc_timeout=timedelta(seconds=5))
                    pending = described.raw_description.pending_activities
                    if any(each.activity_type.name == step for each in pending):
                        return True
        await asyncio.sleep(LOOK_SECONDS)
    return False


# ── what goes away ───────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def stopped(world: World, victim: str) -> Iterator[None]:
    """Killed, and not started again until the end of the block."""
    state = stack_state(world)
    supervisor = psutil.Process(state["supervisor"]["pid"])
    process = state["postgres"] if victim == "postgres" else child(state, victim)
    supervisor.suspend()
    try:
        os.kill(process["pid"], signal.SIGKILL)
        world.kills[victim] += 1
        with taken([number for name, number in state["ports"].items() if name.startswith(victim)]):
            yield
    finally:
        supervisor.resume()


@contextmanager
def taken(ports: Sequence[int]) -> Iterator[None]:
    """Nobody else gets these ports meanwhile, and who asks there is refused: they are bound, and not listened on."""
    with ExitStack() as stack:
        for number in ports:
            held = stack.enter_context(socket.socket())
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bind(held, number)
        yield


def bind(held: socket.socket, number: int) -> None:
    deadline = time.monotonic() + 10.0
    while True:
        try:
            return held.bind(("127.0.0.1", number))
        except OSError:  # what the killed server has forked notices within moments
            if time.monotonic() > deadline:
                raise
        time.sleep(LOOK_SECONDS)


def child(state: dict[str, object], name: str) -> dict[str, int]:
    return next(each["process"] for each in state["children"] if each["name"] == name)


@contextmanager
def full_disk(world: World) -> Iterator[None]:
    """Not a byte is free on the file system of the home."""
    filler = world.home / "filler"
    keep_full = threading.Event()

    def fill() -> None:
        while not keep_full.is_set():  # what is deleted meanwhile is taken as well
            with suppress(OSError), filler.open("ab", buffering=0) as file:
                while not keep_full.is_set():
                    file.write(bytes(1 << 16))
            with suppress(OSError), filler.open("ab", buffering=0) as file:
                while not keep_full.is_set():
                    file.write(bytes(1 << 12))
            time.sleep(0.05)

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    world.kills["postgres"] += 1  # it may restart, and what was in flight is then computed again
    try:
        yield
    finally:
        keep_full.set()
        thread.join()
        filler.unlink(missing_ok=True)


@contextmanager
def own_disk(home: Path) -> Iterator[None]:
    if os.geteuid():
        raise SystemExit("an outage of the disk needs root: it mounts a file system of its own")
    home.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "tmpfs", str(home)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(home)], check=True)


@contextmanager
def no_disk() -> Iterator[None]:
    yield


SERVICE = {
    "postgres": lambda world: stopped(world, "postgres"),
    "temporal": lambda world: stopped(world, "temporal"),
    "disk": full_disk,
}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--service", action="append", choices=SERVICES, help="default: all of them")
    parser.add_argument("--during", action="append", choices=STEPS, help="default: all of them")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--corpus", type=Path, default=Path(tempfile.gettempdir()) / "docrunch-corpus")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
