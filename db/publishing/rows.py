"""Plain rows of one scan. Each row holds facts only: its hash decides whether the published row has changed."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

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
    """One node of the graph; ``path`` is empty for nodes without a file."""

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
    """One edge; ``path`` is that of the source node."""

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


@dataclass(frozen=True)
class PublishRows:
    """All rows of a scan, each table in a stable order (by key) and without duplicate keys.

    ``modified`` holds the modification time of files where the source knows it; it is no fact of the content.
    """

    files: Sequence[FileRow]
    symbols: Sequence[SymbolRow]
    relationships: Sequence[RelationshipRow]
    chunks: Sequence[ChunkRow]
    metrics: Sequence[MetricsRow]
    modified: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """How rows of one kind become records: the first ``key`` columns identify a row within its ref."""

    name: str
    columns: tuple[str, ...]
    key: int
    path: int  # position of the path
    binary: tuple[int, ...] = ()  # positions of hexadecimal hashes, stored as bytes


FILES = Table("files", FileRow._fields, key=1, path=0, binary=(5, 6))
SYMBOLS = Table("symbols", SymbolRow._fields, key=1, path=1)
RELATIONSHIPS = Table("relationships", RelationshipRow._fields, key=3, path=3)
CHUNKS = Table("chunks", ChunkRow._fields, key=1, path=1, binary=(8,))
METRICS = Table("symbol_metrics", MetricsRow._fields, key=1, path=0)

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Prepared:
    """Rows that Postgres can store, the 16-byte hash of each, and one over all of them."""

    table: Table
    rows: Sequence[tuple[Any, ...]]
    hashes: Sequence[bytes]
    digest: str


def prepare(table: Table, rows: Iterable[tuple[Any, ...]]) -> Prepared:
    """Hash every row (blake2b over its JSON). Pure and long for large scans: call it in a thread."""
    kept: list[tuple[Any, ...]] = []
    hashes: list[bytes] = []
    whole = hashlib.blake2b(digest_size=16)
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
        whole.update(row_hash)
        kept.append(row)
        hashes.append(row_hash)
    return Prepared(table, kept, hashes, whole.hexdigest())


def binary(table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row with its hexadecimal hashes as bytes."""
    if not table.binary:
        return row
    values = list(row)
    for position in table.binary:
        values[position] = bytes.fromhex(values[position]) if values[position] else None
    return tuple(values)
