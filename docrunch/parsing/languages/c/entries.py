"""Entry points of C++: calls of the table."""

import re
from typing import cast

from docrunch.parsing.entries.reading import Arguments, Reader
from docrunch.parsing.languages.c.names import chain
from docrunch.parsing.languages.c.walk import CWalk
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_METHOD = re.compile(r'"([A-Z]+)"_method|HTTPMethod::(\w+)')
_NAMED = ("identifier", "qualified_identifier")
_MAX_CHAIN = 8


class CppReader(Reader):
    language = "cpp"

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        """``CROW_ROUTE(app, "/x").methods("POST"_method)``: what follows is a keyword."""
        listed = call.child_by_field_name("arguments")
        places = [child for child in listed.named_children if child.type != "comment"] if listed is not None else []
        keywords: dict[str, Node] = {}
        current = call
        for _ in range(_MAX_CHAIN):
            outer = current.parent
            if outer is None or outer.type not in ("field_expression", "call_expression"):
                break
            name = outer.child_by_field_name("field")
            around = outer.parent
            if name is not None and around is not None and around.type == "call_expression":
                given = around.child_by_field_name("arguments")
                if given is not None:
                    keywords[walk.read(name)] = given
            current = outer
        return Arguments(places, keywords)

    def literal(self, walk: Walk, node: Node) -> str | None:
        if node.type not in ("string_literal", "raw_string_literal"):
            return None
        parts = [child for child in node.named_children if child.type in ("string_content", "raw_string_content")]
        return "".join(walk.read(part) for part in parts)

    def words(self, walk: Walk, node: Node, *, constants: bool) -> list[str]:
        return [found[1] or found[2] for found in _METHOD.finditer(walk.read(node))]

    def is_closure(self, walk: Walk, node: Node) -> bool:
        """A server's handler writes a response; what a client passes does not."""
        head = node.child_by_field_name("declarator") if node.type == "lambda_expression" else None
        return head is not None and "Response" in walk.read(head)

    def chain(self, walk: Walk, node: Node) -> tuple[str, ...]:
        from_pointer = node.child_by_field_name("argument") if node.type == "pointer_expression" else node
        if from_pointer is None or from_pointer.type not in _NAMED:
            return ()
        found = chain(cast(CWalk, walk), from_pointer)
        return () if "?" in found else found
