"""Index files that a user named, as private copies: what was checked is what is read, whatever happens to the file."""

import errno
import hashlib
import mmap
import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from docrunch.errors import InvalidArchive, LimitExceeded, NotFound, UsageError
from docrunch.scip.read import check_index

MAX_INDEX_BYTES = 1_000_000_000
MAX_INDEXES = 64  # of one scan
_CHUNK = 8 << 20


class IndexFile(msgspec.Struct, frozen=True):
    path: Path
    sha256: str


def copy_indexes(given: Iterable[Path], into: Path) -> tuple[IndexFile, ...]:
    """Checked copies of indexes, by hash: the same bytes are one index, and their order means nothing.

    Raises:
        NotFound: there is no such file.
        UsageError: it is no file, or these are too many.
        LimitExceeded: it is too large, or there is no room for a copy.
        InvalidArchive: it is no index, or damaged.
    """
    paths = list(given)
    if len(paths) > MAX_INDEXES:
        raise UsageError(f"{len(paths)} SCIP indexes are too many, the limit is {MAX_INDEXES}")
    found: dict[str, IndexFile] = {}
    for path in paths:
        made = _copy(path, into)
        if made.sha256 not in found:
            _check(path, made)
        found[made.sha256] = made
    return tuple(found[sha256] for sha256 in sorted(found))


def open_index(path: Path) -> memoryview:
    """The bytes of a copy, paged in as they are read; the file may be removed meanwhile."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def open_indexes(files: Sequence[IndexFile]) -> list[memoryview]:
    return [open_index(each.path) for each in files]


def digests(files: Sequence[IndexFile]) -> tuple[str, ...]:
    return tuple(each.sha256 for each in files)


def _check(path: Path, made: IndexFile) -> None:
    try:
        check_index(open_index(made.path))
    except (InvalidArchive, LimitExceeded) as error:
        raise type(error)(f"{path}: {error.message}", hint=error.hint) from error


def _unreadable(path: Path, error: OSError) -> NotFound | LimitExceeded:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LimitExceeded(
            f"there is no room for a copy of the SCIP index {path}",
            hint="Make room, or let TMPDIR name a directory that has some.",
        )
    return NotFound(
        f"the SCIP index {path} cannot be read: {error.strerror}", hint="Give the file that the indexer wrote."
    )


def _copy(path: Path, into: Path) -> IndexFile:
    digest, size = hashlib.sha256(), 0
    partial = into / "partial"
    try:
        # Opening a FIFO to read it would wait for a writer, and reading a device may never end.
        source = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        if not stat.S_ISREG(os.fstat(source).st_mode):
            raise UsageError(f"the SCIP index {path} is not a file", hint="Give the file that the indexer wrote.")
        with partial.open("wb") as out:
            while chunk := os.read(source, _CHUNK):
                size += len(chunk)
                if size > MAX_INDEX_BYTES:
                    raise LimitExceeded(f"the SCIP index {path} is larger than {MAX_INDEX_BYTES:,} bytes")
                digest.update(chunk)
                out.write(chunk)
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        os.close(source)
    made = IndexFile(into / digest.hexdigest(), digest.hexdigest())
    partial.replace(made.path)
    return made
