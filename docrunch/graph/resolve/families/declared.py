"""Families whose files declare the package or namespace that they belong to, wherever they are (Java and its like)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.layout import parent_of
from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.reads import SCOPE_BELOW, SCOPE_FILES
from docrunch.graph.resolve.values import EXACT, EXTERNAL, MISS, MODULE, NO_CANDIDATE, NO_MEMBER, PACKAGE, Value, miss

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_NO_PACKAGE = "\0"  # the scope of files that declare none


class DeclaredPackages(Family):
    """A package's key is its dotted name. Imports name types or members by their whole path."""

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self.scopes = SharedScopes(key, index)

    # -- packages ------------------------------------------------------------------------------------------------

    def package(self, key: str) -> Value | None:
        """A package of the repository, or the start of the name of one."""
        known = self.scopes.exists(key) or self.scopes.below(key)
        return (PACKAGE, f"{self.key}\0{key}", EXACT) if known else None

    def package_member(self, r: "Resolver", key: str, name: str) -> Value:
        found = self.scopes.definitions(key, name)
        return self.pick_top(r, found, name) or self.package(f"{key}.{name}") or miss(NO_MEMBER)

    def pick_top(self, r: "Resolver", found: Sequence[int], name: str) -> Value | None:
        """One of the definitions of a name at the top of files of a package."""
        return r.hierarchy.pick(found, self) if found else None

    def package_files(self, key: str) -> Sequence[int]:
        return self.scopes.files(key)

    def package_directory(self, key: str) -> str | None:
        """Tests often declare the package that they test: code comes first, then the first path."""
        places = [parent_of(self.index.paths[file]) for file in self.scopes.files(key)]
        return min(places, key=lambda place: ("test" in place.lower().split("/"), place)) if places else None

    def sees(self, file: int) -> Sequence[int]:
        return self.scopes.files(self.scopes.key(file))

    def in_package(self, file: int, name: str) -> list[int]:
        """Definitions of a name in the package of a file."""
        return self.scopes.definitions(self.scopes.key(file), name)

    # -- imports -------------------------------------------------------------------------------------------------

    def qualified(self, parts: Sequence[str]) -> tuple[list[int], int]:
        """The definitions at the top of a package that a whole path starts with, and how many parts lead to them."""
        for end in range(len(parts) - 1, -1, -1):
            found = self.scopes.definitions(".".join(parts[:end]) or _NO_PACKAGE, parts[end])
            if found:
                return found, end + 1
        return [], 0

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        """The file of what an import names; of a star import, the package or the file of the type."""
        whole = found.name not in ("", "*")
        parts = [*found.module.split("."), found.name] if whole and found.module else [found.module or found.name]
        if not whole:
            parts = found.module.split(".")
        known, _ = self.qualified(parts)
        if known:
            return (MODULE, r.index.symbol_file[known[0]], EXACT)
        package = None if whole else self.package(found.module)
        return package or (EXTERNAL, ".".join(parts), EXACT)

    def target(self, r: "Resolver", file: int, found: Using) -> Value:
        """The type, function or member itself; of a star import, what holds the names."""
        return self.imported_member(r, found, found.name)

    def imported_member(self, r: "Resolver", found: Using, last: str) -> Value:
        """Args: ``last``: the imported name as it is asked for."""
        parts = found.module.split(".") if found.module else []
        whole = found.name not in ("", "*")
        known, used = self.qualified([*parts, found.name] if whole else parts)
        if not known:
            package = None if whole else self.package(found.module)
            return package or (EXTERNAL, ".".join([*parts, found.name] if whole else parts), EXACT)
        names = [*parts, last] if whole else parts
        value = self.pick_top(r, known, names[used - 1]) or miss(NO_MEMBER)
        for name in names[used:]:
            value = r.member(value, name) if value[0] != MISS else value
        return miss(NO_MEMBER) if value[0] == MISS and value[1] == NO_CANDIDATE else value

    # -- the tree as a whole -------------------------------------------------------------------------------------

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {SCOPE_FILES: self.scopes.table(), SCOPE_BELOW: self.scopes.starts_table()}
