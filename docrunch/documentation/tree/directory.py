"""A tree in a directory: every path is walked from the root's descriptor, and no link is ever followed."""

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from docrunch.documentation.tree.files import ABSENT, MAX_PAGE_BYTES, Changed, Found, Kind
from docrunch.documentation.tree.manifest import bytes_of
from docrunch.documentation.tree.names import MANIFEST, PageRefused
from docrunch.errors import Conflict

STAGE = ".docrunch-stage"
OPEN_FOLDERS = 128  # descriptors held at a time
LOCK_SECONDS = 10.0  # how long to wait for another process that writes the same tree

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_PAGE = {errno.ELOOP, errno.ENXIO, errno.EACCES}  # a link, a socket, a file that somebody closed to us
_IN_THE_WAY = {errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}


@contextmanager
def open_directory(root: Path, *, wait: float = LOCK_SECONDS) -> Iterator["Directory"]:
    """The tree at ``root``, which is made where it is not, for one writer at a time.

    What a killed writer left staged is removed.

    Args:
        wait: seconds, for another process that writes it.

    Raises:
        Conflict: it is no directory, or another process writes it.
        OSError: it cannot be made or opened.
    """
    root.mkdir(parents=True, exist_ok=True) if not root.is_symlink() else None
    try:
        handle = os.open(root, _DIRECTORY)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise Conflict(f"{root} is not a directory", hint="Choose another one, or move it away.") from None
        raise
    files = Directory(handle)
    try:
        _lock(handle, root, wait)
        files.clear_stage()
        yield files
    finally:
        with suppress(OSError):
            files.clear_stage()
        files.close()


