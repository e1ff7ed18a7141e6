"""What somebody else knows about references: a compiler's index says where a name at a place is defined.

What is told of a file goes before the rules of `docrunch.graph.resolve`, is `exact`, and belongs to the file like its
facts: its hash is part of the key by which an incremental link knows the file (`docrunch.graph.relink`).
"""

from collections.abc import Mapping

import msgspec

from docrunch.canonical import canonical_json, sha256_hex
from docrunch.graph.resolve.attachments import SymbolName


class Mention(msgspec.Struct, frozen=True, array_like=True):
    """A name at a place in the body of a symbol, and what it means."""

    line: int
    word: str
    scope: int  # index of the innermost symbol around it, -1 for the file
    target: SymbolName


class Told(msgspec.Struct, frozen=True):
    """Mentions by path, sorted by line and word; those of one line and word have one target."""

    files: dict[str, tuple[Mention, ...]] = {}

    def digest(self, path: str) -> str:
        """A hash of what is told of a file; "" where nothing is."""
        found = self.files.get(path)
        return sha256_hex(canonical_json(found)) if found else ""


NOTHING = Told()


def by_place(mentions: tuple[Mention, ...]) -> Mapping[tuple[int, str], SymbolName]:
    return {(each.line, each.word): each.target for each in mentions}
