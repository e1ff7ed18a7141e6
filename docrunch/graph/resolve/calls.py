"""Rule: what a call returns. A type gives its instance, a function what its annotation names."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve import flow, names
from docrunch.graph.resolve.interface import CALLABLE, TYPES, VALUES
from docrunch.graph.resolve.values import (
    APPLIED,
    DYNAMIC_RECEIVER,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    INSTANCE,
    MEMBER_OF,
    MISS,
    MODULE,
    OVERLOADED,
    RESULT,
    RETURNED,
    SUPER,
    SYMBOL,
    UNTYPED_RETURN,
    Value,
    lower,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver

_UNTYPED = miss(UNTYPED_RETURN)
_MANAGERS = {"contextmanager": "ContextManager", "asynccontextmanager": "AsyncContextManager"}


def result(r: "Resolver", value: Value) -> Value:
    tag, payload, grade = value
    if tag == EXTERNAL:
        return (EXTERNAL_INSTANCE, f"{payload}()", grade)
    if tag == SUPER:
        return value
    if tag == INSTANCE and isinstance(payload, int):
        operator = r.family_of(payload).call_operator
        method = r.hierarchy.member(payload, operator) if operator else miss(DYNAMIC_RECEIVER)
        return r.called(lower(method, grade)) if method[0] == SYMBOL else miss(DYNAMIC_RECEIVER)
    if tag == MODULE and isinstance(payload, int):
        whole = r.family(payload).module_value(r, payload)
        return r.called(whole) if whole is not None and whole[0] != MISS else miss(DYNAMIC_RECEIVER)
    if tag in (APPLIED, MEMBER_OF, RESULT):
        return flow.called(r, value)
    if tag == MISS:
        return _agreed(r, value)
    if tag != SYMBOL or not isinstance(payload, int):
        return miss(DYNAMIC_RECEIVER)
    return _of_symbol(r, payload, grade)


def _agreed(r: "Resolver", value: Value) -> Value:
    """What all of several functions return among which the language chooses by their arguments."""
    agreed: Value | None = None
    for each in r.hierarchy.ambiguity(value):
        given = r.called((SYMBOL, each, OVERLOADED))
        if given[0] == MISS or (agreed is not None and agreed[:2] != given[:2]):
            return value
        agreed = given if agreed is None else lower(agreed, given[2])
    return agreed if agreed is not None else value


def _of_symbol(r: "Resolver", symbol: int, grade: int) -> Value:
    found = r.index.symbols[symbol]
    if found.kind in TYPES:
        made = r.family_of(symbol).makes(r, symbol)
        return lower(made, grade) if made is not None and made[0] != MISS else made or (INSTANCE, symbol, grade)
    if found.kind is SymbolKind.CONSTRUCTOR and not found.returns and r.index.parents[symbol] >= 0:
        return (INSTANCE, r.index.parents[symbol], grade)
    if found.kind in VALUES and (read := r.family_of(symbol).read(r, symbol)) is not None:
        return lower(read, grade) if read[0] != MISS else read
    if found.kind in VALUES and not found.returns:
        enum = r.index.parents[symbol]
        if enum >= 0 and r.index.symbols[enum].kind is SymbolKind.ENUM:
            return (INSTANCE, enum, grade)  # Rust: Enum::Variant(…)
        held = r.held(symbol)
        return r.called(lower(held, grade)) if held[0] == SYMBOL and held[1] != symbol else miss(DYNAMIC_RECEIVER)
    if found.kind not in CALLABLE:
        return miss(UNTYPED_RETURN)
    file, scope = r.index.place_of(symbol)
    for decorator in found.decorators:
        manager = _MANAGERS.get(decorator.rsplit(".", 1)[-1])
        if manager is None:
            continue
        parsed = r.family(file).parse(found.returns)
        args = tuple(flow.written(file, scope, text, ()) for text in parsed.args[:1]) if parsed is not None else ()
        return r.numbered.apply((EXTERNAL_INSTANCE, manager), args, min(grade, RETURNED)) if args else _UNTYPED
    if not found.returns:
        given = r.index.returned(symbol)
        value = names.bound(r, file, scope, given) if given else miss(UNTYPED_RETURN)
        return lower(value, min(grade, RETURNED)) if value[0] != MISS else miss(UNTYPED_RETURN)
    return lower(r.annotated(file, scope, found.returns, RETURNED), grade)
