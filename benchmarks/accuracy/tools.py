"""Running other programs: the registries' own clients and the oracles."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.accuracy.errors import NotAvailable


def need(program: str) -> str:
    """The path of a program of this machine.

    Raises:
        NotAvailable: it is not installed.
    """
    found = shutil.which(program)
    if found is None:
        raise NotAvailable(f"{program} is not installed")
    return found


def run(
    command: Sequence[str],
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = 1_800,
    check: bool = True,
) -> str:
    """Standard output of ``command``.

    Raises:
        NotAvailable: it cannot be started, fails (unless ``check`` is off) or takes longer than ``seconds``.
    """
    try:
        ran = subprocess.run(
            command, cwd=cwd, env=environment, timeout=seconds, check=False, capture_output=True, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAvailable(f"{Path(command[0]).name}: {error}") from error
    if check and ran.returncode:
        tail = " ".join((ran.stderr or ran.stdout).split())[-400:]
        raise NotAvailable(f"{Path(command[0]).name} failed ({ran.returncode}): {tail}")
    return ran.stdout


def built(base: Path, name: str, version: str, build: Callable[[Path], None]) -> Path:
    """The directory of an oracle's program, built once per ``version``.

    Raises:
        NotAvailable: the compiler is missing or what the program needs cannot be fetched.
    """
    home = base / "programs" / f"{name}-{hashlib.sha256(version.encode()).hexdigest()[:12]}"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        build(home)
        (home / "complete").touch()
    return home
