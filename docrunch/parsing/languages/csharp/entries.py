"""Entry points of C#: attributes and calls of the table."""

import msgspec

from docrunch.parsing.entries.find import find
from docrunch.parsing.entries.reading import Arguments, Reader
from docrunch.parsing.languages.csharp.names import chain
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_STRINGS = ("string_literal", "verbatim_string_literal", "raw_string_literal")
_NAMES = ("identifier", "member_access_expression")


class CSharpReader(Reader):
    language = "csharp"

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        lists = (child for child in call.named_children if child.type in ("argument_list", "attribute_argument_list"))
        listed = next(lists, None)
        places = [
            child.named_children[0]
            for child in (listed.named_children if listed is not None else ())
            if child.type in ("argument", "attribute_argument") and child.named_child_count == 1
        ]
        return Arguments(places, {})

    def literal(self, walk: Walk, node: Node) -> str | None:
        return walk.read(node).lstrip("@").strip('"') if node.type in _STRINGS else None

    def decorated(self, walk: Walk, call: Node) -> Node | None:
        if call.type != "attribute":
            return None
        around = call.parent.parent if call.parent is not None else None
        return (around.child_by_field_name("name") if around is not None else None) or call

    def chain(self, walk: Walk, node: Node) -> tuple[str, ...]:
        found = chain(walk, node) if node.type in _NAMES else ()
        return () if "?" in found else found

    def assigned(self, walk: Walk, call: Node) -> str:
        around = call.parent
        name = (
            around.child_by_field_name("name") if around is not None and around.type == "variable_declarator" else None
        )
        return walk.read(name) if name is not None else ""


def add_entries(walk: Walk, reader: CSharpReader) -> None:
    """``[controller]`` in a path is the name of the type."""
    find(walk, reader)
    for place, entry in enumerate(walk.entries):
        owner = walk.symbols[entry.symbol].parent if entry.symbol >= 0 else -1
        if owner >= 0 and "[" in entry.label:
            symbol, type_ = walk.symbols[entry.symbol], walk.symbols[owner].name.removesuffix("Controller")
            label = entry.label.replace("[controller]", type_).replace("[action]", symbol.name)
            walk.entries[place] = msgspec.structs.replace(entry, label=label)
