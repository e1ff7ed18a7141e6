"""Rule: the receiver. ``self``, ``this``, ``cls``, ``super``, ``Self`` and Go's named receivers."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.interface import TYPES, Definition
from docrunch.graph.resolve.values import EXACT, INSTANCE, LOCAL_VALUE, SELF_MEMBER, SUPER, SYMBOL, Value, miss
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver


def receiver(r: "Resolver", file: int, scope: int, name: str) -> Value | None:
    """The value of a receiver's name at a place, ``None`` where the name is no receiver."""
    if scope < 0:
        return None
    family = r.index.families[file]
    if family == "python":
        return _python(r, file, scope, name)
    if family == "javascript":
        return _javascript(r, file, scope, name) if name in ("this", "super") else None
    if family == "go":
        return _go(r, file, scope, name)
    return _rust(r, file, scope, name) if name in ("self", "Self") else None


def _python(r: "Resolver", file: int, scope: int, name: str) -> Value | None:
    if name == "super":
        owner = r.index.enclosing_type(file, scope)
        return (SUPER, owner, SELF_MEMBER) if owner >= 0 else None
    if name not in ("self", "cls", "mcs", "klass"):
        return None
    current = scope
    while current >= 0:
        symbol = r.index.symbol(file, current)
        inside_class = symbol.parent >= 0 and r.index.symbol(file, symbol.parent).kind in TYPES
        if symbol.params and symbol.params[0].name == name and inside_class and "static" not in symbol.modifiers:
            owner = r.index.number(file, symbol.parent)
            of_class = "classmethod" in symbol.modifiers or symbol.name in ("__new__", "__init_subclass__")
            return (SYMBOL if of_class or name == "mcs" else INSTANCE, owner, SELF_MEMBER)
        if any(param.name == name for param in symbol.params):
            return None
        current = symbol.parent
    return None


def _javascript(r: "Resolver", file: int, scope: int, name: str) -> Value:
    current = scope
    while current >= 0:
        symbol = r.index.symbol(file, current)
        if symbol.kind in TYPES:
            owner = r.index.number(file, current)
            if name == "super":
                return (SUPER, owner, SELF_MEMBER)
            return (INSTANCE, owner, SELF_MEMBER)
        if (
            symbol.kind in (SymbolKind.METHOD, SymbolKind.CONSTRUCTOR, SymbolKind.PROPERTY)
            and "static" in symbol.modifiers
        ):
            return (
                (SYMBOL, r.index.number(file, symbol.parent), SELF_MEMBER) if symbol.parent >= 0 else miss(LOCAL_VALUE)
            )
        if symbol.kind is SymbolKind.FUNCTION and "arrow" not in symbol.modifiers and symbol.plain_function:
            return miss(LOCAL_VALUE)  # a plain function has its own `this`
        current = symbol.parent
    return miss(LOCAL_VALUE)


def _go(r: "Resolver", file: int, scope: int, name: str) -> Value | None:
    method = _enclosing_method(r, file, scope)
    if method is None:
        return None
    found = r.index.bindings(file, method[0], name)
    is_receiver = bool(found) and found is not None and bare_type(found[0].type) == bare_type(method[1].receiver)
    if not is_receiver:
        return None
    owner = r.hierarchy.owner(r.index.number(file, method[0]))
    return (INSTANCE, owner, EXACT) if owner >= 0 else miss(LOCAL_VALUE)


def _rust(r: "Resolver", file: int, scope: int, name: str) -> Value | None:
    method = _enclosing_method(r, file, scope)
    owner = r.hierarchy.owner(r.index.number(file, method[0])) if method is not None else -1
    if owner < 0:
        owner = r.index.enclosing_type(file, scope)
    if owner < 0:
        return miss(LOCAL_VALUE) if name == "Self" or method is not None else None
    return (INSTANCE if name == "self" else SYMBOL, owner, EXACT)


def _enclosing_method(r: "Resolver", file: int, scope: int) -> tuple[int, Definition] | None:
    current = scope
    while current >= 0:
        symbol = r.index.symbol(file, current)
        if symbol.receiver:
            return current, symbol
        current = symbol.parent
    return None


def bare_type(written: str) -> str:
    """``*Mux[K]`` → ``Mux``."""
    return written.lstrip("*& ").split("[", 1)[0].split("<", 1)[0].strip()
