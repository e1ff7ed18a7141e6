"""Environments of the oracles: made once below the cache directory, thrown away with it; never the project's own."""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.accuracy.tools import need, run


def python_environment(base: Path, name: str, requirements: Sequence[str], constraints: Path) -> Path:
    """The interpreter of a virtual environment with ``requirements``; ``constraints`` pins what they need.

    Raises:
        NotAvailable: the package index cannot be reached, or has not what is pinned.
    """
    key = hashlib.sha256("\0".join([sys.version, *requirements, constraints.read_text()]).encode()).hexdigest()[:10]
    home = base / "environments" / f"{name}-{key}"
    python, done = home / "bin" / "python", home / "complete"
    if not done.exists():
        run([sys.executable, "-m", "venv", "--clear", str(home)])
        run([str(python), "-m", "pip", "install", "-q", "-c", str(constraints), *requirements])
        done.touch()
    return python


def node_package(base: Path, name: str, version: str) -> Path:
    """The directory of an npm package that needs no other.

    Raises:
        NotAvailable: there is no npm, or the registry has not this version.
    """
    home = base / "environments" / f"node-{name}-{version}"
    found = home / "node_modules" / name
    if not (home / "complete").exists():
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text('{"private": true}\n')
        run([need("npm"), "install", "--silent", "--no-audit", "--no-fund", f"{name}@{version}"], cwd=home)
        (home / "complete").touch()
    return found
