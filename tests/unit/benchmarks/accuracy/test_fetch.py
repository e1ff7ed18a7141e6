"""Packages: both sides see the same files, and only of the pinned archive."""

import hashlib
import tarfile
from pathlib import Path

import pytest

from benchmarks.accuracy import fetch as module
from benchmarks.accuracy.errors import NotAvailable
from benchmarks.accuracy.fetch import fetch
from benchmarks.accuracy.package import Package

FILES = ("lib/index.js", "lib/deep/a.js", "docs/conf.js", "package.json", "README.md")


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An npm that packs the same archive whatever is asked for; returns its sha256."""
    archive = tmp_path / "archive.tgz"
    with tarfile.open(archive, "w:gz") as opened:
        for name in FILES:
            source = tmp_path / "source"
            source.write_text(name)
            opened.add(source, f"package/{name}")

    def run(command: list[str], cwd: Path) -> str:
        (cwd / "made.tgz").write_bytes(archive.read_bytes())
        return ""

    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(module, "need", lambda program: program)
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def files(tree: Path) -> list[str]:
    return sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file())


def test_what_is_kept_and_what_is_dropped(registry: str, tmp_path: Path) -> None:
    some = Package("javascript", "npm", "p", "1", registry, keep=("*.js", "package.json"), drop=("docs/*",))
    assert files(fetch(some, tmp_path)) == ["lib/deep/a.js", "lib/index.js", "package.json"]
    every = Package("javascript", "npm", "p", "1", registry)
    assert files(fetch(every, tmp_path)) == sorted(FILES), "another choice is another tree"


def test_another_archive_than_the_pinned_one_is_refused(registry: str, tmp_path: Path) -> None:
    with pytest.raises(NotAvailable, match=f"has digest {registry}, pinned is 00"):
        fetch(Package("javascript", "npm", "p", "1", "00"), tmp_path)
    assert not list((tmp_path / "packages").rglob("*.js")), "nothing of it is kept"
