"""Entry points of Rust: attributes of the table, routes of axum, commands of clap."""

import re

from docrunch.parsing.entries.find import find
from docrunch.parsing.entries.reading import Arguments
from docrunch.parsing.languages.rust.names import chain
from docrunch.parsing.model import Entry, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Mark, Walk

_LITERAL = re.compile(r"\(\s*\"((?:[^\"\\]|\\.)*)\"")
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "any"})
_COMMANDS = re.compile(r"\bSubcommand\b")
_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MAX_CHAIN = 16


class RustReader:
    language = "rust"

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        node = call.child_by_field_name("arguments")
        return Arguments([node] if node is not None else [call], {})

    def literal(self, walk: Walk, node: Node) -> str | None:
        """The first string among the tokens of an attribute."""
        found = _LITERAL.search(walk.read(node))
        return found[1] if found is not None else None

    def words(self, walk: Walk, node: Node, *, constants: bool) -> list[str]:
        return []

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

    def applied(self, walk: Walk, call: Node) -> Node | None:
        return None

    def assigned(self, walk: Walk, call: Node) -> str:
        return ""

    def inner(self, walk: Walk, call: Node, name: str) -> Node | None:
        return None


def mark_attribute(walk: Walk, node: Node, written: str, name: str, known: frozenset[str]) -> None:
    """Note an attribute that may start code. Args: ``known``: names in the table."""
    last = name.rsplit("::", 1)[-1]
    if last in known or (last == "derive" and _COMMANDS.search(written)):
        walk.mark((last,), node)


def add_entries(walk: Walk, reader: RustReader) -> None:
    routes = [mark for mark in walk.marks if mark.chain[-1] == "route"]
    derived = [mark for mark in walk.marks if mark.chain == ("derive",)]
    find(walk, reader)
    uses_axum = any(each.module.startswith("axum") for each in walk.imports)
    for mark in routes if uses_axum else ():
        _axum(walk, reader, mark)
    for mark in derived:
        _commands(walk, reader, mark)


def _axum(walk: Walk, reader: RustReader, mark: Mark) -> None:
    """``.route("/users", get(list).post(create))``"""
    node = mark.node.child_by_field_name("arguments")
    places = [c for c in node.named_children if not c.type.endswith("comment")] if node is not None else []
    if len(places) != 2 or places[0].type != "string_literal":
        return
    path = walk.read(places[0])[1:-1]
    current: Node | None = places[1]
    for _ in range(_MAX_CHAIN):
        if current is None or current.type != "call_expression":
            return
        function, arguments = current.child_by_field_name("function"), current.child_by_field_name("arguments")
        if function is None or arguments is None:
            return
        method = chain(walk, function)[-1]
        if method in _METHODS and arguments.named_child_count == 1:
            handler = reader.chain(walk, arguments.named_children[0])
            line = current.start_point[0] + 1
            walk.entries.append(Entry("route", f"{method.upper()} {path}", line, -1, handler, mark.scope, "axum"))
        current = function.child_by_field_name("value")


def _commands(walk: Walk, reader: RustReader, mark: Mark) -> None:
    """The variants of an enum that derives clap's ``Subcommand``."""
    name = reader.decorated(walk, mark.node)
    line = name.start_point[0] + 1 if name is not None else 0
    owner = next((n for n, d in enumerate(walk.symbols) if d.line == line and d.kind is SymbolKind.ENUM), -1)
    for number, draft in enumerate(walk.symbols):
        if owner >= 0 and draft.parent == owner and draft.kind is SymbolKind.CONSTANT:
            label = _CAPITALS.sub("-", draft.name).lower()
            walk.entries.append(Entry("command", label, draft.line, number, framework="clap"))
