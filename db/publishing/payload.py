"""What one outbox row carries, written and read back: a file with its symbols and outgoing relationships, or a page.

Rows inside are arrays; ``columns`` names their fields once. The same bytes are made from what a scan publishes and
from the published tables, so their sha256 tells whether a derived store is up to date.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from db.publishing.rows import FILES, RELATIONSHIPS, SYMBOLS, FileRow, RelationshipRow, SymbolRow
from docrunch.documentation.entity import PageEntity, page_hash

_encode = msgspec.json.Encoder().encode
_COLUMNS = {table.name: table.columns for table in (SYMBOLS, RELATIONSHIPS)}


class FileState(msgspec.Struct, frozen=True):
    """``file`` None: the row of what belongs to no file (repository, packages, externals), with the path ""."""

    file: FileRow | None
    symbols: tuple[SymbolRow, ...]
    relationships: tuple[RelationshipRow, ...]


def encode_file(
    file: Sequence[Any] | None, symbols: Sequence[Sequence[Any]], relationships: Sequence[Sequence[Any]]
) -> bytes:
    """Deterministic JSON; rows in the order of their keys."""
    return _encode(
        {
            "file": dict(zip(FILES.columns, file, strict=True)) if file else None,
            "columns": _COLUMNS,
            "symbols": symbols,
            "relationships": relationships,
        }
    )


def payload_hash(payload: bytes) -> bytes:
    return hashlib.sha256(payload).digest()


def decode_file(payload: Mapping[str, Any]) -> FileState:
    """Inverse of `encode_file`; fields are found by their names, so that older rows are read too."""
    columns = payload["columns"]
    given = payload["file"]
    return FileState(
        FileRow(**{name: given.get(name) for name in FileRow._fields}) if given else None,
        tuple(SymbolRow(**_named(SymbolRow._fields, columns["symbols"], row)) for row in payload["symbols"]),
        tuple(
            RelationshipRow(**_named(RelationshipRow._fields, columns["relationships"], row))
            for row in payload["relationships"]
        ),
    )


def _named(fields: Sequence[str], columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    known = dict(zip(columns, row, strict=True))
    return {name: known[name] for name in fields}


def encode_page(page: PageEntity) -> bytes:
    """Deterministic JSON. Its outbox row has the hash of the text, not of these bytes."""
    return _encode({"path": page.path, "kind": page.kind, "title": page.title, "text": page.text})


def decode_page(payload: Mapping[str, Any]) -> PageEntity:
    """Inverse of `encode_page`."""
    text = str(payload["text"])
    return PageEntity(str(payload["path"]), str(payload["kind"]), str(payload["title"]), text, page_hash(text))
