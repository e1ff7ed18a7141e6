"""Rule: annotations. Which type of the repository an annotation as written names, if exactly one."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve import flow
from docrunch.graph.resolve.annotations import CLASS, FUNCTION, MAP, SEQUENCE, TUPLE, Expression
from docrunch.graph.resolve.flow import Meanings, Written
from docrunch.graph.resolve.interface import TYPES
from docrunch.graph.resolve.values import (
    DYNAMIC_RECEIVER,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    INSTANCE,
    MISS,
    SYMBOL,
    Value,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver

_SHAPELESS = frozenset({"Any", "any", "object", "Object", "unknown", "never"})  # types that say nothing of members
_SHAPES = frozenset({SEQUENCE, MAP, TUPLE, FUNCTION})


def instance(r: "Resolver", file: int, scope: int, written: str, grade: int) -> Value:
    return typed(r, file, scope, written, (), grade)


def typed(r: "Resolver", file: int, scope: int, written: str, meanings: Meanings, grade: int) -> Value:
    """An instance of the annotated type; a miss for unions, unknown type parameters and what has no members."""
    family = r.family(file)
    found = family.parse(written)
    if found is None:
        return miss(DYNAMIC_RECEIVER)
    for name, meaning in meanings:
        if name == found.name:
            return flow.read(r, meaning, grade) if meaning.text else miss(DYNAMIC_RECEIVER)
    args = tuple([flow.written(file, scope, text, meanings) for text in found.args])
    if found.name in _SHAPES:
        return r.numbered.apply((EXTERNAL_INSTANCE, found.name), args, grade) if args else miss(DYNAMIC_RECEIVER)
    if found.name == CLASS:
        value = flow.read(r, args[0], grade)
        return (SYMBOL, value[1], value[2]) if value[0] == INSTANCE else miss(DYNAMIC_RECEIVER)
    return _named(r, file, scope, found, args, grade)


def _named(r: "Resolver", file: int, scope: int, found: Expression, args: tuple[Written, ...], grade: int) -> Value:
    family = r.family(file)
    parts = family.parts(found.name)
    owner = family.itself(r, file, scope, parts[-1])
    if owner >= 0:
        return (INSTANCE, owner, grade)
    if len(parts) == 1:
        bound = _bound(r, file, scope, parts[0])
        if bound is not None:
            return r.annotated(file, scope, bound, grade) if bound else miss(DYNAMIC_RECEIVER)
    if family.marks_types:
        parts = (*parts[:-1], f":{parts[-1]}`{len(args)}" if args else ":" + parts[-1])
    return _instance_of(r, family.beside(r, r.chain(file, scope, parts)), args, grade)


def _bound(r: "Resolver", file: int, scope: int, name: str) -> str | None:
    """The bound of a type parameter around a place, "" without a bound, ``None`` where the name is none."""
    while scope >= 0:
        symbol = r.index.symbol(file, scope)
        for known, bound in symbol.type_params:
            if known == name:
                return bound if bound != name else ""
        scope = symbol.parent
    return None


def _instance_of(r: "Resolver", value: Value, args: tuple[Written, ...], grade: int) -> Value:
    if value[0] == EXTERNAL:
        if str(value[1]).rsplit(".", 1)[-1] in _SHAPELESS:
            return miss(DYNAMIC_RECEIVER)
        return flow.outside(str(value[1]), args, r, grade)
    if value[0] != SYMBOL or not isinstance(value[1], int):
        return miss(DYNAMIC_RECEIVER)
    symbol = r.index.symbols[value[1]]
    grade = min(grade, value[2])
    if symbol.kind is SymbolKind.TYPE and symbol.type:
        file, scope = r.index.scope_of(value[1])
        meanings = tuple((name, arg) for (name, _), arg in zip(symbol.type_params, args, strict=False))
        aliased = r.typed(file, scope, symbol.type, meanings, grade)
        if aliased[0] != MISS and r.family(file).follows_aliases:
            return aliased
    if symbol.kind not in TYPES:
        return miss(DYNAMIC_RECEIVER)
    if args and symbol.type_params:
        return r.numbered.apply((INSTANCE, value[1]), args, grade)
    return (INSTANCE, value[1], grade)
