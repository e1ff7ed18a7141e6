"""Kill anything at any moment: the job completes, the docpack is the same, the derived stores equal the truth.

    python -m tests.torture.run [--kills 20] [--seed N] [--files 300]

Each round scans a fresh repository of a few hundred real files (salted, so that no cache knows it) and meanwhile sends
SIGKILL to workers of each role, Temporal, Postgres and the supervisor at random points: two thirds of the kills while
the scan runs, the rest while derived stores follow it. Afterwards:

- the job is completed and its docpack id equals that of an undisturbed offline run;
- knowledge graph and documentation tree have caught up without help, no entity was given up, and `docrunch sync verify`
  finds no drift;
- every vector that the encoders computed is in the database, but for those that were in flight at a kill (counted);
- no scan is open, no use, object or working directory is left that nothing owns.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import psutil

from tests.support import corpus

IN_FLIGHT_TEXTS = 2 * 1_024  # per kill of an embedding process: a micro-batch being computed and one being stored
JOB_SECONDS = 600
MOST_ROUNDS = 6  # until something was killed while derived stores followed: a store may be done before it is looked at
SYNC_SECONDS = 600  # for the stores of all rounds; a lost signal alone costs up to 60
REFRESH_SECONDS = 0.05


@dataclass
class World:
    base: Path
    environment: dict[str, str]
    random: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    following_kills: int = 0  # of these, while derived stores followed a scan
    failures: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.base / "home"

    def check(self, holds: bool, what: str) -> None:
        print(f"  {'ok  ' if holds else 'FAIL'} {what}", flush=True)
        if not holds:
            self.failures.append(what)


def main() -> int:
    arguments = parse_arguments()
    seed = arguments.seed if arguments.seed is not None else int.from_bytes(os.urandom(4), "big")
    print(f"seed {seed}, {arguments.kills} kills, {arguments.files} files a round", flush=True)
    with tempfile.TemporaryDirectory(prefix="docrunch-torture-") as work:
        base = Path(work)
        base.chmod(0o711)  # the embedded Postgres runs as another user, who must reach its directory
        environment = {**os.environ, "DOCRUNCH_HOME": str(base / "home")}
        world = World(base, environment, random.Random(seed))
        sources = real_files(arguments.corpus)
        docrunch(world, "up")
        try:
            rounds = 0
            while sum(world.kills.values()) < arguments.kills or not (world.following_kills or rounds >= MOST_ROUNDS):
                rounds += 1
                budget = arguments.kills - sum(world.kills.values())
                torture_round(world, rounds, sources, arguments.files, budget)
            world.check(world.following_kills > 0, f"{world.following_kills} kills came while derived stores followed")
            leftovers(world)
        finally:
            docrunch(world, "down", "--purge", check=False)
    print(f"kills by victim: {dict(sorted(world.kills.items()))}")
    for failure in world.failures:
        print(f"FAILED: {failure}")
    print(f"{rounds} passed, 0 failed" if not world.failures else f"0 passed, {len(world.failures)} failed")
    return 1 if world.failures else 0


# ── one round ────────────────────────────────────────────────────────────────────────────────────────────────────────


def torture_round(world: World, number: int, sources: list[Path], files: int, budget: int) -> None:
    repository = salted_repository(world, number, sources, files)
    name = f"torture-{number}"
    expected = json.loads(
        docrunch(world, "scan", str(repository), "--name", name, "--offline", "--json", "--docpack", "o.docpack")
    )["docpack"]["id"]
    started = json.loads(docrunch(world, "scan", str(repository), "--name", name, "--no-wait", "--json"))
    workflow_id = started["workflow_id"]
    print(f"round {number}: {workflow_id}", flush=True)
    spent = kill_while(world, lambda: running(world, workflow_id), budget - budget // 3, pause=3.0)
    final = wait_for_end(world, workflow_id)
    world.check(final["status"] == "completed", f"round {number} completed ({final['status']}: {final.get('error')})")
    found = final.get("docpack")
    world.check(found == expected, f"round {number} docpack id equals the undisturbed run ({str(found)[:12]})")
    world.following_kills += kill_while(world, lambda: following(world), max(1, budget - spent), pause=0.5)


def kill_while(world: World, going_on: Callable[[], bool], budget: int, *, pause: float) -> int:
    """Args: ``pause``: the longest before a kill, in seconds. Returns how many were killed."""
    kills = 0
    while kills < budget:
        time.sleep(world.random.uniform(0.05 * pause, pause))
        if not going_on():
            break
        victim, pid = choose_victim(world)
        if pid is None:
            continue
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        kills += 1
        world.kills[victim] += 1
        print(f"  kill -9 {victim} ({pid})", flush=True)
        if victim == "supervisor":
            time.sleep(world.random.uniform(0.1, 2.0))
            docrunch(world, "up")
    return kills


def choose_victim(world: World) -> tuple[str, int | None]:
    """A process of the stack, each kind equally likely."""
    state = stack_state(world)
    victims = {child["name"]: (child.get("process") or {}).get("pid") for child in state.get("children", [])}
    victims["supervisor"] = state["supervisor"]["pid"]
    if state.get("postgres"):
        victims["postgres"] = state["postgres"]["pid"]
    alive = {name: pid for name, pid in victims.items() if pid and breathes(pid)}
    if not alive:
        return "", None
    name = world.random.choice(sorted(alive))
    return name, alive[name]


def breathes(pid: int) -> bool:
    """A zombie that nobody has collected yet is no victim."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def stack_state(world: World) -> dict[str, object]:
    return json.loads((world.home / "run" / "state.json").read_text())


