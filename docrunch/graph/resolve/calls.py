"""Rule: what a call returns. A type gives its instance, a function what its annotation names."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.interface import CALLABLE, TYPES, VALUES
from docrunch.graph.resolve.values import (
    DYNAMIC_RECEIVER,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    INSTANCE,
    MISS,
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

_WRAPPING = frozenset({"contextmanager", "asynccontextmanager", "property", "cached_property"})


def result(r: "Resolver", value: Value) -> Value:
    tag, payload, grade = value
    if tag == EXTERNAL:
        return (EXTERNAL_INSTANCE, payload, grade)
    if tag == SUPER:
        return value
    if tag == INSTANCE and isinstance(payload, int):
        method = r.hierarchy.member(payload, r.family_of(payload).call_operator)
        return r.called(lower(method, grade)) if method[0] == SYMBOL else miss(DYNAMIC_RECEIVER)
    if tag != SYMBOL or not isinstance(payload, int):
        return miss(DYNAMIC_RECEIVER) if tag != MISS else value
    return _of_symbol(r, payload, grade)


def _of_symbol(r: "Resolver", symbol: int, grade: int) -> Value:
    found = r.index.symbols[symbol]
    if found.kind in TYPES:
        return (INSTANCE, symbol, grade)
    if found.kind in VALUES and not found.returns:
        enum = r.index.parents[symbol]
        if enum >= 0 and r.index.symbols[enum].kind is SymbolKind.ENUM:
            return (INSTANCE, enum, grade)  # Rust: Enum::Variant(…)
        held = r.held(symbol)
        return r.called(lower(held, grade)) if held[0] == SYMBOL and held[1] != symbol else miss(DYNAMIC_RECEIVER)
    if found.kind not in CALLABLE or not found.returns:
        return miss(UNTYPED_RETURN)
    if any(decorator.rsplit(".", 1)[-1] in _WRAPPING for decorator in found.decorators):
        return miss(UNTYPED_RETURN)
    file, scope = r.index.place_of(symbol)
    return lower(r.annotated(file, scope, found.returns, RETURNED), grade)
