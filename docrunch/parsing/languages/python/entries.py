"""Entry points of Python: calls and decorators of the table, ``if __name__``, test functions."""

from docrunch.parsing.chains import ChainRules, chain_of
from docrunch.parsing.docstrings import clean
from docrunch.parsing.entries.find import find
from docrunch.parsing.entries.reading import Arguments, Reader
from docrunch.parsing.model import Entry, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_TESTED = (SymbolKind.FUNCTION, SymbolKind.METHOD)


class PythonReader(Reader):
    language = "python"

    def __init__(self, rules: ChainRules) -> None:
        self._rules = rules

    def arguments(self, walk: Walk, call: Node) -> Arguments:
        places: list[Node] = []
        keywords: dict[str, Node] = {}
        node = call.child_by_field_name("arguments")
        for child in node.named_children if node is not None and node.type == "argument_list" else ():
            if child.type == "keyword_argument":
                name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                if name is not None and value is not None:
                    keywords[walk.read(name)] = value
            elif child.type != "comment":
                places.append(child)
        return Arguments(places, keywords)

    def literal(self, walk: Walk, node: Node) -> str | None:
        if node.type != "string" or any(child.type == "interpolation" for child in node.children):
            return None
        return clean(walk.read(node))

    def words(self, walk: Walk, node: Node, *, constants: bool) -> list[str]:
        if node.type not in ("list", "tuple", "set"):
            return []
        return [found for child in node.named_children if (found := self.literal(walk, child)) is not None]

    def decorated(self, walk: Walk, call: Node) -> Node | None:
        around = call.parent
        if around is None or around.type != "decorator" or around.parent is None:
            return None
        definition = around.parent.child_by_field_name("definition")
        return definition.child_by_field_name("name") if definition is not None else None

    def chain(self, walk: Walk, node: Node) -> tuple[str, ...]:
        if node.type not in ("identifier", "attribute", "call"):
            return ()
        found = chain_of(walk.text, node, self._rules, walk.chains)
        if found[-1] == "as_view()":  # Django: the class
            found = found[:-1]
        return () if "?" in found or found[-1].endswith("()") else found

    def router(self, walk: Walk, node: Node) -> tuple[str, ...]:
        if node.type not in ("identifier", "attribute", "call"):
            return ()
        found = chain_of(walk.text, node, self._rules, walk.chains)
        if len(found) > 1 and found[-1] in ("urls", "routes"):  # of a router of Django REST framework or Starlette
            found = found[:-1]
        return () if "?" in found else found

    def module(self, walk: Walk, node: Node) -> str:
        """``include("shop.urls")``, ``include(("shop.urls", "shop"))``"""
        if node.type == "tuple" and node.named_child_count:
            node = node.named_children[0]
        return self.literal(walk, node) or ""

    def listed(self, walk: Walk, call: Node) -> str:
        around = call.parent
        while around is not None and around.type in ("list", "tuple", "binary_operator", "parenthesized_expression"):
            around = around.parent
        if around is None or around.type not in ("assignment", "augmented_assignment"):
            return ""
        left = around.child_by_field_name("left")
        return walk.read(left) if left is not None and left.type == "identifier" else ""

    def applied(self, walk: Walk, call: Node) -> Node | None:
        outer = call.parent
        if outer is None or outer.type != "call" or outer.child_by_field_name("function") != call:
            return None
        places = self.arguments(walk, outer).places
        return places[0] if places else None

    def assigned(self, walk: Walk, call: Node) -> str:
        around = call.parent
        left = around.child_by_field_name("left") if around is not None and around.type == "assignment" else None
        return walk.read(left) if left is not None and left.type == "identifier" else ""


def add_entries(walk: Walk, reader: PythonReader) -> None:
    find(walk, reader)
    main = next((n for n, draft in enumerate(walk.symbols) if draft.name == "main" and draft.parent < 0), -1)
    for line in walk.guards:
        walk.entries.append(Entry("main", "", line, main))
    for number, draft in enumerate(walk.symbols):
        if draft.kind in _TESTED and draft.name.startswith("test"):
            walk.entries.append(Entry("test", draft.name, draft.line, number))
