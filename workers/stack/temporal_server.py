"""The command line of the local Temporal server: SQLite on disk, Web UI included, loopback only."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from workers.config_files import config_file
from workers.stack.ports import LOOPBACK

DYNAMIC_CONFIG_FILE = config_file("dynamic-config.yaml")
DYNAMIC_CONFIG: Mapping[str, object] = {"matching.enableFairness": True}  # tenants share queues by weight


def command(
    binary: Path, database: Path, *, namespace: str, port: int, ui_port: int, search_attribute_flags: Sequence[str]
) -> tuple[str, ...]:
    """Arguments of ``temporal server start-dev``, with ``dynamic-config.yaml`` where it applies to all queues."""
    options = {
        "--ip": LOOPBACK,
        "--ui-ip": LOOPBACK,
        "--port": str(port),
        "--ui-port": str(ui_port),
        "--db-filename": str(database),
        "--namespace": namespace,
        "--log-level": "warn",
        "--log-format": "json",
    }
    fixed = [part for pair in options.items() for part in pair]
    settings = {**DYNAMIC_CONFIG, **unconstrained(DYNAMIC_CONFIG_FILE)}
    dynamic = [
        part for key, value in settings.items() for part in ("--dynamic-config-value", f"{key}={json.dumps(value)}")
    ]
    return (
        str(binary), "server", "start-dev", *fixed, "--ui-disable-news-fetch", *dynamic, *search_attribute_flags
    )  # fmt: skip


def unconstrained(path: Path) -> dict[str, object]:
    """Values of a Temporal dynamic configuration file that hold everywhere; the command line knows no constraints."""
    if not path.is_file():
        return {}
    entries = yaml.safe_load(path.read_text()) or {}
    return {key: row["value"] for key, rows in entries.items() for row in rows if not row.get("constraints")}
