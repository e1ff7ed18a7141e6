"""Rule: overloads. Which of several functions of one name takes that many arguments."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve.interface import CALLABLE, TYPES, Definition, Parameter
from docrunch.graph.resolve.values import INHERITED_MEMBER, NO_MEMBER, OVERLOADED, SYMBOL, Value, lower, miss
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_GIVEN = ("implicit ", "using ")  # what the compiler passes


def chosen(r: "Resolver", value: Value, arguments: int) -> Value:
    """The function that a call with that many arguments runs; candidates stay candidates where several fit.

    Args: ``arguments``: -1 where their number is unknown. ``value``: a function, or a miss among several.
    """
    several = r.hierarchy.ambiguity(value)
    found = several or ((value[1],) if value[0] == SYMBOL and isinstance(value[1], int) else ())
    if not found or any(r.index.symbols[number].kind not in CALLABLE for number in found if not several):
        return value
    kept = fitting(r.index, found, arguments)
    if len(kept) == 1:
        hidden = _overloaded_above(r, kept[0], arguments)
        if hidden:
            return r.hierarchy.pick((kept[0], *hidden), r.family_of(kept[0]))
        return lower((SYMBOL, kept[0], value[2] if not several else OVERLOADED), OVERLOADED if several else value[2])
    if kept:
        return value if len(kept) == len(found) else r.hierarchy.pick(kept, r.family_of(kept[0]))
    return _above(r, found[0], arguments)


def _overloaded_above(r: "Resolver", method: int, arguments: int) -> list[int]:
    """Methods of the classes above that the call may mean as well: of other parameters, so that nothing overrides them.

    Interfaces are left out: what implements them may name their type parameters.
    """
    definition, owner = r.index.symbols[method], r.index.parents[method]
    if owner < 0 or definition.kind is not SymbolKind.METHOD or "override" in definition.modifiers:
        return []
    if r.index.symbols[owner].kind not in TYPES:
        return []
    types = [p.type for p in definition.params]
    found: list[int] = []
    for place in r.hierarchy.order(owner)[0][1:]:
        if r.index.symbols[place].kind is SymbolKind.CLASS:
            own = [n for n in r.hierarchy.own(place, definition.name) if r.index.symbols[n].kind is SymbolKind.METHOD]
            found += [
                n for n in fitting(r.index, own, arguments) if [p.type for p in r.index.symbols[n].params] != types
            ]
    return [number for number in found if "private" not in r.index.symbols[number].modifiers]


def _above(r: "Resolver", method: int, arguments: int) -> Value:
    """Supertypes may define the name with other parameters."""
    owner = r.index.parents[method]
    if owner < 0 or r.index.symbols[owner].kind not in TYPES:
        return miss(NO_MEMBER)
    name = r.index.symbols[method].name
    for place in r.hierarchy.order(owner)[0][1:]:
        kept = fitting(
            r.index, [n for n in r.hierarchy.own(place, name) if r.index.symbols[n].kind in CALLABLE], arguments
        )
        if len(kept) == 1:
            return (SYMBOL, kept[0], min(INHERITED_MEMBER, OVERLOADED))
        if kept:
            return r.hierarchy.pick(kept, r.family_of(kept[0]))
    return miss(NO_MEMBER)


def fitting(index: "Index", found: Sequence[int], arguments: int) -> list[int]:
    """Those that can be called with so many arguments; explicit implementations only where nothing else can."""
    symbols = index.symbols
    kept = [number for number in found if arguments < 0 or takes(symbols[number], arguments)]
    plain = [number for number in kept if "explicit" not in symbols[number].modifiers]
    return plain or kept


def takes(definition: Definition, arguments: int) -> bool:
    """Whether a function can be called with that many arguments, as a member where it extends a type."""
    params = [p for p in definition.params if not p.type.startswith(_GIVEN)]
    if params and params[0].type.startswith("this "):
        return _between(params[1:], arguments) or _between(params, arguments)
    return _between(params, arguments)


def _between(params: Sequence[Parameter], arguments: int) -> bool:
    needed = len([p for p in params if not (p.optional or _is_open(p.type))])
    return needed <= arguments and (arguments <= len(params) or any(_is_open(p.type) for p in params))


def _is_open(written: str) -> bool:
    return written.startswith("params ") or written.endswith(("*", "..."))
