"""Elixir: modules are known everywhere by their whole names, which facts have with aliases written out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.reads import SCOPE_FILES
from docrunch.graph.resolve.values import EXACT, EXTERNAL, MISS, NO_CANDIDATE, NO_MEMBER, Value, miss

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_EVERYWHERE = "*"


class Elixir(Family):
    guesses = False

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._scopes = SharedScopes(key, index)

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        if not name[:1].isupper():
            own = r.index.top(file, name)
            return r.hierarchy.pick(own, self) if own else miss(NO_CANDIDATE)
        return self._module(r, name)

    def _module(self, r: "Resolver", name: str) -> Value:
        """A module by its whole name; one that is written inside another is a member of it."""
        outer = name
        inner: list[str] = []
        while outer:
            found = self._scopes.definitions(_EVERYWHERE, outer)
            if found:
                value = r.hierarchy.pick(found, self)
                for part in reversed(inner):
                    value = r.member(value, part) if value[0] != MISS else value
                return value if value[0] != MISS or value[1] != NO_CANDIDATE else miss(NO_MEMBER)
            outer, _, last = outer.rpartition(".")
            inner.append(last)
        return (EXTERNAL, name, EXACT)

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        return self._module(r, found.module)

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {SCOPE_FILES: self._scopes.table()}
