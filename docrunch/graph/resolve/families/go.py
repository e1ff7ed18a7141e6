"""Go: all files of a directory with one package clause share one scope.

A package's key is ``directory NUL package clause``: a test package beside the package is another one.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.layout import parent_of
from docrunch.graph.resolve.families import go_outside
from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.families.go_contracts import GoContracts
from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.reads import CONTRACT, GO_IMPORT, SCOPE_FILES
from docrunch.graph.resolve.receivers import attached_method, bare_type
from docrunch.graph.resolve.values import (
    EXACT,
    EXTERNAL,
    INSTANCE,
    LOCAL_VALUE,
    NO_CANDIDATE,
    NO_MEMBER,
    PACKAGE,
    SYMBOL,
    Value,
    miss,
)

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver


class Go(Family):
    open_types = ("...",)
    attaches = True
    capital_types = False
    follows_aliases = False

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._scopes = SharedScopes(key, index)
        self._contracts = GoContracts(index)
        self._by_import: dict[str, str] = {}
        for number, outline in enumerate(index.outlines):
            path = index.paths[number]
            if index.families[number] != key or outline.package.endswith("_test") or path.endswith("_test.go"):
                continue
            self._by_import.setdefault(index.names.go_import_path(parent_of(path)), self._scopes.key(number))

    def contracts(self, r: "Resolver", symbol: int) -> Sequence[int]:
        return self._contracts.of(r, symbol)

    def outside_contracts(self, r: "Resolver", symbol: int) -> Sequence[tuple[str, Collection[str]]]:
        every = go_outside.interfaces()
        return [(name, every[name].keys()) for name in self._contracts.outside(r, symbol)]

    def receiver(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        method = attached_method(r, file, scope)
        if method is None:
            return None
        found = r.index.bindings(file, method[0], name)
        if not found or bare_type(found[0].type) != bare_type(method[1].receiver):
            return None
        owner = r.hierarchy.owner(r.index.number(file, method[0]))
        return (INSTANCE, owner, EXACT) if owner >= 0 else miss(LOCAL_VALUE)

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        """A name at package level as a file sees it: its imports, its package, its dot imports."""
        imported = r.index.imports(file, -1, name)
        if imported:
            return r.imported(file, imported[0])
        found = self._scopes.definitions(self._scopes.key(file), name)
        if found:
            return r.hierarchy.pick(found, self)
        for star in r.index.stars(file, -1):
            value = r.member(r.imported(file, star), name)
            if value[0] == SYMBOL:
                return value
        return miss(NO_CANDIDATE)

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        """The package of an import path."""
        r.index.reads.note(GO_IMPORT, found.module)
        key = self._by_import.get(found.module)
        return (PACKAGE, f"{self.key}\0{key}", EXACT) if key is not None else (EXTERNAL, found.module, EXACT)

    def target(self, r: "Resolver", file: int, found: Using) -> Value:
        return self.origin(r, file, found)

    def sees(self, file: int) -> Sequence[int]:
        return self._scopes.files(self._scopes.key(file))

    def package_member(self, r: "Resolver", key: str, name: str) -> Value:
        """Build constraints may give one name several definitions: then nobody knows which."""
        found = self._scopes.definitions(key, name)
        return r.hierarchy.pick(found, self) if found else miss(NO_MEMBER)

    def package_files(self, key: str) -> Sequence[int]:
        return self._scopes.files(key)

    def package_directory(self, key: str) -> str | None:
        return key.split("\0", 1)[0]

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {
            GO_IMPORT: dict(self._by_import),
            SCOPE_FILES: self._scopes.table(),
            CONTRACT: self._contracts.table(),
        }
