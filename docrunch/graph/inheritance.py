"""Supertypes and overrides. Edges start at this file's types and methods, wherever the type of a method is."""

from docrunch.graph.model import EdgeKind
from docrunch.graph.place import Place
from docrunch.graph.resolve.interface import CALLABLE, TYPES, Definition
from docrunch.graph.resolve.values import EXACT, EXTERNAL, FULFILLED, SYMBOL
from docrunch.parsing.model import SymbolKind


def add(here: Place) -> None:
    members: dict[tuple[int, str], None] = {}  # types and names of methods written in this file
    for number in here.index.own_symbols(here.file):
        symbol = here.index.symbols[number]
        if symbol.kind in TYPES:
            _add_bases(here, number, symbol)
            _add_trait_impls(here, number)
            for contract in here.r.family(here.file).contracts(here.r, number):
                target, line = here.index.id_of(contract), here.facts.symbols[here.index.place_of(number)[1]].line
                here.edges.add(here.index.id_of(number), target, EdgeKind.IMPLEMENTS, FULFILLED, line)
            for outside, _ in here.r.family(here.file).outside_contracts(here.r, number):
                line = here.facts.symbols[here.index.place_of(number)[1]].line
                here.edges.add(here.index.id_of(number), here.external(outside), EdgeKind.IMPLEMENTS, FULFILLED, line)
            members.update(((number, name), None) for name in here.index.members.get(number, ()))
        if symbol.receiver:
            owner = here.r.hierarchy.owner(number)
            if owner >= 0:
                members[owner, symbol.name] = None
        _add_declarations(here, number)
    for owner, name in members:
        _add_overrides(here, owner, name)


def _add_declarations(here: Place, number: int) -> None:
    """A definition implements what announces it (C, C++): nothing that leads to a declaration ends there."""
    for announced in here.r.family(here.file).declarations(here.r, number):
        scope = here.index.place_of(number)[1]
        line = here.facts.symbols[scope].line
        here.edges.add(here.source(scope), here.index.id_of(announced), EdgeKind.IMPLEMENTS, EXACT, line)


def _add_bases(here: Place, number: int, symbol: Definition) -> None:
    file, scope = here.index.scope_of(number)
    source = here.index.id_of(number)
    for base in here.facts.symbols[here.index.place_of(number)[1]].bases:
        value = here.r.hierarchy.base(file, scope, base.name, base.args)
        if value[0] == EXTERNAL:
            kind = EdgeKind.IMPLEMENTS if base.relation == "implements" else EdgeKind.INHERITS
            here.edges.add(source, here.external(str(value[1])), kind, value[2], base.line)
        elif value[0] == SYMBOL and isinstance(value[1], int) and value[1] != number:
            target = here.index.symbols[value[1]]
            if target.kind in TYPES:
                kind = _relation(symbol, target, here.r.family_of(number).contract_kinds)
                here.edges.add(source, here.index.id_of(value[1]), kind, value[2], base.line)
        elif value[0] != SYMBOL:
            here.unresolved(f"base_{value[1]}")


def _relation(symbol: Definition, target: Definition, contracts: frozenset[SymbolKind]) -> EdgeKind:
    """A contract is implemented by what is none itself; everything else inherits."""
    contract = target.kind in contracts and symbol.kind not in contracts
    return EdgeKind.IMPLEMENTS if contract else EdgeKind.INHERITS


def _add_overrides(here: Place, owner: int, name: str) -> None:
    """A method overrides the closest one of its name further up."""
    order = here.r.hierarchy.order(owner)[0]
    contracts = here.r.family_of(owner).contracts(here.r, owner)
    outside = [
        interface for interface, names in here.r.family_of(owner).outside_contracts(here.r, owner) if name in names
    ]
    if len(order) == 1 and not contracts and not outside:
        return
    methods = _methods(here, owner, name)
    if not methods or here.index.symbols[methods[0]].kind is SymbolKind.CONSTRUCTOR:
        return
    for contract in contracts:
        for place in here.r.hierarchy.order(contract)[0]:
            _override(here, methods, _methods(here, place, name), FULFILLED)
    for interface in outside:
        _override_outside(here, methods, f"{interface}.{name}")
    above = next((found for place in order[1:] if (found := _methods(here, place, name))), None)
    _override(here, methods, above or [], EXACT)


def _override(here: Place, methods: list[int], above: list[int], grade: int) -> None:
    static = bool(above) and "static" in here.index.symbols[above[0]].modifiers
    for method in methods if len(above) == 1 else ():
        if ("static" in here.index.symbols[method].modifiers) != static:
            continue
        if method != above[0] and here.index.symbol_file[method] == here.file:
            scope = here.index.place_of(method)[1]
            line = here.facts.symbols[scope].line
            here.edges.add(here.source(scope), here.index.id_of(above[0]), EdgeKind.OVERRIDES, grade, line)


def _override_outside(here: Place, methods: list[int], above: str) -> None:
    for method in methods:
        if here.index.symbol_file[method] == here.file:
            scope = here.index.place_of(method)[1]
            line = here.facts.symbols[scope].line
            here.edges.add(here.source(scope), here.external(above), EdgeKind.OVERRIDES, FULFILLED, line)


def _methods(here: Place, place: int, name: str) -> list[int]:
    return [m for m in here.r.hierarchy.own(place, name) if here.index.symbols[m].kind in CALLABLE]


def _add_trait_impls(here: Place, number: int) -> None:
    """Rust: ``impl Trait for Type`` is known by the methods inside it, in whatever file."""
    for methods in here.r.hierarchy.attached(number).values():
        for path, method in methods:
            trait = here.r.hierarchy.symbol_of(method.trait)
            if trait >= 0 and trait != number:
                line = here.facts.symbols[method.symbol].start_line if path == here.path else 0
                source, target = here.index.id_of(number), here.index.id_of(trait)
                here.edges.add(source, target, EdgeKind.IMPLEMENTS, EXACT, line)
