"""What contains what. Every node but the repository and the outside is contained in exactly one other."""

from docrunch.graph.model import EdgeKind
from docrunch.graph.place import Place
from docrunch.graph.resolve.interface import TYPES
from docrunch.graph.resolve.values import EXACT


def add(here: Place) -> None:
    """Edges from this file's module and symbols; a method is contained in its type, wherever it is written."""
    index, hierarchy = here.index, here.r.hierarchy
    for scope, number in enumerate(index.own_symbols(here.file)):
        symbol = index.symbols[number]
        if symbol.kind in TYPES:
            _add_foreign(here, number)
        owner = hierarchy.owner(number) if symbol.receiver else -1
        if owner >= 0 and index.symbol_file[owner] != here.file:
            continue  # an edge of the owner's file
        parent = owner if owner >= 0 else index.parents[number]
        outer = index.id_of(parent) if parent >= 0 else here.module
        here.edges.add(outer, index.id_of(number), EdgeKind.CONTAINS, EXACT, here.facts.symbols[scope].line)


def _add_foreign(here: Place, number: int) -> None:
    """Methods of this file's types that are written in other files; their lines are not lines of this file."""
    source = here.index.id_of(number)
    for methods in here.r.hierarchy.attached(number).values():
        for path, method in methods:
            if path != here.path:
                target = here.index.id_of(here.index.method(path, method.symbol))
                here.edges.add(source, target, EdgeKind.CONTAINS, EXACT)
