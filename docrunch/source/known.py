"""What became of files that were read before, so that a file is decoded, searched for secrets and compressed once.

One per process: the code that judged a file is the code that would judge it again. A file is known by its path, the
rules it was read under and its content, so a hit is what reading it again would make, byte for byte.
"""

import threading
from collections import OrderedDict
from typing import NamedTuple

import msgspec

from docrunch.source.model import FileEntry, Issue

KEPT_BYTES = 32 << 20  # of compressed texts: about 12,000 source files
_ENTRY_BYTES = 2_000  # of memory for a file beside its text, roughly
_ISSUE_BYTES = 500  # of memory for one issue, roughly


class FileKey(NamedTuple):
    """``content``: ``sha256:…`` of the raw bytes, or ``git:DIRECTORY:ID`` of a blob among a repository's own objects.

    A git id is trusted only within one directory of objects, where git itself takes it for the content: whoever can
    make two contents of one SHA-1 can mislead a scan of a repository of theirs, and no other.
    """

    rules: str  # of options that decide what becomes of a file once it is read
    path: str
    executable: bool
    content: str


class KnownFile(msgspec.Struct, frozen=True):
    entry: FileEntry
    issues: tuple[Issue, ...]
    frame: bytes | None  # compressed text; None where the file was skipped
    size: int  # bytes of the text


class KnownFiles:
    """The files that were read last, up to `KEPT_BYTES`; used by several threads."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._files: OrderedDict[FileKey, KnownFile] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: FileKey) -> KnownFile | None:
        with self._lock:
            found = self._files.get(key)
            if found is not None:
                self._files.move_to_end(key)
            return found

    def put(self, key: FileKey, file: KnownFile) -> None:
        with self._lock:
            if key in self._files:
                return
            self._files[key] = file
            self._bytes += _weight(file)
            while self._bytes > self._kept_bytes:
                self._bytes -= _weight(self._files.popitem(last=False)[1])


def _weight(file: KnownFile) -> int:
    return _ENTRY_BYTES + len(file.frame or b"") + _ISSUE_BYTES * len(file.issues)