def _lock(handle: int, root: Path, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Conflict(f"another process writes to {root}", hint="Try again when it is done.") from None
            time.sleep(0.05)
        else:
            return


@contextmanager
def read_directory(root: Path) -> Iterator["Directory | None"]:
    """The tree at ``root``, to be read while others may write it; None where there is none.

    Raises:
        OSError: it cannot be opened.
    """
    try:
        files = Directory(os.open(root, _DIRECTORY))
    except FileNotFoundError:
        yield None
        return
    try:
        yield files
    finally:
        files.close()


class Directory:
    """Implements `Files`. Made by `open_directory`."""

    def __init__(self, root: int) -> None:
        self._folders: dict[str, int] = {"": root}  # path → descriptor
        self._staged = 0
        self._touched: set[str] = set()

    # ── reading ──

    def expect(self, paths: list[str]) -> None:
        """Reading one by one costs nothing here."""

    def read(self, path: str) -> Found:
        try:
            folder, name = self._parent(path)
            handle = os.open(name, _READ, dir_fd=folder)
        except FileNotFoundError:
            return ABSENT
        except OSError as error:
            if error.errno in _NO_PAGE:
                return Found(Kind.OTHER)
            raise _explained(error, path) from error
        try:
            status = os.fstat(handle)
            if stat.S_ISDIR(status.st_mode):
                return Found(Kind.FOLDER)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_PAGE_BYTES:
                return Found(Kind.OTHER, stamp=_stamp(status))
            return Found(Kind.FILE, _read_all(handle), _stamp(status))
        finally:
            os.close(handle)

    def exists(self, path: str) -> bool:
        try:
            folder, name = self._parent(path)
            return stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        except (OSError, PageRefused):
            return False

    def read_manifest(self) -> bytes | None:
        return bytes_of(self.read(MANIFEST), MANIFEST, "Move it away.")

    def is_empty(self) -> bool:
        with os.scandir(self._folders[""]) as listed:
            return not any(entry.name != STAGE for entry in listed)

    def everything(self) -> Iterator[str]:
        yield from sorted(self._walk(self._folders[""], ""))

    def _walk(self, folder: int, prefix: str) -> Iterator[str]:
        with os.scandir(folder) as listed:
            entries = list(listed)
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if path == STAGE:
                    continue
                with suppress(OSError):
                    inner = os.open(entry.name, _DIRECTORY, dir_fd=folder)
                    try:
                        yield from self._walk(inner, f"{path}/")
                    finally:
                        os.close(inner)
            elif entry.is_file(follow_symlinks=False) and path != MANIFEST:
                yield path

    # ── writing ──

    def stage(self, data: bytes) -> object:
        folder = self._folder(STAGE, make=True)
        name = str(self._staged)
        self._staged += 1
        handle = os.open(name, _WRITE, 0o644, dir_fd=folder)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        return name

    def place(self, staged: object, path: str, before: Found) -> None:
        try:
            folder, name = self._parent(path, make=True)
            self._check(folder, name, before)
            os.rename(str(staged), name, src_dir_fd=self._folder(STAGE), dst_dir_fd=folder)
        except OSError as error:
            raise _explained(error, path) from error
        self._touched.add(path.rpartition("/")[0])

    def remove(self, path: str, before: Found) -> None:
        folder, name = self._parent(path)
        self._check(folder, name, before)
        os.unlink(name, dir_fd=folder)
        parent = path.rpartition("/")[0]
        while parent:
            above, _, name = parent.rpartition("/")
            if parent in self._folders:
                os.close(self._folders.pop(parent))
            try:
                os.rmdir(name, dir_fd=self._folder(above))
            except OSError:
                break  # somebody's file is still in it
            self._touched.discard(parent)
            parent = above
        self._touched.add(parent)

    def write_manifest(self, data: bytes) -> None:
        for path in self._touched:
            with suppress(FileNotFoundError, PageRefused):  # somebody took it away meanwhile
                os.fsync(self._folder(path))
        self._touched.clear()
        staged = self.stage(data)
        os.rename(str(staged), MANIFEST, src_dir_fd=self._folder(STAGE), dst_dir_fd=self._folders[""])
        os.fsync(self._folders[""])

    def clear_stage(self) -> None:
        """Raises OSError."""
        held = self._folders.pop(STAGE, None)
        if held is not None:
            os.close(held)
        try:
            folder = os.open(STAGE, _DIRECTORY, dir_fd=self._folders[""])
        except FileNotFoundError:
            return
        try:
            with os.scandir(folder) as listed:
                names = [entry.name for entry in listed]
            for name in names:
                os.unlink(name, dir_fd=folder)
        finally:
            os.close(folder)
        os.rmdir(STAGE, dir_fd=self._folders[""])

    def close(self) -> None:
        """Lets go of the lock, too."""
        for handle in self._folders.values():
            os.close(handle)
        self._folders.clear()

    # ── descriptors ──

    def _check(self, folder: int, name: str, before: Found) -> None:
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            status = None
        if (None if status is None else _stamp(status)) != before.stamp:
            raise Changed

    def _parent(self, path: str, *, make: bool = False) -> tuple[int, str]:
        if len(self._folders) > OPEN_FOLDERS:
            self._close_folders()
        folder, _, name = path.rpartition("/")
        return self._folder(folder, make=make), name

    def _close_folders(self) -> None:
        for path in [each for each in self._folders if each not in ("", STAGE)]:
            os.close(self._folders.pop(path))

    def _folder(self, path: str, *, make: bool = False) -> int:
        """Descriptor of a folder below the root.

        Raises:
            FileNotFoundError: it is not there.
            PageRefused: a part of the path is a link or a file.
        """
        found = self._folders.get(path)
        if found is not None:
            return found
        parent, _, name = path.rpartition("/")
        if name in ("", ".", ".."):
            raise PageRefused(f"{path} is no folder below the root")
        above = self._folder(parent, make=make)
        if make:
            with suppress(FileExistsError):
                os.mkdir(name, 0o755, dir_fd=above)
                self._touched.add(parent)
        try:
            found = self._folders[path] = os.open(name, _DIRECTORY, dir_fd=above)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                raise PageRefused(f"{path} is a link or a file where a folder must be: move it away") from None
            raise
        return found


def _explained(error: OSError, path: str) -> Exception:
    """What is the fault of one path, or of what is there, is told from what is wrong with the whole place."""
    if error.errno in _IN_THE_WAY:
        return PageRefused(f"{path} cannot be a file here: {error.strerror}")
    return error


def _stamp(status: os.stat_result) -> object:
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def _read_all(handle: int) -> bytes:
    parts = []
    left = MAX_PAGE_BYTES + 1
    while left > 0 and (part := os.read(handle, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
