"""Entry points of JavaScript and TypeScript: calls and decorators of the table."""

from docrunch.parsing.entries.reading import Arguments
from docrunch.parsing.languages.javascript.names import chain
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_DEFINITIONS = frozenset(
    {"class_declaration", "abstract_class_declaration", "method_definition", "public_field_definition"}
)
_MAX_CHAIN = 32


class JavaScriptReader:
    language = "javascript"

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        node = call.child_by_field_name("arguments")
        places = [child for child in node.named_children if child.type != "comment"] if node is not None else []
        keywords: dict[str, Node] = {}
        if len(places) == 1 and places[0].type == "object":  # @Controller({ path: "users" })
            for pair in places[0].named_children:
                key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
                if key is not None and value is not None:
                    keywords[walk.read(key).strip("\"'")] = value
        return Arguments(places, keywords)

    def literal(self, walk: Walk, node: Node) -> str | None:
        if node.type == "string" or (node.type == "template_string" and not node.named_child_count):
            return walk.read(node)[1:-1]
        if node.type == "template_string" and all(c.type == "string_fragment" for c in node.named_children):
            return walk.read(node)[1:-1]
        return None

    def words(self, walk: Walk, node: Node, *, constants: bool) -> list[str]:
        if node.type != "array":
            return []
        return [found for child in node.named_children if (found := self.literal(walk, child)) is not None]

    def decorated(self, walk: Walk, call: Node) -> Node | None:
        decorator = call.parent
        if decorator is None or decorator.type != "decorator":
            return None
        around = decorator.parent
        definition: Node | None = around if around is not None and around.type in _DEFINITIONS else decorator
        while definition is not None and definition.type not in _DEFINITIONS:
            definition = definition.next_named_sibling
        if definition is None:
            return call  # of a parameter, say: no symbol
        return definition.child_by_field_name("name")

    def chain(self, walk: Walk, node: Node) -> tuple[str, ...]:
        found = chain(walk, node) if node.type in ("identifier", "member_expression") else ()
        return () if "?" in found else found

    def applied(self, walk: Walk, call: Node) -> Node | None:
        return None

    def assigned(self, walk: Walk, call: Node) -> str:
        return ""

    def inner(self, walk: Walk, call: Node, name: str) -> Node | None:
        current: Node | None = call
        for _ in range(_MAX_CHAIN):
            function = current.child_by_field_name("function") if current is not None else None
            current = function.child_by_field_name("object") if function is not None else None
            if current is None or current.type != "call_expression":
                return None
            callee = current.child_by_field_name("function")
            member = callee.child_by_field_name("property") if callee is not None else None
            if member is not None and walk.read(member) == name:
                return current
        return None
