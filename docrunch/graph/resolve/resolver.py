"""The resolver: one index, one cache per rule, and the order in which the rules are asked.

The rules call each other through this object (a name leads to an import, an import to a module's member, that to
another import), so it also breaks circles: a question that is already being answered is a miss.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar

from docrunch.graph.resolve import attributes, calls, hierarchy, imports, members, modules, names, types
from docrunch.graph.resolve.go_packages import GoPackages
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.javascript_imports import JavaScriptImports
from docrunch.graph.resolve.python_imports import PythonImports
from docrunch.graph.resolve.rust_paths import RustPaths
from docrunch.graph.resolve.values import CIRCULAR, DYNAMIC_RECEIVER, EXACT, MISS, MODULE, Value, miss
from docrunch.parsing.model import Import

_Key = TypeVar("_Key", bound=Hashable)
_CIRCULAR = miss(CIRCULAR)
_MAX_NESTING = 50  # questions inside questions, some ten frames each; people do not write code that needs more


class Resolver:
    """Answers what names mean. `link` asks in file and source order, so that circles are cut at the same place."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.python = PythonImports(index)
        self.javascript = JavaScriptImports(index)
        self.go = GoPackages(index)
        self.rust = RustPaths(index)
        self._heads: dict[tuple[int, int, str], Value] = {}
        self._chains: dict[tuple[int, int, tuple[str, ...]], Value] = {}
        self._modules: dict[tuple[int, str], Value] = {}
        self._imports: dict[tuple[int, str, str, int, int, str], Value] = {}
        self._members: dict[tuple[Value, str], Value] = {}
        self._called: dict[Value, Value] = {}
        self._held: dict[int, Value] = {}
        self._attributes: dict[tuple[int, str], Value] = {}
        self._types: dict[tuple[int, int, str, int], Value] = {}
        self._open: set[tuple[int, Hashable]] = set()
        self._cut = 0  # circles met so far; answers made while one was being cut are not kept
        self.hierarchy = hierarchy.Hierarchy(self)
        self.hierarchy.attach()
        self._forget()

    def _forget(self) -> None:
        """Drop the answers from before all methods had found their types."""
        caches = (self._heads, self._chains, self._modules, self._imports, self._members, self._called, self._held)
        for cache in (*caches, self._attributes, self._types):
            cache.clear()

    def _once(self, cache: dict[_Key, Value], key: _Key, answer: Callable[[], Value]) -> Value:
        opened = (id(cache), key)
        if opened in self._open or len(self._open) > _MAX_NESTING:
            self._cut += 1
            return _CIRCULAR
        before = self._cut
        self._open.add(opened)
        try:
            found = answer()
        finally:
            self._open.discard(opened)
        if self._cut == before or not self._open:
            cache[key] = found
        return found

    def head(self, file: int, scope: int, name: str) -> Value:
        """What a bare name means at a place."""
        key = (file, scope, name)
        found = self._heads.get(key)
        return found if found is not None else self._once(self._heads, key, lambda: names.head(self, *key))

    def chain(self, file: int, scope: int, chain: tuple[str, ...]) -> Value:
        """What a dotted chain means at a place; a last part that ends in "()" stands for what the call returns."""
        if len(chain) == 1 and not chain[0].endswith("()"):
            return self.head(file, scope, chain[0]) if chain[0] != "?" else miss(DYNAMIC_RECEIVER)
        key = (file, scope, chain)
        found = self._chains.get(key)
        return found if found is not None else self._once(self._chains, key, lambda: names.chain(self, *key))

    def module_member(self, file: int, name: str) -> Value:
        """A name of a module as another module sees it."""
        key = (file, name)
        found = self._modules.get(key)
        return found if found is not None else self._once(self._modules, key, lambda: modules.member(self, *key))

    def imported(self, file: int, found: Import) -> Value:
        """What an import binds."""
        key = (file, found.module, found.name, found.level, found.scope, found.alias)
        known = self._imports.get(key)
        return known if known is not None else self._once(self._imports, key, lambda: imports.target(self, file, found))

    def member(self, value: Value, name: str) -> Value:
        """``value.name``."""
        key = (value, name)
        found = self._members.get(key)
        return found if found is not None else self._once(self._members, key, lambda: members.member(self, *key))

    def called(self, value: Value) -> Value:
        """What a call of the value returns."""
        found = self._called.get(value)
        return found if found is not None else self._once(self._called, value, lambda: calls.result(self, value))

    def held(self, symbol: int) -> Value:
        """What a variable, constant or property holds."""
        found = self._held.get(symbol)
        return found if found is not None else self._once(self._held, symbol, lambda: attributes.held(self, symbol))

    def attribute(self, owner: int, name: str) -> Value:
        """What ``self.name`` holds, by the assignments in the owner's own methods."""
        key = (owner, name)
        found = self._attributes.get(key)
        return (
            found if found is not None else self._once(self._attributes, key, lambda: attributes.assigned(self, *key))
        )

    def annotated(self, file: int, scope: int, written: str, grade: int) -> Value:
        """An instance of the type that an annotation names."""
        key = (file, scope, written, grade)
        found = self._types.get(key)
        return found if found is not None else self._once(self._types, key, lambda: types.instance(self, *key))

    def module_of(self, path: str) -> Value:
        number = self.index.file_of.get(path)
        return (MODULE, number, EXACT) if number is not None else (MISS, "missing_module", 0)
