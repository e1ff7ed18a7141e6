"""Rule: languages in which functions, values and types of one name live apart, and several functions may share one.

For these families (`Family.separate_calls`) a call is asked for as "name(2)", its name and the number of its arguments,
and "name(?)" where the number is not known; a plain name asks for a value or type. Inside a chain "name()" is what the
call gives. Functions are chosen by the number of arguments alone: where that leaves several, they are candidates and
none is taken.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve.interface import CALLABLE, Definition
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
    return name[:at], int(given) if given.isdigit() else UNKNOWN


def fits(definition: Definition, arguments: int) -> bool:
    """Whether a function can be called with so many arguments."""
    if arguments < 0:
        return True
    params = definition.params
    most, needed = len(params), sum(1 for param in params if not param.optional)
    if any(_is_open(param.type) for param in params):
        return arguments >= needed - 1
    return needed <= arguments <= most


def _is_open(type_: str) -> bool:
    return type_.endswith("...") or type_.startswith(("vararg ", "params "))


def choose(r: "Resolver", found: Sequence[int], arguments: int) -> Value | None:
    """The one function of several that a call can mean; ``None`` where none fits."""
    symbols = r.index.symbols
    fitting = [number for number in found if fits(symbols[number], arguments)]
    kept: list[int] = []
    for number in fitting:
        if not any(_replaces(r, nearer, number) for nearer in kept):
            kept.append(number)
    if not kept:
        return None
    if len(kept) == 1:
        return (SYMBOL, kept[0], EXACT if len(found) == 1 else OVERLOADED)
    return r.hierarchy.pick(kept, r.family_of(kept[0]))


def _replaces(r: "Resolver", nearer: int, farther: int) -> bool:
    """Whether a method of a subtype overrides one further up: equal types, type parameters aside."""
    near, far = r.index.symbols[nearer], r.index.symbols[farther]
    if r.index.parents[nearer] == r.index.parents[farther] or len(near.params) != len(far.params):
        return False
    owner = r.index.parents[farther]
    free = {name for name, _ in far.type_params}
    if owner >= 0:
        free.update(name for name, _ in r.index.symbols[owner].type_params)
    pairs = zip(near.params, far.params, strict=True)
    return all(_bare(a.type) == _bare(b.type) or _bare(b.type).rstrip("[]") in free for a, b in pairs)


def _bare(type_: str) -> str:
    """``Map`` of ``java.util.Map<K, V>``."""
    head = type_.split("<", 1)[0]
    return head.rsplit(".", 1)[-1].strip("? ") + ("[]" if type_.endswith(("[]", "...")) else "")


def method(r: "Resolver", symbol: int, name: str, *, skip_own: bool = False) -> Value:
    """A method of a type or of its supertypes."""
    bare, arguments = asked(name)
    order, outside = r.hierarchy.order(symbol)
    symbols = r.index.symbols
    found: list[int] = []
    for place in order[1:] if skip_own else order:
        own = r.hierarchy.own(place, bare)
        found += [n for n in own if symbols[n].kind in CALLABLE and symbols[n].kind is not SymbolKind.CONSTRUCTOR]
    chosen = choose(r, found, arguments)
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
    fitting = [number for number in found if fits(r.index.symbols[number], arguments)]
    if arguments < 0 or len(fitting) != 1 or (definition.params and fits(definition, arguments)):
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
    return any(fits(each, arguments) for each in written)


def of_self(r: "Resolver", found: Value) -> Value:
    """A method called by its bare name: a subclass may have replaced it, unless the language forbids that."""
    if found[0] != SYMBOL or not isinstance(found[1], int):
        return found
    return found if _FIXED.intersection(r.index.symbols[found[1]].modifiers) else lower(found, SELF_MEMBER)
