"""The tree object: an inventory and the texts of its files in one immutable file with random access.

    MAGIC                       16 bytes
    text records                one zstd frame per unskipped file, in path order
    index                       zstd frame of JSON: source, tree_sha256, issues, entries, records
    trailer                     index offset u64, index length u64 (big endian), sha256 of the index, END

The index stands behind the texts so that a tree can be written in one pass. What is read back is treated as hostile:
every offset, size and hash is checked before it is believed.
"""

import hashlib
import os
import struct
import tempfile
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

import msgspec
import zstandard

from docrunch.canonical import sha256_hex
from docrunch.errors import InvalidArchive, NotFound
from docrunch.source.inventory import tree_sha256
from docrunch.source.model import FileEntry, Issue, SourceRef, TreeReader
from docrunch.source.paths import is_safe

MAGIC = b"docrunch.tree/1\n"
END = b"drtree1\n"
LEVEL = 3  # zstd: higher levels cost more than they save on files of a few kilobytes
MAX_INDEX = 1 << 30  # bytes, uncompressed
MAX_TEXT = 1 << 28  # bytes of one file, uncompressed
_TRAILER = struct.Struct(">QQ32s8s")


class Record(msgspec.Struct, frozen=True, array_like=True):
    """Where the frame of one text lies: ``length`` compressed bytes at ``offset``, ``size`` bytes of text."""

    offset: int
    length: int
    size: int


class _Index(msgspec.Struct, frozen=True):
    schema: str
    source: SourceRef
    tree_sha256: str
    issues: tuple[Issue, ...]
    entries: tuple[FileEntry, ...]
    records: tuple[Record, ...]  # one per unskipped entry, in the order of the entries


class Bytes(Protocol):
    """Random access to the bytes of an object."""

    def size(self) -> int: ...
    def read(self, offset: int, length: int) -> bytes: ...
    def close(self) -> None: ...


class MemoryBytes:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def size(self) -> int:
        return len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]

    def close(self) -> None:
        self._data = b""


class FileBytes:
    """A file of our own, read by position, so threads may share it. It stays readable after its name is removed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, offset)

    def close(self) -> None:
        self._file.close()


class StoredTree:
    """The `TreeReader` of every source: texts stay compressed and are loaded one at a time."""

    def __init__(
        self,
        *,
        source: SourceRef,
        entries: tuple[FileEntry, ...],
        issues: tuple[Issue, ...],
        tree_sha256: str,
        records: Mapping[str, Record],
        body: Bytes,
    ) -> None:
        self.source = source
        self.entries = entries
        self.issues = issues
        self.tree_sha256 = tree_sha256
        self._by_path = {entry.path: entry for entry in entries}
        self._records = records
        self._body = body

    def text(self, path: str) -> bytes:
        """Stored text of an unskipped file.

        Raises:
            NotFound: the path is not in the inventory or was skipped.
            InvalidArchive: the bytes are not those the inventory promises.
        """
        frame, record = self.frame(path)
        text = _decompress(frame, record.size)
        if sha256_hex(text) != self._by_path[path].text_sha256:
            raise InvalidArchive(f"the stored text of {path} is damaged")
        return text

    def frame(self, path: str) -> tuple[bytes, Record]:
        """The compressed text, as `text` finds it."""
        record = self._records.get(path)
        if record is None:
            entry = self._by_path.get(path)
            why = f"was skipped ({entry.skip})" if entry is not None else "is not in the inventory"
            raise NotFound(f"{path} {why}")
        return self._body.read(record.offset, record.length), record

    def parsed_entries(self) -> Iterator[FileEntry]:
        return (entry for entry in self.entries if entry.skip is None)

    def close(self) -> None:
        self._body.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _HashingWriter:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self.offset = 0

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self._digest.update(data)
        self.offset += len(data)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def write_tree(reader: TreeReader, out: BinaryIO) -> str:
    """Write the tree object and return the sha256 of its bytes, which depend on the tree and nothing else.

    Needs memory for the inventory and one file, whatever the size of the tree.
    """
    writer = _HashingWriter(out)
    writer.write(MAGIC)
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_content_size=True)
    records: list[Record] = []
    for entry in reader.parsed_entries():
        if isinstance(reader, StoredTree):
            frame, record = reader.frame(entry.path)
            size = record.size
        else:
            text = reader.text(entry.path)
            frame, size = compressor.compress(text), len(text)
        records.append(Record(offset=writer.offset, length=len(frame), size=size))
        writer.write(frame)
    index = _Index(
        schema="docrunch.tree/1",
        source=reader.source,
        tree_sha256=reader.tree_sha256,
        issues=reader.issues,
        entries=reader.entries,
        records=tuple(records),
    )
    packed = compressor.compress(msgspec.json.encode(index))
    trailer = _TRAILER.pack(writer.offset, len(packed), hashlib.sha256(packed).digest(), END)
    writer.write(packed)
    writer.write(trailer)
    return writer.hexdigest()


def open_tree(data: bytes | Path) -> StoredTree:
    """
    Raises:
        InvalidArchive: not a tree object, damaged, or made to mislead.
    """
    body: Bytes = FileBytes(data.open("rb")) if isinstance(data, Path) else MemoryBytes(data)
    try:
        index, texts_end = _read_index(body)
        _check_index(index, texts_end)
    except BaseException:
        body.close()
        raise
    parsed = [entry.path for entry in index.entries if entry.skip is None]
    return StoredTree(
        source=index.source,
        entries=index.entries,
        issues=index.issues,
        tree_sha256=index.tree_sha256,
        records=dict(zip(parsed, index.records, strict=True)),
        body=body,
    )


def private_spool(directory: Path) -> BinaryIO:
    """A nameless read-write file in a job's directory: gone when it is closed, whatever happens."""
    return tempfile.TemporaryFile(dir=directory)


