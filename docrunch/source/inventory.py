"""The identity of a tree: one hash over its inventory."""

import hashlib
from collections.abc import Iterable

import msgspec

from docrunch.source.model import FileEntry


def tree_sha256(entries: Iterable[FileEntry]) -> str:
    """sha256 over one canonical JSON array per entry, in path order. Everything that shapes results is in it."""
    digest = hashlib.sha256(b"docrunch.tree/1\n")
    encode = msgspec.json.Encoder().encode
    for entry in entries:
        digest.update(encode(entry_row(entry)) + b"\n")
    return digest.hexdigest()


def entry_row(entry: FileEntry) -> tuple[str | int | bool | None, ...]:
    return (
        entry.path,
        entry.size,
        entry.sha256,
        entry.text_sha256,
        entry.language,
        entry.lines,
        entry.encoding,
        entry.executable,
        entry.skip.value if entry.skip is not None else None,
    )
