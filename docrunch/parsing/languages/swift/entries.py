"""Entry points of Swift: calls of the table."""

from docrunch.parsing.entries.reading import Arguments, Reader
from docrunch.parsing.languages.swift.names import chain
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_NAMED = ("simple_identifier", "navigation_expression")
_MAX_CHAIN = 16


class SwiftReader(Reader):
    language = "swift"

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        """The closure behind the list is the last one by place."""
        suffix = call.child(call.child_count - 1)
        places: list[Node] = []
        keywords: dict[str, Node] = {}
        for child in suffix.named_children if suffix is not None else ():
            if child.type == "lambda_literal":
                places.append(child)
            for argument in child.named_children if child.type == "value_arguments" else ():
                name, value = argument.child_by_field_name("name"), argument.child_by_field_name("value")
                if value is not None and name is not None:
                    keywords[walk.read(name)] = value
                elif value is not None:
                    places.append(value)
        return Arguments(places, keywords)

    def literal(self, walk: Walk, node: Node) -> str | None:
        if node.type != "line_string_literal" or any(c.type != "line_str_text" for c in node.named_children):
            return None
        return walk.read(node)[1:-1]

    def chain(self, walk: Walk, node: Node) -> tuple[str, ...]:
        found = chain(walk, node) if node.type in _NAMED else ()
        found = found[1:] if found[:1] == ("self",) else found
        return () if "?" in found else found

    def router(self, walk: Walk, node: Node) -> tuple[str, ...]:
        """A route collection adds its routes in ``boot``."""
        found = chain(walk, node) if node.type in (*_NAMED, "call_expression") else ()
        return () if "?" in found or not found else (*found, "boot")

    def is_closure(self, walk: Walk, node: Node) -> bool:
        return node.type == "lambda_literal"

    def assigned(self, walk: Walk, call: Node) -> str:
        around = call.parent
        name = around.child_by_field_name("name") if around is not None else None
        return walk.read(name) if around is not None and around.type == "property_declaration" and name else ""

    def inner(self, walk: Walk, call: Node, name: str) -> Node | None:
        current: Node | None = call
        for _ in range(_MAX_CHAIN):
            function = current.named_child(0) if current is not None else None
            current = function.child_by_field_name("target") if function is not None else None
            while current is not None and current.type in ("try_expression", "await_expression"):
                current = current.child_by_field_name("expr")
            if current is None or current.type != "call_expression":
                return None
            callee = current.named_child(0)
            if callee is not None and walk.read(callee).endswith(f".{name}"):
                return current
        return None
