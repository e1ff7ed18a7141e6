"""Entry points of JavaScript and TypeScript: calls and decorators of the table."""

import re
from typing import cast

from docrunch.parsing.entries.reading import NO_END, Arguments, Reader
from docrunch.parsing.languages.javascript.frames import ScriptWalk, declaring
from docrunch.parsing.languages.javascript.names import chain
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_DEFINITIONS = frozenset(
    {"class_declaration", "abstract_class_declaration", "method_definition", "public_field_definition"}
)
_MAX_CHAIN = 32
_MAX_DECORATORS = 64  # in front of one definition
_CLOSURES = ("arrow_function", "function_expression")
_ADDRESS = re.compile(r"(?i)(?:prefix|path|base|url|uri|endpoint|root|version)\Z|\.(?:api|routes)\.\w+\Z")


class JavaScriptReader(Reader):
    language = "javascript"

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        node = call.child_by_field_name("arguments")
        places = [child for child in node.named_children if child.type != "comment"] if node is not None else []
        keywords: dict[str, Node] = {}
        if places and places[-1].type == "object":  # @Controller({ path: "users" })
            for pair in places[-1].named_children:
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
        for _ in range(_MAX_DECORATORS):
            if definition is None or definition.type in _DEFINITIONS:
                break
            definition = definition.next_named_sibling
        if definition is None or definition.type not in _DEFINITIONS:
            return call  # of a parameter, say: no symbol
        return definition.child_by_field_name("name")

    def chain(self, walk: Walk, node: Node) -> tuple[str, ...]:
        found = chain(walk, node) if node.type in ("identifier", "member_expression") else ()
        return () if "?" in found else found

    def is_closure(self, walk: Walk, node: Node) -> bool:
        """``(req, res) => {…}``, also wrapped: ``asyncHandler(async (req, res) => {…})``"""
        if node.type == "call_expression":
            return any(each.type in _CLOSURES for each in self.arguments(walk, node).places)
        return node.type in _CLOSURES

    def router(self, walk: Walk, node: Node) -> tuple[str, ...]:
        """``users``, ``api.users``, ``makeRouter()``, ``users.routes()``"""
        found = chain(walk, node) if node.type in ("identifier", "member_expression", "call_expression") else ()
        found = found[:-1] if len(found) > 1 and found[-1] in ("routes()", "default") else found
        return () if "?" in found or any("require" in part for part in found) else found

    def module(self, walk: Walk, node: Node) -> str:
        """``require("./users")``, also ``import("./users")``"""
        while node.type == "member_expression" or node.type == "await_expression":
            inner = node.child_by_field_name("object") or node.named_children[0]
            name = node.child_by_field_name("property")
            if name is not None and walk.read(name) != "default":
                return ""
            node = inner
        function = node.child_by_field_name("function") if node.type == "call_expression" else None
        if function is None or walk.read(function) not in ("require", "import"):
            return ""
        places = self.arguments(walk, node).places
        return (self.literal(walk, places[0]) or "") if places else ""

    def is_address(self, walk: Walk, node: Node) -> bool:
        """``${base}/users``, ``config.api.prefix``, ``BASE_PATH``; a name for anything else may be a router."""
        if node.type in ("template_string", "binary_expression"):
            return True
        return node.type in ("identifier", "member_expression") and bool(_ADDRESS.search(walk.read(node)))

    def assigned(self, walk: Walk, call: Node) -> str:
        around = call.parent
        if around is None or around.type != "variable_declarator":
            return ""
        name = around.child_by_field_name("name")
        return walk.read(name) if name is not None and name.type == "identifier" else ""

    def lasts(self, walk: Walk, call: Node) -> tuple[int, bool]:
        declaration = call.parent.parent if call.parent is not None else None
        block = declaration.parent if declaration is not None else None
        if block is not None and block.type == "export_statement":
            block = block.parent
        if declaration is None or block is None:
            return NO_END, True
        return block.end_byte, declaration.type == "lexical_declaration"

    def hidden(self, walk: Walk, name: str, start: int, scope: int) -> int:
        return declaring(cast(ScriptWalk, walk), name, start, scope)

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
