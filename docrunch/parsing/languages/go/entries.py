"""Entry points of Go: calls of the table, commands of cobra."""

from docrunch.parsing.chains import ChainRules, chain_of
from docrunch.parsing.entries.find import find
from docrunch.parsing.entries.reading import NO_END, Arguments, Reader
from docrunch.parsing.model import Entry
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_STRINGS = ("interpreted_string_literal", "raw_string_literal")
_MAX_CHAIN = 32
_RUN = ("Run", "RunE")


class GoReader(Reader):
    language = "go"

    def __init__(self, rules: ChainRules) -> None:
        self._rules = rules

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        node = call.child_by_field_name("arguments")
        return Arguments([c for c in node.named_children if c.type != "comment"] if node is not None else [], {})

    def literal(self, walk: Walk, node: Node) -> str | None:
        return walk.read(node)[1:-1] if node.type in _STRINGS else None

    def chain(self, walk: Walk, node: Node) -> tuple[str, ...]:
        if node.type == "call_expression":  # http.HandlerFunc(f), middleware(f)
            places = self.arguments(walk, node).places
            node = places[0] if len(places) == 1 else node
        if node.type not in ("identifier", "selector_expression"):
            return ()
        found = chain_of(walk.text, node, self._rules, walk.chains)
        return () if "?" in found or found[-1].endswith("()") else found

    def router(self, walk: Walk, node: Node) -> tuple[str, ...]:
        if node.type not in ("identifier", "selector_expression", "call_expression"):
            return ()
        found = chain_of(walk.text, node, self._rules, walk.chains)
        return () if "?" in found else found

    def inner(self, walk: Walk, call: Node, name: str) -> Node | None:
        current: Node | None = call
        for _ in range(_MAX_CHAIN):
            function = current.child_by_field_name("function") if current is not None else None
            current = function.child_by_field_name("operand") if function is not None else None
            callee = current.child_by_field_name("function") if current is not None else None
            field = callee.child_by_field_name("field") if callee is not None else None
            if current is None or callee is None:
                return None
            if field is not None and walk.read(field) == name:
                return current
        return None

    def assigned(self, walk: Walk, call: Node) -> str:
        around = call.parent.parent if call.parent is not None else None
        if around is None or around.type not in ("short_var_declaration", "assignment_statement"):
            return ""
        left = around.child_by_field_name("left")
        return walk.read(left) if left is not None and left.named_child_count == 1 else ""

    def lasts(self, walk: Walk, call: Node) -> tuple[int, bool]:
        around = call.parent.parent if call.parent is not None else None
        block = around.parent if around is not None else None
        if around is None or block is None:
            return NO_END, True
        return block.end_byte, around.type == "short_var_declaration"


def add_entries(walk: Walk, reader: GoReader) -> None:
    commands = [mark for mark in walk.marks if mark.chain == ("cobra", "Command")]
    find(walk, reader)
    for mark in commands:
        _command(walk, reader, mark.node, mark.scope)


def _command(walk: Walk, reader: GoReader, node: Node, scope: int) -> None:
    """``&cobra.Command{Use: "serve [flags]", RunE: serve}``"""
    body = node.child_by_field_name("body")
    fields: dict[str, Node] = {}
    for element in body.named_children if body is not None else ():
        key, value = element.child_by_field_name("key"), element.child_by_field_name("value")
        if element.type == "keyed_element" and key is not None and value is not None and value.named_child_count:
            fields[walk.read(key)] = value.named_children[0]
    label = reader.literal(walk, fields["Use"]) if "Use" in fields else None
    run = next((fields[name] for name in _RUN if name in fields), None)
    if label and run is not None:
        name = label.split(" ", 1)[0]
        line = node.start_point[0] + 1
        walk.entries.append(Entry("command", name, line, -1, reader.chain(walk, run), scope, "cobra"))
