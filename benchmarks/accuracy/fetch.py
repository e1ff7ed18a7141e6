"""Packages from the registries, by the registries' own clients and settings; checked, unpacked, kept and made once."""

import hashlib
import json
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

from benchmarks.accuracy import debian
from benchmarks.accuracy.errors import NotAvailable
from benchmarks.accuracy.package import Package, Registry
from benchmarks.accuracy.tools import need, run


def fetch(package: Package, root: Path) -> Path:
    """The tree of ``package``, below ``root``.

    Raises:
        NotAvailable: the registry or its client cannot be used here, or the archive is not the pinned one.
    """
    key = hashlib.sha256("\0".join((package.digest, *package.keep, "", *package.drop)).encode()).hexdigest()[:8]
    target = root / "packages" / f"{package.slug}-{key}" / package.name.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as work:
            source = _FETCH[package.registry](package, Path(work))
            kept = Path(work) / "kept"
            _keep(source, kept, package)
            kept.rename(target)
    return target


def _pypi(package: Package, work: Path) -> Path:
    pinned = f"{package.name}=={package.version}"
    run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(work), pinned])
    return _unpack(_checked(package, next(work.glob("*.tar.gz"))), work / "unpacked")


def _npm(package: Package, work: Path) -> Path:
    npm = need("npm")
    pinned = f"{package.name}@{package.version}"
    run([npm, "pack", "--silent", "--pack-destination", str(work), pinned], cwd=work)
    return _unpack(_checked(package, next(work.glob("*.tgz"))), work / "unpacked")


def _go(package: Package, work: Path) -> Path:
    said = json.loads(run([need("go"), "mod", "download", "-json", f"{package.name}@{package.version}"], cwd=work))
    _same(package, said["Sum"])
    return Path(said["Dir"])


def _crates(package: Package, work: Path) -> Path:
    (work / "src").mkdir()
    (work / "src" / "lib.rs").write_text("")
    (work / "Cargo.toml").write_text(
        '[package]\nname = "accuracy"\nversion = "0.0.0"\nedition = "2021"\n'
        f'[dependencies]\n{package.name} = "={package.version}"\n'
    )
    run([need("cargo"), "vendor", "-q", "--versioned-dirs", "vendor"], cwd=work)
    found = work / "vendor" / f"{package.name}-{package.version}"
    _same(package, json.loads((found / ".cargo-checksum.json").read_text())["package"])
    return found


def _maven(package: Package, work: Path) -> Path:
    artifact = f"-Dartifact={package.name}:{package.version}:jar:sources"
    run([need("mvn"), "-q", "-B", "dependency:copy", artifact, f"-DoutputDirectory={work}"], cwd=work)
    archive = _checked(package, next(work.glob("*-sources.jar")))
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(work / "unpacked")
    return work / "unpacked"


def _debian(package: Package, work: Path) -> Path:
    source, version = package.extra.get("source", package.name), package.version
    exact = f"{source}={version}" if "-" in version else source  # else the one that the archive has; its hash is pinned
    first = _unpack(_checked(package, debian.source(exact, work)), work / "unpacked")
    return first if len(list(first.parent.iterdir())) == 1 else first.parent


_FETCH: dict[Registry, Callable[[Package, Path], Path]] = {
    "pypi": _pypi,
    "npm": _npm,
    "go": _go,
    "crates": _crates,
    "maven": _maven,
    "debian": _debian,
}


def _checked(package: Package, archive: Path) -> Path:
    _same(package, hashlib.sha256(archive.read_bytes()).hexdigest())
    return archive


def _same(package: Package, digest: str) -> None:
    if digest != package.digest:
        raise NotAvailable(f"{package.title}: the registry's archive has digest {digest}, pinned is {package.digest}")


def _unpack(archive: Path, into: Path) -> Path:
    into.mkdir()
    with tarfile.open(archive) as opened:
        opened.extractall(into, filter="data")
    return next(into.iterdir())


def _keep(source: Path, target: Path, package: Package) -> None:
    """The kept files, as plain writable files: registries' caches are read-only."""
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source).as_posix()
        if path.is_file() and not path.is_symlink() and _wanted(package, relative):
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / relative)


def _wanted(package: Package, path: str) -> bool:
    kept = not package.keep or any(fnmatchcase(path, glob) for glob in package.keep)
    return kept and not any(fnmatchcase(path, glob) for glob in package.drop)
