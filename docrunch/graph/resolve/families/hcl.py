"""HCL: the files of a directory are one module of Terraform; other directories are reached by ``source``.

Names are addresses. A package's key is ``directory NUL``, as `docrunch.graph.languages.scope_key` makes it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.layout import join, parent_of
from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.reads import SCOPE_FILES
from docrunch.graph.resolve.values import EXACT, EXTERNAL, MISS, NO_CANDIDATE, NO_MEMBER, PACKAGE, Value, miss

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver


class Hcl(Family):
    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._scopes = SharedScopes(key, index)

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        """An address in the module of a file; ``module.vpc.id`` is the output ``id`` of what ``module.vpc`` names."""
        parts = name.split(".")
        if parts[0] == "module" and len(parts) == 3:
            return self._output(r, file, ".".join(parts[:2]), parts[2])
        found = self._scopes.definitions(self._scopes.key(file), name)
        return r.hierarchy.pick(found, self) if found else miss(NO_CANDIDATE)

    def _output(self, r: "Resolver", file: int, module: str, name: str) -> Value:
        for other in self._scopes.files(self._scopes.key(file)):
            for found in r.index.imports(other, -1, module) or ():
                origin = self.origin(r, other, found)
                if origin[0] == PACKAGE:
                    return r.member(origin, f"output.{name}")
        return miss(NO_CANDIDATE)

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        """The directory that ``source`` names, or something outside."""
        if not found.module.startswith(("./", "../")):
            return (EXTERNAL, found.module, EXACT)
        directory = join(parent_of(r.index.paths[file]), found.module)
        key = f"{directory}\0"
        if directory.startswith("..") or not self._scopes.exists(key):
            return miss(NO_CANDIDATE)
        return (PACKAGE, f"{self.key}\0{key}", EXACT)

    def target(self, r: "Resolver", file: int, found: Using) -> Value:
        return self.origin(r, file, found)

    def sees(self, file: int) -> Sequence[int]:
        return self._scopes.files(self._scopes.key(file))

    def package_member(self, r: "Resolver", key: str, name: str) -> Value:
        found = self._scopes.definitions(key, name)
        value = r.hierarchy.pick(found, self) if found else miss(NO_MEMBER)
        return miss(NO_MEMBER) if value[0] == MISS else value

    def package_files(self, key: str) -> Sequence[int]:
        return self._scopes.files(key)

    def package_directory(self, key: str) -> str | None:
        return key.split("\0", 1)[0]

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {SCOPE_FILES: self._scopes.table()}
