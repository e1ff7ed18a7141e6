"""Entry points of Kotlin: annotations and calls of the table, ``main``."""

from docrunch.parsing.entries.find import find
from docrunch.parsing.entries.reading import Arguments, Reader
from docrunch.parsing.entries.tables import marked_names, passing
from docrunch.parsing.languages.kotlin.names import chain, child_of, dotted
from docrunch.parsing.model import Entry, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_ROUTERS = frozenset({"Route", "Routing", "RoutingBuilder", "Application"})
_STRINGS = ("string_literal", "multiline_string_literal")
_MARKED = marked_names("kotlin")
_PASSING = passing("kotlin")
_NAMED = ("identifier", "navigation_expression")


class KotlinReader(Reader):
    language = "kotlin"

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        """The lambda behind the list is the last one by place."""
        places: list[Node] = []
        keywords: dict[str, Node] = {}
        last = call.children[-1] if call.child_count else None
        callee = call.children[0] if call.child_count else None
        behind = last is not None and last.type == "annotated_lambda" and callee is not None
        holder = callee if behind and callee is not None and callee.type == "call_expression" else call
        listed = child_of(child_of(holder, "constructor_invocation") or holder, "value_arguments")
        for child in listed.named_children if listed is not None else ():
            given = child.named_children
            if child.type != "value_argument" or not given:
                continue
            if len(given) > 1 and any(each.type == "=" for each in child.children):
                keywords[walk.read(given[0])] = given[-1]
            else:
                places.append(given[-1])
        if behind and last is not None:
            places.append(last)
        return Arguments(places, keywords)

    def literal(self, walk: Walk, node: Node) -> str | None:
        """A lambda in the place of a path stands for none."""
        if node.type == "annotated_lambda":
            return ""
        if node.type not in _STRINGS or any(c.type == "interpolation" for c in node.named_children):
            return None
        return walk.read(node).strip('"')

    def words(self, walk: Walk, node: Node, *, constants: bool) -> list[str]:
        found = []
        for each in node.named_children if node.type == "collection_literal" else (node,):
            written = self.literal(walk, each)
            if written is not None:
                found.append(written)
            elif constants and each.type in _NAMED:
                found.append(walk.read(each))
        return found

    def decorated(self, walk: Walk, call: Node) -> Node | None:
        around = call.parent
        if call.type != "annotation" or around is None or around.parent is None:
            return None
        return around.parent.child_by_field_name("name") or call

    def chain(self, walk: Walk, node: Node) -> tuple[str, ...]:
        found = chain(walk, node) if node.type in _NAMED else ()
        return () if "?" in found else found

    def is_closure(self, walk: Walk, node: Node) -> bool:
        return node.type == "annotated_lambda"

    def implicit(self, walk: Walk, scope: int) -> int | None:
        while scope >= 0:
            if walk.symbols[scope].receiver in _ROUTERS:
                return scope
            scope = walk.symbols[scope].parent
        return -1


def mark_annotations(walk: Walk, node: Node, names: tuple[str, ...]) -> None:
    """Args: ``names`` of the annotations of a declaration."""
    if _MARKED.isdisjoint(names):
        return
    for child in node.children[0].children:
        name = dotted(walk, child_of(child_of(child, "constructor_invocation") or child, "user_type"))
        if name in _MARKED:
            walk.mark((name,), child)


def mark_call(walk: Walk, node: Node, called: tuple[str, ...]) -> None:
    """Calls of the table, and those that may add routes to the receiver of the function around them."""
    if called[-1] in _MARKED or (len(called) == 1 and "routing" in walk.extra):
        walk.mark(called, node)


def note_import(walk: Walk, module: str) -> None:
    if module.startswith(_PASSING):
        walk.extra["routing"] = []


def add_entries(walk: Walk, reader: KotlinReader) -> None:
    """``main`` at the top of a file is where a program starts."""
    find(walk, reader)
    for number, draft in enumerate(walk.symbols):
        if draft.name == "main" and draft.parent < 0 and draft.kind is SymbolKind.FUNCTION and not draft.receiver:
            walk.entries.append(Entry("main", "", draft.line, number))
