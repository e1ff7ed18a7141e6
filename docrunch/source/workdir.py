"""Private directories of jobs: nobody else can look in, and none is left behind."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from docrunch.errors import Failed

PREFIX = "job-"
_LOCK = ".lock"


@contextmanager
def job_directory(root: Path) -> Iterator[Path]:
    """A fresh directory with mode 0700 below ``root``, removed on every outcome.

    While it is in use it is locked, so that `sweep` leaves it alone, however old it is.
    """
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
    lock = os.open(path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield path
    finally:
        _remove(path)
        os.close(lock)


def require_private(path: Path) -> None:
    """
    Raises:
        Failed: others may look into the directory.
    """
    status = path.stat()
    if status.st_mode & 0o077 or status.st_uid != os.geteuid():
        raise Failed(f"the working directory must belong to this user with mode 0700, not {status.st_mode & 0o777:04o}")


def sweep(root: Path, older_than: timedelta, *, now: float) -> int:
    """Remove directories that a killed process left behind. Returns how many.

    Args:
        now: seconds since the epoch.
    """
    removed = 0
    if not root.is_dir():
        return 0
    for path in sorted(root.iterdir()):
        if not path.name.startswith(PREFIX) or path.is_symlink() or not path.is_dir():
            continue
        if now - path.stat().st_mtime >= older_than.total_seconds() and _take_lock_and_remove(path):
            removed += 1
    return removed


def _take_lock_and_remove(path: Path) -> bool:
    try:
        lock = os.open(path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        _remove(path)
        return not path.exists()
    finally:
        os.close(lock)


def _remove(path: Path) -> None:
    """Directories that were made unwritable would survive a plain removal."""
    for folder, _, _ in os.walk(path):
        with suppress(OSError):
            Path(folder).chmod(0o700)
    shutil.rmtree(path, ignore_errors=True)
