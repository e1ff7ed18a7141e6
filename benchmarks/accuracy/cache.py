"""What oracles said, kept by package digest and oracle version: they are slow and say the same again."""

import hashlib
import os
import tempfile
from pathlib import Path

import msgspec

from benchmarks.accuracy.facts import OracleFacts
from benchmarks.accuracy.oracles import Oracle
from benchmarks.accuracy.package import Package

_ENVIRONMENT = "DOCRUNCH_BENCH_CACHE"


def root() -> Path:
    """Downloads, tools and oracle outputs; safe to delete."""
    return Path(os.environ.get(_ENVIRONMENT) or Path(tempfile.gettempdir()) / "docrunch-accuracy")


def facts(oracle: Oracle, package: Package, tree: Path, base: Path) -> OracleFacts:
    """The oracle's facts of ``package``. Facts that lack an aspect are not kept: the tool may be there next time.

    Raises:
        NotAvailable: the oracle cannot run here at all.
    """
    described = repr((package, oracle.version(base)))
    key = hashlib.sha256(described.encode()).hexdigest()[:16]
    path = base / "oracles" / f"{package.slug}-{key}.json"
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=OracleFacts)
    found = oracle.facts(package, tree, base)
    if not found.missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(found))
    return found
