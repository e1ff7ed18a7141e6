"""Rule: languages in which functions, values and types of one name live apart, and several functions may share one.

For these families (`Family.separate_calls`) a call is asked for as "name(2)", its name and the number of its arguments,
and "name(?)" where the number is not known; a plain name asks for a value or type. Inside a chain "name()" is what the
call gives. Here functions are chosen by the number of arguments alone (`overloads.by_number`).
"""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.interface import CALLABLE
from docrunch.graph.resolve.overloads import by_number, takes
from docrunch.graph.resolve.values import (
    EXACT,
    EXTERNAL_BASE,
    INHERITED_MEMBER,
    MISS,
    NO_MEMBER,
    NO_OVERLOAD,
    OVERLOADED,
    SELF_MEMBER,
    SYMBOL,
    Value,
    lower,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver

UNKNOWN = -1
_DIGITS = 10  # a number in source text may have as many as the file has characters
_FIXED = frozenset({"private", "static", "final"})  # methods that no subclass replaces


def call(name: str, arguments: int) -> str:
    """How a call of a name is asked for."""
    return f"{name}({arguments})" if arguments >= 0 else f"{name}(?)"


def is_call(name: str) -> bool:
    return name[-1] == ")"


def asked(name: str) -> tuple[str, int]:
    """Name and number of arguments of a call."""
    at = name.find("(")
    given = name[at + 1 : -1]
    return name[:at], int(given) if given.isdecimal() and len(given) < _DIGITS else UNKNOWN


def method(r: "Resolver", symbol: int, name: str, *, skip_own: bool = False) -> Value:
    """A method of a type or of its supertypes."""
    bare, arguments = asked(name)
    order, outside = r.hierarchy.order(symbol)
    symbols = r.index.symbols
    found: list[int] = []
    for place in order[1:] if skip_own else order:
        own = r.hierarchy.own(place, bare)
        found += [n for n in own if symbols[n].kind in CALLABLE and symbols[n].kind is not SymbolKind.CONSTRUCTOR]
    chosen = by_number(r, found, arguments)
    if chosen is None:
        return miss(EXTERNAL_BASE if outside else NO_OVERLOAD if found else NO_MEMBER)
    if chosen[0] == MISS or not isinstance(chosen[1], int):
        return chosen
    return lower(chosen, EXACT if r.index.parents[chosen[1]] == symbol else INHERITED_MEMBER)


def value(r: "Resolver", symbol: int, name: str, *, skip_own: bool = False) -> Value:
    """A field, constant or nested type of a type or of its supertypes, else the method of that name."""
    order, outside = r.hierarchy.order(symbol)
    symbols = r.index.symbols
    methods: list[int] = []
    for place in order[1:] if skip_own else order:
        own = r.hierarchy.own(place, name)
        kept = [number for number in own if symbols[number].kind not in CALLABLE]
        if kept:
            return (SYMBOL, kept[0], EXACT)
        methods = methods or [number for number in own if symbols[number].kind is not SymbolKind.CONSTRUCTOR]
    if methods:
        return r.hierarchy.pick(methods, r.family_of(methods[0]))
    return miss(EXTERNAL_BASE if outside else NO_MEMBER)


def constructor(r: "Resolver", symbol: int, arguments: int) -> Value:
    """The constructor that makes an instance, the type itself where none is written or several could be meant.

    Args: ``arguments``: -1 also where the instance is one of a nameless subclass.
    """
    definition = r.index.symbols[symbol]
    written = r.index.members.get(symbol, {}).get(definition.name, ())
    found = [n for n in written if r.index.symbols[n].kind is SymbolKind.CONSTRUCTOR]
    family = r.family_of(symbol)
    fitting = [number for number in found if takes(family, r.index.symbols[number], arguments)]
    if arguments < 0 or len(fitting) != 1 or (definition.params and takes(family, definition, arguments)):
        return (SYMBOL, symbol, EXACT)
    return (SYMBOL, fitting[0], EXACT if len(found) == 1 else OVERLOADED)


def makes(r: "Resolver", symbol: int, arguments: int) -> bool:
    """Whether a type can be made from so many arguments."""
    definition = r.index.symbols[symbol]
    if definition.kind is SymbolKind.INTERFACE:
        return arguments == 1 and not definition.modifiers
    written = [definition]
    for number in r.index.members.get(symbol, {}).get(definition.name, ()):
        written.append(r.index.symbols[number])
    return any(takes(r.family_of(symbol), each, arguments) for each in written)


def of_self(r: "Resolver", found: Value) -> Value:
    """A method called by its bare name: a subclass may have replaced it, unless the language forbids that."""
    if found[0] != SYMBOL or not isinstance(found[1], int):
        return found
    return found if _FIXED.intersection(r.index.symbols[found[1]].modifiers) else lower(found, SELF_MEMBER)
