"""Real third-party code to scan, from the package registries, by name and pinned version.

Each function returns a directory that holds the unpacked package; downloads are kept under ``root`` and made once.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

GIT_IDENTITY = {
    "GIT_AUTHOR_NAME": "corpus",
    "GIT_AUTHOR_EMAIL": "corpus@example.invalid",
    "GIT_COMMITTER_NAME": "corpus",
    "GIT_COMMITTER_EMAIL": "corpus@example.invalid",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
}


def pypi_sdist(root: Path, name: str, version: str) -> Path:
    """The source archive of a Python package, tests and documentation included."""
    return _once(root / f"pypi-{name}-{version}", lambda into: _pip(into, name, version, ["--no-binary", ":all:"]))


def pypi_wheel(root: Path, name: str, version: str) -> Path:
    """The wheel of a pure Python package: no build step, so many versions are quick to fetch."""
    return _once(root / f"wheel-{name}-{version}", lambda into: _pip(into, name, version, ["--only-binary", ":all:"]))


def npm(root: Path, name: str, version: str) -> Path:
    return _once(root / f"npm-{name}-{version}", lambda into: _npm(into, name, version))


def go_module(root: Path, module: str, version: str) -> Path:
    safe = module.replace("/", "_")
    return _once(root / f"go-{safe}-{version}", lambda into: _go(into, module, version))


def crate(root: Path, name: str, version: str) -> Path:
    return _once(root / f"crate-{name}-{version}", lambda into: _crate(into, name, version))


def history(root: Path, name: str, versions: Sequence[tuple[str, Path]]) -> tuple[Path, list[str]]:
    """A git repository with one commit per version, in order, with fixed dates.

    Returns:
        Its directory and the commit hashes, oldest first.
    """
    repository = root / f"history-{name}"
    shutil.rmtree(repository, ignore_errors=True)
    repository.mkdir(parents=True)
    _git(repository, "init", "-q", "-b", "main")
    commits = []
    for number, (version, directory) in enumerate(versions):
        for child in repository.iterdir():
            if child.name != ".git":
                shutil.rmtree(child) if child.is_dir() else child.unlink()
        shutil.copytree(directory, repository, dirs_exist_ok=True, symlinks=True)
        _git(repository, "add", "-A", "-f")
        date = f"{1_600_000_000 + number * 86_400} +0000"
        _git(repository, "commit", "-q", "--allow-empty", "-m", version, date=date)
        commits.append(_git(repository, "rev-parse", "HEAD").strip())
    return repository, commits


def as_repository(root: Path, name: str, directory: Path) -> Path:
    """One package as a git repository with one commit."""
    return history(root, name, [("import", directory)])[0]


def _once(target: Path, make: object) -> Path:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as work:
            made = make(Path(work))  # type: ignore[operator]
            shutil.copytree(made, target, symlinks=True)
            _writable(target)
    return target


def _writable(directory: Path) -> None:
    for path in [directory, *directory.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200)


def _pip(into: Path, name: str, version: str, how: list[str]) -> Path:
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", *how, "-d", str(into), f"{name}=={version}"]
    subprocess.run(command, check=True, capture_output=True)
    archive = next(path for path in into.iterdir() if path.is_file())
    return _unpack(archive, into / "unpacked")


def _npm(into: Path, name: str, version: str) -> Path:
    subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(into), f"{name}@{version}"],
        check=True,
        capture_output=True,
        cwd=into,
    )
    return _unpack(next(into.glob("*.tgz")), into / "unpacked")


def _go(into: Path, module: str, version: str) -> Path:
    import json

    ran = subprocess.run(
        ["go", "mod", "download", "-json", f"{module}@{version}"], check=True, capture_output=True, cwd=into
    )
    return Path(json.loads(ran.stdout)["Dir"])


def _crate(into: Path, name: str, version: str) -> Path:
    (into / "src").mkdir()
    (into / "src" / "lib.rs").write_text("")
    (into / "Cargo.toml").write_text(
        f'[package]\nname = "corpus"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n{name} = "={version}"\n'
    )
    subprocess.run(["cargo", "vendor", "-q", "--versioned-dirs", "vendor"], check=True, capture_output=True, cwd=into)
    return into / "vendor" / f"{name}-{version}"


def _unpack(archive: Path, into: Path) -> Path:
    into.mkdir()
    if archive.suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(into)
        return into
    with tarfile.open(archive) as opened:
        opened.extractall(into, filter="data")
    return next(into.iterdir())


def _git(repository: Path, *arguments: str, date: str = "1600000000 +0000") -> str:
    environment = {**GIT_IDENTITY, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    ran = subprocess.run(
        ["git", "-C", str(repository), *arguments], check=True, capture_output=True, text=True, env=environment
    )
    return ran.stdout
