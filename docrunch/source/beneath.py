"""Opening files below a directory without ever following a link out of it."""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from docrunch.errors import SourceRefused

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# NONBLOCK: opening a FIFO must not wait for a writer.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


@contextmanager
def directory(path: str | os.PathLike[str], *, within: int | None = None) -> Iterator[int]:
    """Descriptor of a directory that is no symbolic link; ``within`` is that of its parent for a bare name."""
    handle = os.open(path, _DIRECTORY, dir_fd=within)
    try:
        yield handle
    finally:
        os.close(handle)


def read_regular(name: str, *, within: int, limit: int) -> bytes | None:
    """Content of a regular file in a directory, at most ``limit`` + 1 bytes; None where it is something else.

    Raises:
        OSError: it cannot be opened or read.
    """
    handle = os.open(name, _FILE, dir_fd=within)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        parts: list[bytes] = []
        left = limit + 1
        while left > 0 and (part := os.read(handle, min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
    finally:
        os.close(handle)


def read_below(root: str | os.PathLike[str], parts: Sequence[str], *, limit: int) -> bytes | None:
    """Content of ``root/parts…``, no part of which may be a link. None where there is no such file.

    Raises:
        SourceRefused: a part is a symbolic link, the end is no regular file, or it is larger than ``limit`` bytes.
    """
    try:
        with directory(root) as handle:
            return _descend(handle, parts, limit)
    except (FileNotFoundError, PermissionError):
        return None
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise SourceRefused(f"{'/'.join(parts)} of the source is or passes a symbolic link") from None
        raise


def _descend(handle: int, parts: Sequence[str], limit: int) -> bytes | None:
    if len(parts) > 1:
        with directory(parts[0], within=handle) as inner:
            return _descend(inner, parts[1:], limit)
    content = read_regular(parts[0], within=handle, limit=limit)
    if content is None:
        raise SourceRefused(f"{parts[0]} of the source is not a regular file")
    if len(content) > limit:
        raise SourceRefused(f"{parts[0]} of the source is larger than {limit} bytes")
    return content
