"""Protobuf: names are looked for from the innermost message outwards, then in the package and in those around it
(https://protobuf.dev/programming-guides/proto3/#name-resolution).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.interface import TYPES, Using
from docrunch.graph.resolve.paths import first_file, upwards
from docrunch.graph.resolve.reads import SCOPE_FILES
from docrunch.graph.resolve.values import EXACT, EXTERNAL, MISS, MODULE, NO_CANDIDATE, SYMBOL, Value, miss

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_NO_PACKAGE = "\0"  # as in `docrunch.graph.languages.scope_key`


class Proto(Family):
    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._scopes = SharedScopes(key, index)

    def in_type(self, r: "Resolver", file: int, scope: int, name: str, innermost: bool) -> Value | None:
        """A nested message or enum; ``name`` is a whole dotted name."""
        first, *rest = name.split(".")
        owner = r.index.number(file, scope)
        if not first:
            return None
        found = [n for n in r.index.members.get(owner, {}).get(first, ()) if r.index.symbols[n].kind in TYPES]
        return self._inside(r, r.hierarchy.pick(found, self), rest) if found else None

    def _inside(self, r: "Resolver", value: Value, rest: list[str]) -> Value:
        for part in rest:
            value = r.member(value, part) if value[0] == SYMBOL else value
        return value

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        around = [] if name.startswith(".") else self.index.outlines[file].package.split(".")
        whole = name.lstrip(".")
        for length in range(len(around), -1, -1):
            value = self._absolute(r, [part for part in around[:length] if part] + whole.split("."))
            if value[0] != MISS or value[1] != NO_CANDIDATE:
                return value
        return (EXTERNAL, whole, EXACT) if "." in whole else miss(NO_CANDIDATE)

    def _absolute(self, r: "Resolver", parts: list[str]) -> Value:
        """The longest package comes first."""
        for at in range(len(parts) - 1, -1, -1):
            found = self._scopes.definitions(".".join(parts[:at]) or _NO_PACKAGE, parts[at])
            if found:
                return self._inside(r, r.hierarchy.pick(found, self), parts[at + 1 :])
        return miss(NO_CANDIDATE)

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        number = first_file(r.index, self.key, upwards(r.index.paths[file], found.module, f"proto/{found.module}"))
        return (MODULE, number, EXACT) if number >= 0 else (EXTERNAL, found.module, EXACT)

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {SCOPE_FILES: self._scopes.table()}
