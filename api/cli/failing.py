"""What `docrunch status` says of services that are away and of a disk that is full."""

import json
import urllib.error
from pathlib import Path

from api.cli.output import size
from docrunch.disk import free_bytes
from docrunch.loopback import open_loopback

HEALTH_SECONDS = 5.0  # its checks take at most 2 s
LOW_DISK_BYTES = 100_000_000  # a small scan writes as much


def failing_parts(health_url: str, home: Path) -> dict[str, str]:
    """Part → why it fails.

    Args:
        health_url: of a stack that runs, else empty.
    """
    found = _failing_checks(health_url) if health_url else {}
    free = free_bytes(home)
    if free is not None and free < LOW_DISK_BYTES:
        found["disk"] = f"{size(free)} free at {home}"
    return found


def _failing_checks(health_url: str) -> dict[str, str]:
    try:
        with open_loopback(f"{health_url}/readyz", HEALTH_SECONDS):
            return {}
    except urllib.error.HTTPError as error:
        return _details(error.read())
    except OSError:
        return {"health": f"nothing answers at {health_url}"}


def _details(body: bytes) -> dict[str, str]:
    try:
        checks = json.loads(body)["checks"]
        return {name: check["detail"] for name, check in checks.items() if check["status"] != "ok"}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"health": "its answer cannot be read"}
