"""JavaScript and TypeScript: ``this``, module specifiers, merged declarations."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.layout import parent_of
from docrunch.graph.resolve import modules
from docrunch.graph.resolve.annotations import SEQUENCE
from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.interface import TYPES, Using
from docrunch.graph.resolve.javascript_imports import JavaScriptImports
from docrunch.graph.resolve.values import (
    EXACT,
    INSTANCE,
    LOCAL_VALUE,
    REDEFINED,
    SELF_MEMBER,
    SUPER,
    SYMBOL,
    Value,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_ARRAY = {
    "[]": 0,
    **dict.fromkeys(("pop()", "shift()", "at()", "find()", "findLast()"), 0),
    **dict.fromkeys(("slice()", "filter()", "concat()", "reverse()", "sort()", "values()", "toSorted()"), -1),
}
_CONTAINERS = {
    **dict.fromkeys(("Array", "ReadonlyArray"), _ARRAY),
    **{key: {"[]": 0, "values()": -1} for key in ("Set", "ReadonlySet", "Iterable", "Iterator", "IterableIterator")},
    **{key: {"[]": 0} for key in ("AsyncIterable", "AsyncGenerator", "Generator", "AsyncIterableIterator")},
    **{key: {"get()": 1} for key in ("Map", "ReadonlyMap", "WeakMap")},
    "Record": {"[]": 1},
}
_SHARING = frozenset({SymbolKind.CONSTANT, SymbolKind.VARIABLE, SymbolKind.FUNCTION})
_MEMBERS = (SymbolKind.METHOD, SymbolKind.CONSTRUCTOR, SymbolKind.PROPERTY)


class JavaScript(Family):
    attaches = True
    containers = _CONTAINERS
    self_types = frozenset({"this"})
    hides_types = True

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._imports = JavaScriptImports(index)

    def program(self, path: str, target: str) -> Value | None:
        return self._imports.source(parent_of(path), target)

    def receiver(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        if name not in ("this", "super"):
            return None
        current = scope
        while current >= 0:
            symbol = r.index.symbol(file, current)
            if symbol.kind in TYPES:
                owner = r.index.number(file, current)
                return (SUPER if name == "super" else INSTANCE, owner, SELF_MEMBER)
            if symbol.kind in _MEMBERS and "static" in symbol.modifiers:
                if symbol.parent < 0:
                    return miss(LOCAL_VALUE)
                return (SYMBOL, r.index.number(file, symbol.parent), SELF_MEMBER)
            if symbol.kind is SymbolKind.FUNCTION and "arrow" not in symbol.modifiers and symbol.plain_function:
                return miss(LOCAL_VALUE)  # a plain function has its own `this`
            current = symbol.parent
        return miss(LOCAL_VALUE)

    def own_name(self, r: "Resolver", file: int, name: str) -> Value | None:
        """``export { other as name }`` says nothing of ``name`` in the file itself."""
        return modules.defined(r, file, name) if r.index.exported_as(file, name) not in ("", name) else None

    def module_value(self, r: "Resolver", file: int) -> Value | None:
        """``module.exports = value``; ES modules that are called have their default in the same place."""
        return r.module_member(file, "default")

    def is_starred_out(self, r: "Resolver", origin: Value, name: str) -> bool:
        return name != "default"

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        return self._imports.module(file, found)

    def beside(self, r: "Resolver", value: Value) -> Value:
        """An interface or type alias may share its name with a constant or function."""
        if value[0] != SYMBOL or not isinstance(value[1], int) or self.index.symbols[value[1]].kind not in _SHARING:
            return value
        symbol, parent = value[1], self.index.parents[value[1]]
        name, file = self.index.symbols[symbol].name, self.index.symbol_file[symbol]
        several = self.index.top(file, name) if parent < 0 else self.index.members.get(parent, {}).get(name, ())
        found = [number for number in several if self.index.symbols[number].kind in TYPES]
        return (SYMBOL, found[0], value[2] if len(found) == 1 else min(value[2], REDEFINED)) if found else value

    def itself(self, r: "Resolver", file: int, scope: int, name: str) -> int:
        return self.index.enclosing_type(file, scope) if name == "this" else -1

    def container(self, outside: str) -> Mapping[str, int]:
        return _ARRAY if outside == SEQUENCE else super().container(outside)

    def pick(self, found: Sequence[int]) -> Value | None:
        symbols = self.index.symbols
        values = [n for n in found if symbols[n].kind not in (SymbolKind.INTERFACE, SymbolKind.TYPE)]
        bodies = [n for n in values if symbols[n].has_body] or values or list(found)
        return (SYMBOL, bodies[0], EXACT if len(bodies) == 1 else REDEFINED)