def _read_index(body: Bytes) -> tuple[_Index, int]:
    size = body.size()
    if size < len(MAGIC) + _TRAILER.size or body.read(0, len(MAGIC)) != MAGIC:
        raise InvalidArchive("this is not a tree object")
    start = size - _TRAILER.size
    offset, length, digest, end = _TRAILER.unpack(body.read(start, _TRAILER.size))
    if end != END or offset < len(MAGIC) or offset + length != start:
        raise InvalidArchive("the tree object is cut off or damaged")
    packed = body.read(offset, length)
    if hashlib.sha256(packed).digest() != digest:
        raise InvalidArchive("the index of the tree object is damaged")
    try:
        index = msgspec.json.decode(_decompress(packed, None), type=_Index)
    except msgspec.MsgspecError as error:
        raise InvalidArchive(f"the index of the tree object cannot be read: {error}") from error
    return index, offset


def _check_index(index: _Index, texts_end: int) -> None:
    paths = [entry.path for entry in index.entries]
    if any(not is_safe(path, 4096) for path in paths):
        raise InvalidArchive("the tree object lists an unsafe path")
    if any(left >= right for left, right in pairwise(paths)):
        raise InvalidArchive("the paths of the tree object are not sorted and unique")
    if index.schema != "docrunch.tree/1" or tree_sha256(index.entries) != index.tree_sha256:
        raise InvalidArchive("the tree object does not hold the inventory it claims")
    if len(index.records) != sum(entry.skip is None for entry in index.entries):
        raise InvalidArchive("the tree object does not hold one text per file")
    for record in index.records:
        inside = len(MAGIC) <= record.offset and record.length >= 0 and record.offset + record.length <= texts_end
        if not inside or not 0 <= record.size <= MAX_TEXT:
            raise InvalidArchive("the tree object points outside itself")


def _decompress(frame: bytes, expected: int | None) -> bytes:
    """One zstd frame whose declared size is checked before a byte is allocated for it."""
    try:
        declared = zstandard.frame_content_size(frame)
        if declared < 0 or declared > MAX_INDEX or (expected is not None and declared != expected):
            raise InvalidArchive("a compressed part of the tree object has the wrong size")
        return zstandard.ZstdDecompressor().decompress(frame, max_output_size=max(declared, 1))
    except zstandard.ZstdError as error:
        raise InvalidArchive("a compressed part of the tree object is damaged") from error
