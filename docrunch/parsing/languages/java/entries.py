"""Entry points of Java: annotations of the table, ``main``."""

from docrunch.parsing.entries.find import find
from docrunch.parsing.entries.reading import Arguments, Reader
from docrunch.parsing.model import Entry
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk


class JavaReader(Reader):
    language = "java"

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        places: list[Node] = []
        keywords: dict[str, Node] = {}
        node = call.child_by_field_name("arguments")
        for child in node.named_children if node is not None else ():
            if child.type == "element_value_pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is not None and value is not None:
                    keywords[walk.read(key)] = value
            elif not child.type.endswith("comment"):
                places.append(child)
        return Arguments(places, keywords)

    def literal(self, walk: Walk, node: Node) -> str | None:
        return walk.read(node)[1:-1] if node.type == "string_literal" else None

    def words(self, walk: Walk, node: Node, *, constants: bool) -> list[str]:
        """``{"/a", "/b"}``, ``{RequestMethod.GET, RequestMethod.HEAD}``"""
        found = []
        for each in node.named_children if node.type == "element_value_array_initializer" else (node,):
            written = self.literal(walk, each)
            if written is not None:
                found.append(written)
            elif constants and each.type in ("field_access", "identifier"):
                found.append(walk.read(each))
        return found

    def decorated(self, walk: Walk, call: Node) -> Node | None:
        around = call.parent.parent if call.parent is not None else None
        return around.child_by_field_name("name") if around is not None else None


def add_entries(walk: Walk, reader: JavaReader) -> None:
    find(walk, reader)
    for number, draft in enumerate(walk.symbols):
        if draft.name == "main" and "static" in draft.modifiers and draft.returns == "void":
            walk.entries.append(Entry("main", "", draft.line, number))
