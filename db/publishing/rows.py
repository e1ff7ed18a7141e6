"""Plain rows of one scan. Each row holds facts only: its hash decides whether the published row has changed."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from db.publishing.basis import Basis
from db.text import storable_json


class FileRow(NamedTuple):
    """``content_hash`` and ``text_hash`` are hexadecimal sha256, None where the file was not read."""

    path: str
    language: str
    size: int
    lines: int
    skip: str | None
    content_hash: str | None
    text_hash: str | None


class SymbolRow(NamedTuple):
    """One node of the graph; ``path`` is the directory of a package, and empty for repository and externals."""

    id: str
    path: str
    kind: str
    name: str
    qualified_name: str
    language: str
    line: int
    end_line: int
    start_byte: int
    end_byte: int
    signature: str
    doc: str
    exported: bool


class RelationshipRow(NamedTuple):
    """One edge; ``path`` is the file of the source node, empty where it has none (`Table.home`)."""

    source: str
    target: str
    type: str
    path: str
    confidence: str
    certainty: float
    count: int  # type: ignore[assignment]  # the column's name; nobody counts the elements of a row
    lines: Sequence[int]


class ChunkRow(NamedTuple):
    """One embedded text; ``content_hash`` is its hexadecimal text sha256."""

    id: str
    path: str
    symbol_id: str | None
    kind: str
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    content_hash: str


class MetricsRow(NamedTuple):
    symbol_id: str
    pagerank: float
    in_degree: int
    out_degree: int
    complexity: int
    afferent: int
    efferent: int
    instability: float
    community: int


class Delta(msgspec.Struct, frozen=True):
    """The rows given are those of ``homes`` (`Table.home`); all others are as the scan ``base`` published them."""

    base: int
    homes: frozenset[str]


@dataclass(frozen=True)
class PublishRows:
    """Rows of a scan, each table in a stable order (by key) and without duplicate keys.

    All of them, or those of ``delta`` alone. ``same_graph``: nodes and edges are exactly those of ``delta.base``.
    ``basis`` says what the rows were made from, so that a later publish may be a delta of this one.
    ``modified`` holds the modification time of files where the source knows it; it is no fact of the content.
    """

    files: Sequence[FileRow]
    symbols: Sequence[SymbolRow]
    relationships: Sequence[RelationshipRow]
    chunks: Sequence[ChunkRow]
    modified: dict[str, datetime] = field(default_factory=dict)
    basis: Basis | None = None
    delta: Delta | None = None
    same_graph: bool = False


SHARED = ""  # home of what belongs to no file
NO_FILE = frozenset({"repository", "package", "external"})  # kinds of nodes that live in no file, packages with a path


@dataclass(frozen=True)
class Table:
    """How rows of one kind become records: the first ``key`` columns identify a row within its ref."""

    name: str
    columns: tuple[str, ...]
    key: int
    path: int  # position of the path
    binary: tuple[int, ...] = ()  # positions of hexadecimal hashes, stored as bytes
    kind: int | None = None  # position of the node's kind, where that may say that the row belongs to no file

    def home(self, row: tuple[Any, ...]) -> str:
        """The file that a row belongs to, whose outbox row carries it; `SHARED` for what is in no file."""
        return SHARED if self.kind is not None and row[self.kind] in NO_FILE else str(row[self.path])


FILES = Table("files", FileRow._fields, key=1, path=0, binary=(5, 6))
SYMBOLS = Table("symbols", SymbolRow._fields, key=1, path=1, kind=2)
RELATIONSHIPS = Table("relationships", RelationshipRow._fields, key=3, path=3)
CHUNKS = Table("chunks", ChunkRow._fields, key=1, path=1, binary=(8,))
METRICS = Table("symbol_metrics", MetricsRow._fields, key=1, path=0)

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Prepared:
    """Rows that Postgres can store, and the 16-byte hash of each."""

    table: Table
    rows: Sequence[tuple[Any, ...]]
    hashes: Sequence[bytes]

    def key(self, position: int) -> tuple[Any, ...]:
        return tuple(self.rows[position][: self.table.key])

    def homes(self) -> list[str]:
        """`Table.home` of every row."""
        path = self.table.path
        return [row[path] for row in self.rows] if self.table.kind is None else list(map(self.table.home, self.rows))


def prepare(table: Table, rows: Iterable[tuple[Any, ...]]) -> Prepared:
    """Hash every row (blake2b over its JSON). Pure and long for large scans: call it in a thread."""
    kept: list[tuple[Any, ...]] = []
    hashes: list[bytes] = []
    blake2b: Callable[..., Any] = hashlib.blake2b
    for row in rows:
        try:
            encoded = _encode(row)
            dirty = b"\\u0000" in encoded
        except UnicodeEncodeError:
            dirty = True
        if dirty:
            row = tuple(msgspec.json.decode(storable_json(row)))
            encoded = _encode(row)
        row_hash = blake2b(encoded, digest_size=16).digest()
        kept.append(row)
        hashes.append(row_hash)
    return Prepared(table, kept, hashes)


def binary(table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row with its hexadecimal hashes as bytes."""
    if not table.binary:
        return row
    values = list(row)
    for position in table.binary:
        values[position] = bytes.fromhex(values[position]) if values[position] else None
    return tuple(values)
