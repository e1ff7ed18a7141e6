"""Step 4 of linking: supertypes and overrides."""

from docrunch.graph.build import EdgeSet
from docrunch.graph.model import EdgeKind
from docrunch.graph.nodes import NodeSet
from docrunch.graph.resolve.index import CALLABLE, TYPES
from docrunch.graph.resolve.resolver import Resolver
from docrunch.graph.resolve.values import EXACT, EXTERNAL, SYMBOL
from docrunch.parsing.model import Symbol, SymbolKind

_CONTRACTS = frozenset({SymbolKind.INTERFACE, SymbolKind.TRAIT})


def add(r: Resolver, nodes: NodeSet, edges: EdgeSet) -> None:
    for number, symbol in enumerate(r.index.symbols):
        if symbol.kind in TYPES:
            _add_bases(r, nodes, edges, number, symbol)
            _add_overrides(r, nodes, edges, number)
    _add_trait_impls(r, nodes, edges)


def _add_bases(r: Resolver, nodes: NodeSet, edges: EdgeSet, number: int, symbol: Symbol) -> None:
    file, scope = r.index.scope_of(number)
    for base in symbol.bases:
        value = r.hierarchy.base(file, scope, base.name)
        if value[0] == EXTERNAL:
            kind = EdgeKind.IMPLEMENTS if base.relation == "implements" else EdgeKind.INHERITS
            edges.add(nodes.symbols[number], nodes.external(str(value[1])), kind, value[2], base.line)
        elif value[0] == SYMBOL and isinstance(value[1], int) and value[1] != number:
            target = r.index.symbols[value[1]]
            if target.kind in TYPES:
                edges.add(
                    nodes.symbols[number], nodes.symbols[value[1]], _relation(symbol, target), value[2], base.line
                )
        elif value[0] != SYMBOL:
            edges.unresolved(r.index.paths[file], r.index.facts[file].language, f"base_{value[1]}")


def _relation(symbol: Symbol, target: Symbol) -> EdgeKind:
    """A contract is implemented by what is none itself; everything else inherits."""
    contract = target.kind in _CONTRACTS and symbol.kind not in _CONTRACTS
    return EdgeKind.IMPLEMENTS if contract else EdgeKind.INHERITS


def _add_overrides(r: Resolver, nodes: NodeSet, edges: EdgeSet, number: int) -> None:
    """A method overrides the closest one of its name further up."""
    order = r.hierarchy.order(number)
    if len(order) == 1:
        return
    for name in r.hierarchy.own_names(number):
        methods = [m for m in r.hierarchy.own(number, name) if r.index.symbols[m].kind in CALLABLE]
        if not methods or r.index.symbols[methods[0]].kind is SymbolKind.CONSTRUCTOR:
            continue
        above = next((found for place in order[1:] if (found := _methods(r, place, name))), None)
        if above is None:
            continue
        for method in methods:
            grade = EXACT if len(above) == 1 else 0
            if grade and method != above[0]:
                line = r.index.symbols[method].line
                edges.add(nodes.symbols[method], nodes.symbols[above[0]], EdgeKind.OVERRIDES, grade, line)


def _methods(r: Resolver, place: int, name: str) -> list[int]:
    return [m for m in r.hierarchy.own(place, name) if r.index.symbols[m].kind in CALLABLE]


def _add_trait_impls(r: Resolver, nodes: NodeSet, edges: EdgeSet) -> None:
    """Rust: ``impl Trait for Type`` is known by the methods inside it."""
    for number, symbol in enumerate(r.index.symbols):
        if not symbol.trait:
            continue
        owner, trait = r.hierarchy.owner(number), r.hierarchy.trait(number)
        if owner >= 0 and trait >= 0 and owner != trait:
            here = r.index.symbol_file[owner] == r.index.symbol_file[number]
            kind = EdgeKind.IMPLEMENTS
            edges.add(nodes.symbols[owner], nodes.symbols[trait], kind, EXACT, symbol.start_line if here else 0)
