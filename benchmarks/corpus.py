"""The repositories that end-to-end benchmarks scan: real packages at pinned versions, kept in the temp directory."""

import shutil
import tempfile
from pathlib import Path

from benchmarks.accuracy import cache
from benchmarks.accuracy.errors import NotAvailable
from benchmarks.accuracy.fetch import fetch
from benchmarks.accuracy.registry import PACKAGES
from docrunch.parsing.catalog import detect, is_parsed
from tests.support import corpus

ROOT = Path(tempfile.gettempdir()) / "docrunch-corpus"
PROJECT = Path(__file__).parents[1]
WIDE_FILES = 3_000
POLYGLOT_FILES, POLYGLOT_BYTES = 6_000, 70_000_000
LARGE_FILES = 1_100  # files by name; a scan leaves some out as vendored, minified or too large


def small() -> list[Path]:
    """Between 50 and 100 files."""
    return [corpus.pypi_sdist(ROOT, "rich", "14.0.0")]


def large() -> list[Path]:
    """Four languages; Django's first files fill it up to `LARGE_FILES`, and replace what there is no tool to fetch."""
    found = [corpus.pypi_sdist(ROOT, "flask", "3.1.2"), corpus.pypi_sdist(ROOT, "httpx", "0.28.1")]
    if shutil.which("npm"):
        found.append(corpus.npm(ROOT, "zod", "3.23.8"))
        found.append(corpus.npm(ROOT, "express", "4.21.2"))
    if shutil.which("go"):
        found.append(corpus.go_module(ROOT, "github.com/go-chi/chi/v5", "v5.2.1"))
    if shutil.which("cargo"):
        found.append(corpus.crate(ROOT, "serde_json", "1.0.140"))
    return [*found, corpus.pypi_sdist(ROOT, "django", "5.1.4")]


def every_language() -> list[Path]:
    """Packages with real files of every deep language: those of the accuracy tables that can be fetched here, too."""
    found = [*large()[:-1], *small(), examples()]
    for package in PACKAGES:
        try:
            found.append(fetch(package, cache.root()))
        except NotAvailable:
            continue
    return found


def examples() -> Path:
    """Small files of hundreds of languages."""
    return corpus.pypi_sdist(ROOT, "pygments", "2.18.0")


def polyglot(into: Path, files: int) -> Path:
    """A tree of at most so many parsed files, and of `POLYGLOT_BYTES` for `POLYGLOT_FILES` of them.

    Each package gives its share, the last what others lack.
    """
    packages = [
        *large()[:-1],
        *([corpus.npm(ROOT, "rxjs", "7.8.1"), corpus.npm(ROOT, "three", "0.170.0")] if shutil.which("npm") else []),
        *([corpus.go_module(ROOT, "k8s.io/client-go", "v0.31.3")] if shutil.which("go") else []),
        *([corpus.crate(ROOT, "tokio", "1.41.1")] if shutil.which("cargo") else []),
        examples(),
        corpus.pypi_sdist(ROOT, "sympy", "1.13.3"),
        corpus.pypi_sdist(ROOT, "django", "5.1.4"),
    ]
    tree, left, room = into / "polyglot", files, POLYGLOT_BYTES * files // POLYGLOT_FILES
    for number, package in enumerate(packages):
        found = sorted(_parsed(package), key=lambda path: (-path.stat().st_size, path))
        share = left // (len(packages) - number) if number < len(packages) - 2 else left
        while sum(path.stat().st_size for path in found[:share]) > max(room, 0):
            del found[: max(1, len(found) // 50)]  # the largest
        room -= sum(path.stat().st_size for path in found[:share])
        for path in found[:share]:
            target = tree / package.name / path.relative_to(package)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        left -= len(found[:share])
    return tree


def _parsed(package: Path) -> list[Path]:
    """The files that a scan would parse, by name and size."""
    return [
        path
        for path in package.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and path.stat().st_size < 1_000_000
        and not path.name.endswith((".min.js", ".map"))
        and is_parsed(detect(path.relative_to(package).as_posix(), b""))
    ]


def wide() -> list[Path]:
    """Enough Python for `WIDE_FILES` files."""
    return [corpus.pypi_sdist(ROOT, "sympy", "1.13.3"), corpus.pypi_sdist(ROOT, "django", "5.1.4")]


def repository(into: Path, name: str, packages: list[Path], *, files: int | None = None) -> Path:
    """The packages side by side in one git repository with one commit; ``files``: how many parsed ones to take."""
    tree = into / f"tree-{name}"
    taken = 0
    for package in packages:
        for path in sorted(path for path in package.rglob("*") if path.is_file() and not path.is_symlink()):
            relative = path.relative_to(package)
            if any(part.startswith(".") or part == "locale" for part in relative.parts):
                continue
            parsed = is_parsed(detect(relative.as_posix(), path.read_bytes()[:1024]))
            if files is not None and (not parsed or taken >= files):
                continue
            taken += parsed
            target = tree / (package.name if len(packages) > 1 else "") / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return corpus.as_repository(into, name, tree)
