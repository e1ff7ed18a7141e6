"""Entry points of Rust: attributes of the table, commands of clap."""

import re

import msgspec

from docrunch.parsing.entries.find import find
from docrunch.parsing.entries.reading import Arguments, Reader
from docrunch.parsing.languages.rust.names import chain
from docrunch.parsing.languages.rust.routes import add_routes
from docrunch.parsing.model import Entry, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Mark, Walk

_LITERAL = re.compile(r"\(\s*\"((?:[^\"\\]|\\.)*)\"")
_COMMANDS = re.compile(r"\bSubcommand\b")
_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class RustReader(Reader):
    language = "rust"

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        node = call.child_by_field_name("arguments")
        return Arguments([node] if node is not None else [call], {})

    def literal(self, walk: Walk, node: Node) -> str | None:
        """The first string among the tokens of an attribute."""
        found = _LITERAL.search(walk.read(node))
        return found[1] if found is not None else None

    def decorated(self, walk: Walk, call: Node) -> Node | None:
        if call.type != "attribute_item":
            return None
        item = call.next_named_sibling
        while item is not None and item.type in ("attribute_item", "line_comment", "block_comment"):
            item = item.next_named_sibling
        return item.child_by_field_name("name") if item is not None else call

    def chain(self, walk: Walk, node: Node) -> tuple[str, ...]:
        found = chain(walk, node) if node.type in ("identifier", "scoped_identifier") else ()
        return () if "?" in found else found


def mark_attribute(walk: Walk, node: Node, written: str, name: str, known: frozenset[str]) -> None:
    """Note an attribute that may start code. Args: ``known``: names in the table."""
    last = name.rsplit("::", 1)[-1]
    if last in known or (last == "derive" and _COMMANDS.search(written)):
        walk.mark((last,), node)


def add_entries(walk: Walk, reader: RustReader) -> None:
    derived = [mark for mark in walk.marks if mark.chain == ("derive",)]
    find(walk, reader)
    for place, entry in enumerate(walk.entries):  # a function with an attribute is mounted by its name
        if entry.kind == "route" and entry.symbol >= 0:
            walk.entries[place] = msgspec.structs.replace(entry, holder=entry.symbol)
    add_routes(walk)
    for mark in derived:
        _commands(walk, reader, mark)


def _commands(walk: Walk, reader: RustReader, mark: Mark) -> None:
    """The variants of an enum that derives clap's ``Subcommand``."""
    name = reader.decorated(walk, mark.node)
    line = name.start_point[0] + 1 if name is not None else 0
    owner = next((n for n, d in enumerate(walk.symbols) if d.line == line and d.kind is SymbolKind.ENUM), -1)
    for number, draft in enumerate(walk.symbols):
        if owner >= 0 and draft.parent == owner and draft.kind is SymbolKind.CONSTANT:
            label = _CAPITALS.sub("-", draft.name).lower()
            walk.entries.append(Entry("command", label, draft.line, number, framework="clap"))
