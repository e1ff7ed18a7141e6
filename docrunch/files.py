"""Writing results so that a reader sees the old file or the new one, never half of either."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from docrunch.errors import Failed


@contextmanager
def atomic_file(path: Path, *, mode: int = 0o644) -> Iterator[BinaryIO]:
    """Yield a binary file that replaces ``path`` when the block ends well, and leaves no trace otherwise.

    Raises:
        Failed: the directory cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise Failed(f"cannot write {path}: {error.strerror}", hint="Choose another output path.") from error
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replace ``path`` by ``data`` in one step."""
    with atomic_file(path, mode=mode) as out:
        out.write(data)


def read_bounded(path: Path, limit: int) -> bytes:
    """The first ``limit`` bytes of a file. Raises: OSError."""
    with path.open("rb") as file:
        return file.read(limit)


def holds(path: Path, sha256: str) -> bool:
    """Whether ``path`` is a regular file whose bytes have this hash."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False
