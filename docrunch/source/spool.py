"""Collecting a tree while it is read: texts go compressed to one private file, only the inventory stays in memory."""

from collections.abc import Callable
from typing import BinaryIO

import zstandard

from docrunch.errors import InvalidArchive
from docrunch.source.inventory import tree_sha256
from docrunch.source.model import FileEntry, Issue, SourceRef
from docrunch.source.tree import LEVEL, FileBytes, Record, StoredTree


class TreeSpool:
    """Takes entries in any order, each path once. ``file`` is read and written through its descriptor or buffer."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, write_content_size=True)
        self._entries: dict[str, FileEntry] = {}
        self._records: dict[str, Record] = {}
        self._offset = 0

    def __contains__(self, path: str) -> bool:
        return path in self._entries

    def compress(self, text: bytes) -> bytes:
        """The frame in which a text is kept."""
        return self._compressor.compress(text)

    def add(self, entry: FileEntry, frame: bytes | None, size: int = 0) -> None:
        """
        Args:
            frame: of the text, as `compress` makes it, and the ``size`` of the text in bytes; None for skipped files.

        Raises:
            InvalidArchive: the path is there already. Sources resolve their duplicates before.
        """
        if entry.path in self._entries:
            raise InvalidArchive(f"the source holds {entry.path} twice")
        self._entries[entry.path] = entry
        if frame is None:
            return
        self._file.write(frame)
        self._records[entry.path] = Record(offset=self._offset, length=len(frame), size=size)
        self._offset += len(frame)

    def skipped_unread(self) -> dict[str, int]:
        """Sizes of the entries whose content was never read."""
        return {path: entry.size for path, entry in self._entries.items() if not entry.sha256}

    def finish(self, make_source: Callable[[str], SourceRef], issues: tuple[Issue, ...]) -> StoredTree:
        entries = tuple(self._entries[path] for path in sorted(self._entries))
        sha256 = tree_sha256(entries)
        self._file.flush()
        return StoredTree(
            source=make_source(sha256),
            entries=entries,
            issues=issues,
            tree_sha256=sha256,
            records=self._records,
            body=FileBytes(self._file),
        )

    def close(self) -> None:
        self._file.close()
