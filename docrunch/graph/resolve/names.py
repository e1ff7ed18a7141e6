"""Rule: scopes. A bare name means the innermost definition, parameter, local, or import around the place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve.flow import Meanings, Written
from docrunch.graph.resolve.interface import CALLABLE, TYPES, VALUES, Bound, Definition
from docrunch.graph.resolve.values import (
    ALIASED,
    AMBIGUOUS,
    ANNOTATED,
    CONSTRUCTED,
    DYNAMIC_RECEIVER,
    EXTERNAL,
    EXTERNAL_MEMBER,
    INSTANCE,
    LOCAL_VALUE,
    MEMBER_OF,
    MISS,
    NO_CANDIDATE,
    SYMBOL,
    Value,
    lower,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.families.base import Family
    from docrunch.graph.resolve.resolver import Resolver

_LOCAL = miss(LOCAL_VALUE)
_DIGITS = 10  # a number in source text may have as many as the file has characters


def chain(r: "Resolver", file: int, scope: int, parts: tuple[str, ...]) -> Value:
    """Head, then member by member; a part "f()" is followed by what the call returns."""
    if parts[0] == "?":
        return miss(DYNAMIC_RECEIVER)
    family = r.family(file)
    value = _step(r, family, r.head(file, scope, family.asked(parts[0])), parts[0])
    for part in parts[1:]:
        if value[0] == MISS and value[2]:
            value = miss(str(value[1]))  # several could be what is asked, none of them what follows
        if part == "?":
            return value if value[0] == MISS else miss(DYNAMIC_RECEIVER)
        if family.bare_calls:
            value = _run(r, value)
        found = r.member(value, family.asked(part)) if value[0] != MISS else value
        if family.extends and (found[0] == MISS or (found[0] == EXTERNAL_MEMBER and family.extends_outside)):
            found = family.extension(r, file, value, family.asked(part)) or found
        value = _step(r, family, found, part)
        if value[0] == MISS and not family.extends:
            return value
    return value


def _step(r: "Resolver", family: "Family", value: Value, part: str) -> Value:
    if not part.endswith("()") or (value[0] == MISS and value[1] != AMBIGUOUS):
        return value
    return family.made(value) if value[0] == EXTERNAL else r.called(value)


def _run(r: "Resolver", value: Value) -> Value:
    """What a function that is called by its bare name gives; any other value as it is."""
    if value[0] not in (SYMBOL, MEMBER_OF) or not isinstance(value[1], int):
        return value
    symbol = value[1] if value[0] == SYMBOL else r.numbered.member(value).symbol
    return r.called(value) if r.index.symbols[symbol].kind in CALLABLE else value


def type_part(part: str) -> tuple[str, int]:
    """``:Box`1`` → ("Box", 1)."""
    name, _, arity = part[1:].partition("`")
    return name, int(arity) if arity.isdecimal() and len(arity) < _DIGITS else 0


def head(r: "Resolver", file: int, scope: int, name: str) -> Value:
    index = r.index
    family = r.family(file)
    if not name:
        return miss(NO_CANDIDATE)  # in damaged text
    if name[:1] == ":" and family.marks_types:
        bare, arity = type_part(name)
        return family.type_name(r, file, scope, bare, arity)
    if name[-1:] == ")":
        return family.callee(r, file, scope, name)
    own = family.receiver(r, file, scope, name) if scope >= 0 else None
    own = own or family.keyword(r, file, scope, name)
    if own is not None:
        return own
    current = scope
    while current >= 0:
        symbol = index.symbol(file, current)
        if symbol.kind is SymbolKind.NAMESPACE:
            found = _in_namespace(r, file, current, name)
            if found is not None:
                return found
            if family.closed_namespaces:
                return family.outermost(r, file, name)
        elif symbol.kind not in TYPES:
            found = in_callable(r, file, current, symbol, name)
            if found is None and symbol.receiver:
                found = family.in_extension(r, file, current, name)
            if found is not None:
                return found
        else:
            found = family.in_type(r, file, current, name, current == scope)
            if found is not None:
                return found
        current = symbol.parent
    found = family.own_name(r, file, name) or r.module_member(file, name)
    hidden = family.hides_types and found[0] == SYMBOL and _is_type_only(r, found)
    if not hidden and (found[0] != MISS or found[1] != NO_CANDIDATE):
        return found
    bindings = index.bindings(file, -1, name)
    if bindings:  # locals of function literals at module level, where all of the file agree
        return bound(r, file, -1, bindings)
    return found if hidden else family.outermost(r, file, name)


def _is_type_only(r: "Resolver", value: Value) -> bool:
    kind = r.index.symbols[value[1]].kind if isinstance(value[1], int) else None
    return kind in (SymbolKind.INTERFACE, SymbolKind.TYPE)


def in_callable(r: "Resolver", file: int, scope: int, symbol: Definition, name: str) -> Value | None:
    """What a name means in the body of a function, ``None`` where it is none of its own names."""
    inside = r.index.inside(file, scope, name)
    if inside.nested and symbol.kind not in VALUES:  # the members of an object literal are in no scope
        return r.hierarchy.pick(inside.nested, r.family(file))
    if inside.bindings:
        return bound(r, file, scope, inside.bindings)
    if inside.imports:
        return r.imported(file, inside.imports[0])
    for star in inside.stars:
        value = r.member(r.imported(file, star), name)
        if value[0] != MISS:
            return value
    for param in symbol.params:
        if param.name.lstrip("*&.") == name:
            if not param.type:
                return _LOCAL
            meanings = _own_parameters(file, symbol.parent, symbol)
            value = r.typed(file, symbol.parent, param.type, meanings, ANNOTATED)
            return value if value[0] != MISS else _LOCAL
    return _LOCAL if inside.own else None


def _in_namespace(r: "Resolver", file: int, scope: int, name: str) -> Value | None:
    value = r.hierarchy.namespace_member(file, scope, name)
    return value if value[0] != MISS or value[1] == AMBIGUOUS else None


def _own_parameters(file: int, scope: int, symbol: Definition) -> Meanings:
    """The type parameters of a function stand for their bounds."""
    return tuple((name, Written(file, scope, bound, ())) for name, bound in symbol.type_params)


def bound(r: "Resolver", file: int, scope: int, bindings: Sequence[Bound]) -> Value:
    """What a local name holds: all its bindings must agree, else nobody knows at a given line."""
    agreed: Value | None = None
    for binding in bindings:
        value = evaluate(r, file, scope, binding)
        if value[0] == MISS:
            return _LOCAL
        if agreed is None:
            agreed = value
        elif agreed[:2] != value[:2]:
            return _LOCAL
        else:
            agreed = lower(agreed, value[2])
    return agreed if agreed is not None else _LOCAL


def evaluate(r: "Resolver", file: int, scope: int, binding: Bound) -> Value:
    """The value of one binding, read at ``scope``."""
    if binding.type:
        symbol = r.index.symbol(file, scope) if scope >= 0 else None
        place = scope
        if symbol is not None and symbol.kind in CALLABLE and any(p.name == binding.target[0] for p in symbol.params):
            place = symbol.parent  # a parameter's annotation is read outside the function
            if symbol.type_params:
                return r.typed(file, place, binding.type, _own_parameters(file, place, symbol), ANNOTATED)
        return r.annotated(file, place, binding.type, ANNOTATED)
    value = r.chain(file, scope, binding.value)
    return lower(value, CONSTRUCTED if value[0] == INSTANCE else ALIASED)
