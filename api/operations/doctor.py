"""Checks of this installation: tools, room, secrets in reach of the wrong people, services."""

import asyncio
import shutil
import subprocess
import sys
from http.client import HTTPException
from pathlib import Path

import msgspec

from api.operations.readiness import ReadinessProbe, stack_checks
from docrunch.config import Settings, TelemetrySettings
from docrunch.loopback import open_loopback

MIN_PYTHON = (3, 11)
LOW_DISK = 2_000_000_000  # bytes: a first scan of a large repository with its database fits
FULL_DISK = 200_000_000
METRICS_PORTS = 16  # one for each worker process: more than the local stack has, also with --separate
METRICS_BYTES = 1_000_000
PROBE_SECONDS = 0.5


class Finding(msgspec.Struct, frozen=True):
    name: str
    status: str  # ok | warn | fail
    detail: str
    hint: str = ""


def diagnose(settings: Settings, *, services: bool) -> list[Finding]:
    """All findings; ``services``: also ask database, Temporal, object store, and who serves metrics."""
    found = [_python(), _git(), _home(settings.home), _disk(settings.home), *_remote(settings)]
    if services:
        readiness = asyncio.run(ReadinessProbe(stack_checks(settings))())
        found += [
            Finding(name, "ok" if check.status == "ok" else "fail", check.detail, _SERVICE_HINT.get(check.status, ""))
            for name, check in readiness.checks.items()
        ]
        found.append(_metrics(settings.telemetry))
    return found


_SERVICE_HINT = {"failing": "see `docrunch status` and the logs it names"}


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < MIN_PYTHON:
        return Finding("python", "fail", version, "3.11 or newer is needed")
    return Finding("python", "ok", version)


def _git() -> Finding:
    git = shutil.which("git")
    if git is None:
        return Finding("git", "fail", "not installed", "git repositories cannot be read without it")
    said = subprocess.run([git, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout.strip()
    return Finding("git", "ok", said.removeprefix("git version "))


def _home(home: Path) -> Finding:
    if not home.exists():
        return Finding("home", "ok", f"{home} (made at first use)")
    if home.stat().st_mode & 0o007:
        return Finding("home", "warn", f"{home} is open to other users", f"chmod o-rwx {home}")
    return Finding("home", "ok", str(home))


def _disk(home: Path) -> Finding:
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{free / 1e9:.1f} GB free at {existing}"
    if free < FULL_DISK:
        return Finding("disk", "fail", detail, "make room; scans wait while the disk is full")
    if free < LOW_DISK:
        return Finding("disk", "warn", detail, "`docrunch gc` removes what is no longer used")
    return Finding("disk", "ok", detail)


def _metrics(settings: TelemetrySettings) -> Finding:
    """Where metrics of the workers of this machine can be had."""
    if settings.exporter:
        return Finding("metrics", "ok", f"sent to {settings.exporter.rpartition('@')[2]}, with traces")
    first = settings.metrics_port
    if first is None:
        return Finding("metrics", "ok", "off; telemetry.metrics_port serves them to Prometheus")
    serving = [port for port in range(first, min(first + METRICS_PORTS, 65_536)) if _serves(port)]
    if not serving:
        hint = "the setting counts from the next `docrunch up`; where a port is taken, the log of the worker says so"
        return Finding("metrics", "warn", f"nobody serves http://127.0.0.1:{first}/metrics", hint)
    return Finding("metrics", "ok", f"http://127.0.0.1:PORT/metrics, PORT {', '.join(map(str, serving))}")


def _serves(port: int) -> bool:
    """Whether a worker does: the SDK's own metrics are there from its first poll."""
    try:
        with open_loopback(f"http://127.0.0.1:{port}/metrics", PROBE_SECONDS) as answer:
            return b"temporal_" in answer.read(METRICS_BYTES)
    except (OSError, HTTPException):
        return False


def _remote(settings: Settings) -> list[Finding]:
    """An external server beside a local object store only works while all workers are on this machine."""
    external = settings.temporal.address is not None and not settings.temporal.address.startswith(("127.", "localhost"))
    if external and settings.objects_url.startswith("file:"):
        hint = "set DOCRUNCH_OBJECTS__URL to a store that all workers reach"
        return [Finding("objects", "warn", "a local directory, while Temporal is on another machine", hint)]
    return []