def running(world: World, workflow_id: str) -> bool:
    statement = "SELECT status FROM jobs WHERE workflow_id = $1 ORDER BY id DESC LIMIT 1"
    return asked(world, statement, workflow_id) in (None, "running")


def following(world: World) -> bool:
    """Whether a derived store has anything to do, whether it knows of it or not."""
    statement = """
        SELECT (SELECT count(*) FROM storage_sync WHERE state IN ('pending', 'failed'))
             + (SELECT count(*) FROM unnest('{lightrag,markdown}'::text[]) AS t(target) CROSS JOIN sync_events e
                LEFT JOIN sync_cursors c USING (target, repository_id, ref_id) WHERE e.id > coalesce(c.event_id, 0))
    """
    return asked(world, statement) != 0


def asked(world: World, statement: str, *arguments: object) -> object:
    """Of the database, which is quick; None of one that is down, which says nothing."""
    try:
        return query(world, statement, *arguments)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None


def query(world: World, statement: str, *arguments: object) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(stack_state(world)["database_url"], timeout=2)
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close(timeout=2)

    return asyncio.run(ask())


def wait_for_end(world: World, workflow_id: str) -> dict[str, object]:
    deadline = time.monotonic() + JOB_SECONDS
    while time.monotonic() < deadline:
        shown = show(world, workflow_id)
        if shown is not None and shown.get("status") != "running":
            return shown
        time.sleep(0.5)
    raise SystemExit(f"{workflow_id} did not end within {JOB_SECONDS} s")


def show(world: World, workflow_id: str) -> dict[str, object] | None:
    """None while the stack cannot answer, which is what killing it is about."""
    ran = run(world, "runs", "show", workflow_id, "--json")
    return json.loads(ran.stdout) if ran.returncode == 0 else None


# ── afterwards ───────────────────────────────────────────────────────────────────────────────────────────────────────


def leftovers(world: World) -> None:
    derived(world)
    docrunch(world, "gc", "--json")
    rows = database(world)
    computed = logged_texts(world)
    embedding = {"worker-embed", "worker-sync", "postgres"}
    embed_kills = sum(number for name, number in world.kills.items() if name in embedding)
    embed_kills += world.kills["supervisor"]
    doubled = computed - rows["embeddings"]
    world.check(
        doubled <= embed_kills * IN_FLIGHT_TEXTS,
        f"{computed} texts computed, {rows['embeddings']} kept: {doubled} again after {embed_kills} kills that could",
    )
    world.check(rows["open_scans"] == 0, f"no open scan ({rows['open_scans']})")
    world.check(rows["orphan_uses"] == 0, f"no use without a scan ({rows['orphan_uses']})")
    world.check(rows["half_published"] == 0, f"no change without its outbox row ({rows['half_published']})")
    world.check(rows["running_jobs"] == 0, f"no job left running ({rows['running_jobs']})")
    jobs = world.home / "work"
    left = sorted(path.name for path in jobs.iterdir()) if jobs.is_dir() else []
    world.check(not left, f"no working directory left ({len(left)})")


