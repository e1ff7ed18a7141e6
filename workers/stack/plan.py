"""Which processes make up the local stack, and with what environment."""

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from docrunch.config import Settings
from workers.stack.children import ChildSpec

ROOT = Path(__file__).parents[2]
CODE = ("docrunch", "db", "workflows", "activities", "workers", "api", "templates")

# Roles that share a process. The orchestrator loads no model, no grammar and no store. Embedding has a process of its
# own: it wants all cores for long. Derived stores have one: a store that breaks its process breaks nothing else.
# Searches have one too: somebody waits for each, and it holds indexes, vectors and an encoder of its own. Everything
# else that computes shares one, so that a small job, which the router sends to `fast`, and the durable queues use the
# same caches.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "core": ("orchestrator",),
    "build": ("ingest", "fast", "assembly", "generation", "pack"),
    "embed": ("cpu-embed",),
    "sync": ("sync", "registry"),
    "query": ("query",),
}

# Searches run side by side: a product of vectors that took all cores for 1 ms would make the others wait for it.
OF_GROUP: Mapping[str, Mapping[str, str]] = {"query": {"OPENBLAS_NUM_THREADS": "1"}}

WITHOUT_WORK = frozenset({"registry"})  # a worker of such a role alone refuses to start (workers.registry)

# What one step of a scan has freed must serve the next one, or go back: without these glibc keeps it per thread, and
# keeps places for large values ever longer (its threshold grows with them).
ALLOCATOR = {
    "MALLOC_ARENA_MAX": "1",  # the interpreter's lock lets one thread allocate at a time anyway
    "MALLOC_MMAP_THRESHOLD_": str(256 * 1024),
    "MALLOC_TRIM_THRESHOLD_": str(1024 * 1024),
}


def groups(separate: bool) -> Mapping[str, tuple[str, ...]]:
    """``separate``: one process per role that has work."""
    if not separate:
        return GROUPS
    return {role: (role,) for roles in GROUPS.values() for role in roles if role not in WITHOUT_WORK}


def environment(settings: Settings, database_url: str, temporal_address: str, temporal_ui: str) -> dict[str, str]:
    """The caller's environment plus where the stack is."""
    return importable(
        {
            **ALLOCATOR,
            **os.environ,
            "DOCRUNCH_HOME": str(settings.home),
            "DOCRUNCH_DATABASE_URL": database_url,
            "DOCRUNCH_TEMPORAL__ADDRESS": temporal_address,
            "DOCRUNCH_TEMPORAL__UI_URL": temporal_ui,
            "PYTHONUNBUFFERED": "1",
        }
    )


def importable(env: dict[str, str]) -> dict[str, str]:
    """The same environment, in which a checkout that is not installed is found from any directory."""
    if not (ROOT / "pyproject.toml").is_file():
        return env
    return {**env, "PYTHONPATH": os.pathsep.join(part for part in (str(ROOT), env.get("PYTHONPATH")) if part)}


def temporal_environment() -> dict[str, str]:
    """Nothing of ours reaches the server: no tokens, no TEMPORAL_* settings of the person."""
    kept = ("PATH", "HOME", "TMPDIR", "TZ", "LANG")
    return {name: os.environ[name] for name in kept if name in os.environ}


def worker_specs(settings: Settings, env: Mapping[str, str], separate: bool) -> list[ChildSpec]:
    return [
        python_child(
            f"worker-{name}",
            ("workers.main", *(f"--role={role}" for role in roles)),
            settings,
            {**OF_GROUP.get(name, {}), **env, **_metrics(settings, number)},
            roles=roles,
        )
        for number, (name, roles) in enumerate(groups(separate).items())
    ]


def _metrics(settings: Settings, number: int) -> dict[str, str]:
    """A port of its own for each process that serves metrics."""
    first = settings.telemetry.metrics_port
    return {"DOCRUNCH_TELEMETRY__METRICS_PORT": str(first + number)} if first else {}


def health_spec(settings: Settings, env: Mapping[str, str], port: int) -> ChildSpec:
    return python_child("health", ("api.http.server", f"--port={port}"), settings, env)


def python_child(
    name: str, module: tuple[str, ...], settings: Settings, env: Mapping[str, str], roles: tuple[str, ...] = ()
) -> ChildSpec:
    """A module of ours as a process in the run directory."""
    return ChildSpec(
        name=name,
        command=(sys.executable, "-m", *module),
        env=env,
        cwd=settings.run_dir,
        log=settings.run_dir / "logs" / f"{name}.log",
        roles=roles,
    )


def code_fingerprint(root: Path = ROOT) -> str:
    """Changes when a file of the installed code changes, so that a stack never runs yesterday's workers unnoticed."""
    digest = hashlib.sha256()
    for package in CODE:
        for path in sorted((root / package).rglob("*")):
            if path.suffix in {".py", ".toml", ".scm", ".j2", ".yaml"}:
                found = path.stat()
                digest.update(f"{path.relative_to(root)}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
