"""Rule: Go packages. All files of a directory with one package clause share one scope."""

from typing import TYPE_CHECKING

from docrunch.graph.layout import parent_of
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.reads import GO_FILES, GO_IMPORT, GO_NAME
from docrunch.graph.resolve.values import EXACT, EXTERNAL, NO_CANDIDATE, NO_MEMBER, PACKAGE, SYMBOL, Value, miss

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver


class GoPackages:
    """A package's key is ``directory NUL package clause``: a test package beside the package is another one."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.by_import: dict[str, str] = {}
        self.by_key: dict[str, list[int]] = {}
        self._names: dict[str, dict[str, list[int]]] = {}  # package → name → files that define it
        for number, outline in enumerate(index.outlines):
            if index.families[number] != "go":
                continue
            path = index.paths[number]
            key = self.key(number)
            self.by_key.setdefault(key, []).append(number)
            table = self._names.setdefault(key, {})
            for name in outline.names:
                table.setdefault(name, []).append(number)
            if not outline.package.endswith("_test") and not path.endswith("_test.go"):
                self.by_import.setdefault(index.names.go_import_path(parent_of(path)), key)

    def key(self, file: int) -> str:
        return f"{parent_of(self._index.paths[file])}\0{self._index.outlines[file].package}"

    def files(self, key: str) -> list[int]:
        """The files of a package."""
        self._index.reads.note(GO_FILES, key)
        return self.by_key.get(key, [])

    def package(self, module: str) -> Value:
        """The package of an import path."""
        self._index.reads.note(GO_IMPORT, module)
        key = self.by_import.get(module)
        return (PACKAGE, key, EXACT) if key is not None else (EXTERNAL, module, EXACT)

    def member(self, r: "Resolver", key: str, name: str) -> Value:
        found = self._definitions(key, name)
        return self._one(r, found) if found else miss(NO_MEMBER)

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        """A name at package level as a file sees it: its imports, its package, its dot imports."""
        imported = self._index.imports(file, -1, name)
        if imported:
            return r.imported(file, imported[0])
        found = self._definitions(self.key(file), name)
        if found:
            return self._one(r, found)
        for star in self._index.stars(file, -1):
            value = r.member(r.imported(file, star), name)
            if value[0] == SYMBOL:
                return value
        return miss(NO_CANDIDATE)

    def _definitions(self, key: str, name: str) -> list[int]:
        self._index.reads.note(GO_NAME, f"{key}\0{name}")
        files = self._names.get(key, {}).get(name, ())
        return [number for file in files for number in self._index.top(file, name)]

    def _one(self, r: "Resolver", found: list[int]) -> Value:
        """Build constraints may give one name several definitions: then nobody knows which."""
        return r.hierarchy.pick(found, "go")
