"""Rule: Go packages. All files of a directory with one package clause share one scope."""

from typing import TYPE_CHECKING

from docrunch.graph.layout import parent_of
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.values import EXACT, EXTERNAL, NO_CANDIDATE, NO_MEMBER, PACKAGE, SYMBOL, Value, miss

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver


class GoPackages:
    """A package's key is ``directory NUL package clause``: a test package beside the package is another one."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._names: dict[str, dict[str, list[int]]] = {}
        self._by_import: dict[str, str] = {}
        self.files: dict[str, list[int]] = {}
        for number, facts in enumerate(index.facts):
            if index.families[number] != "go":
                continue
            path = index.paths[number]
            key = self.key(number)
            self.files.setdefault(key, []).append(number)
            table = self._names.setdefault(key, {})
            for name, symbols in index.top[number].items():
                table.setdefault(name, []).extend(symbols)
            if not facts.package.endswith("_test") and not path.endswith("_test.go"):
                self._by_import.setdefault(index.names.go_import_path(parent_of(path)), key)

    def key(self, file: int) -> str:
        return f"{parent_of(self._index.paths[file])}\0{self._index.facts[file].package}"

    def package(self, module: str) -> Value:
        """The package of an import path."""
        key = self._by_import.get(module)
        return (PACKAGE, key, EXACT) if key is not None else (EXTERNAL, module, EXACT)

    def member(self, r: "Resolver", key: str, name: str) -> Value:
        found = self._names.get(key, {}).get(name)
        if not found:
            return miss(NO_MEMBER)
        return self._one(r, found)

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        """A name at package level as a file sees it: its imports, its package, its dot imports."""
        imported = self._index.imports[file].get(-1, {}).get(name)
        if imported:
            return r.imported(file, imported[0])
        found = self._names.get(self.key(file), {}).get(name)
        if found:
            return self._one(r, found)
        for star in self._index.stars[file].get(-1, ()):
            value = r.member(r.imported(file, star), name)
            if value[0] == SYMBOL:
                return value
        return miss(NO_CANDIDATE)

    def _one(self, r: "Resolver", found: list[int]) -> Value:
        """Build constraints may give one name several definitions: then nobody knows which."""
        return r.hierarchy.pick(found, "go")