def derived(world: World) -> None:
    """Every store of every repository, which nobody brings up to date but itself."""
    deadline = time.monotonic() + SYNC_SECONDS
    while (waiting := behind(world)) and time.monotonic() < deadline:
        time.sleep(1)
    world.check(not waiting, f"derived stores caught up by themselves ({waiting or 'all'})")
    stores = json.loads(docrunch(world, "sync", "status", "--json"))["targets"]
    dead = sum(store["states"]["dead"] for store in stores)
    world.check(dead == 0, f"no entity was given up ({dead})")
    verified = json.loads(run(world, "sync", "verify", "--json").stdout)
    errors = [store["error"] for store in verified["stores"] if store["error"]]
    world.check(not errors, f"every store could be compared ({errors})")
    compared: Counter[str] = Counter()
    differing: list[str] = []
    for report in (report for store in verified["stores"] for report in store["refs"]):
        compared[report["target"]] += report["compared"]
        differing += report["named"]
    world.check(verified["drift"] == 0, f"no drift in derived stores ({verified['drift']} {differing[:5]})")
    world.check(len(compared) == 2 and all(compared.values()), f"entities compared: {dict(compared)}")


def behind(world: World) -> str:
    """What waits, or why nobody says it; empty when all is done."""
    ran = run(world, "sync", "status", "--json")
    if ran.returncode:
        return ran.stdout[-300:] or f"exit code {ran.returncode}"
    stores = json.loads(ran.stdout)["targets"]
    return ", ".join(
        f"{each['repository']} → {each['target']}: {each['waiting']}" for each in stores if each["waiting"]
    )


def database(world: World) -> dict[str, int]:
    queries = {
        "embeddings": "SELECT count(*) FROM embeddings",
        "open_scans": "SELECT count(*) FROM scan_runs WHERE status = 'open'",
        "orphan_uses": "SELECT count(*) FROM scan_uses u WHERE NOT EXISTS "
        "(SELECT 1 FROM scan_runs s WHERE s.id = u.scan_id)",
        "running_jobs": "SELECT count(*) FROM jobs WHERE status = 'running'",
        "half_published": "SELECT count(*) FROM files f WHERE NOT EXISTS "
        "(SELECT 1 FROM sync_events e WHERE e.ref_id = f.ref_id AND e.key = f.path AND e.entity_type = 'file')",
    }

    return {name: int(str(query(world, statement))) for name, statement in queries.items()}


def logged_texts(world: World) -> int:
    """How many texts the encoders of all processes, killed ones included, say they computed."""
    total = 0
    for log in (world.home / "run" / "logs").glob("*.log*"):
        for line in log.read_text(errors="replace").splitlines():
            if '"texts_computed"' in line:
                total += json.loads(line)["texts"]
    return total


# ── input ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def real_files(root: Path) -> list[Path]:
    packages = [corpus.pypi_sdist(root, "rich", "14.0.0"), corpus.pypi_sdist(root, "flask", "3.1.2")]
    packages += [corpus.go_module(root, "github.com/go-chi/chi/v5", "v5.2.1"), corpus.npm(root, "express", "4.21.2")]
    wanted = {".py", ".go", ".js", ".ts", ".md", ".toml"}
    return sorted(path for package in packages for path in package.rglob("*") if path.suffix in wanted)


def salted_repository(world: World, number: int, sources: list[Path], files: int) -> Path:
    """Real files under names and with comments of this round's own: neither facts nor vectors can be cached."""
    staging = world.base / f"staging-{number}"
    comment = {".py": "#", ".toml": "#", ".md": "<!-- -->", ".go": "//", ".js": "//", ".ts": "//"}
    for index, source in enumerate(sources[:files]):
        target = staging / f"round{number}" / f"part{index % 7}" / f"{index:04}_{source.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text(errors="replace") + f"\n{comment[source.suffix]} round {number}\n")
    repository = corpus.as_repository(world.base, f"torture-{number}", staging)
    shutil.rmtree(staging)
    return repository


# ── the command line ─────────────────────────────────────────────────────────────────────────────────────────────────


def run(world: World, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).with_name("docrunch")), *arguments]
    return subprocess.run(
        command, cwd=world.base, env=world.environment, capture_output=True, text=True, timeout=JOB_SECONDS
    )


def docrunch(world: World, *arguments: str, check: bool = True) -> str:
    ran = run(world, *arguments)
    if check and ran.returncode:
        raise SystemExit(
            f"docrunch {' '.join(arguments)} exited {ran.returncode}\n{ran.stdout[-2000:]}{ran.stderr[-4000:]}"
        )
    return ran.stdout


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None, help="default: random, and printed")
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--corpus", type=Path, default=Path(tempfile.gettempdir()) / "docrunch-corpus")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
