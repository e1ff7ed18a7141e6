"""Rule: Rust paths. Crates, the module tree of files and inline modules, ``use`` declarations."""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.interface import Using
from docrunch.graph.resolve.reads import RUST_PLACE
from docrunch.graph.resolve.values import (
    CRATE_MACRO,
    EXACT,
    EXTERNAL,
    MISS,
    MISSING_MODULE,
    MODULE,
    NO_CANDIDATE,
    SYMBOL,
    Value,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver

_STANDARD = frozenset({"std", "core", "alloc", "proc_macro", "test"})
Place = tuple[str, tuple[str, ...]]  # crate and module path


class RustPaths:
    def __init__(self, index: Index) -> None:
        self._index = index
        self.files: dict[Place, int] = {}
        self._places: dict[int, Place] = {}
        self._crate_macros = SharedScopes("rust", index)
        for number, path in enumerate(index.paths):
            if index.families[number] != "rust":
                continue
            place = index.names.rust_place(path)
            self._places[number] = place
            known = self.files.get(place)
            if known is None or path.endswith("/lib.rs"):
                self.files[place] = number
        self._crates = frozenset(crate for crate, _ in self.files)
        self.outside = _STANDARD | self._dependencies()  # a change links everything anew (`Family.layout`)

    def _file(self, crate: str, path: tuple[str, ...]) -> int | None:
        self._index.reads.note(RUST_PLACE, "::".join((crate, *path)))
        return self.files.get((crate, path))

    def macro(self, file: int, name: str) -> Value:
        """A ``macro_rules!`` of the crate: its scope is textual, so the only one of its name is meant."""
        found = self._crate_macros.definitions(self._crate_macros.key(file), name)
        return (SYMBOL, found[0], CRATE_MACRO) if len(found) == 1 else miss(NO_CANDIDATE)

    def table(self) -> dict[str, str]:
        """Module path → path of its file."""
        return {"::".join((crate, *path)): self._index.paths[file] for (crate, path), file in self.files.items()}

    def _dependencies(self) -> frozenset[str]:
        layout = self._index.names.layout
        found: set[str] = set()
        for path in layout.named("Cargo.toml"):
            for key in ("dependencies", "dev_dependencies"):
                found.update(name.replace("-", "_") for name in layout.items(path, key))
        return frozenset(found - self._crates)

    def inline_path(self, file: int, scope: int) -> tuple[str, ...]:
        """Names of the inline modules around a scope, outermost first."""
        names: list[str] = []
        while scope >= 0:
            symbol = self._index.symbol(file, scope)
            if symbol.kind is SymbolKind.NAMESPACE:
                names.append(symbol.name)
            scope = symbol.parent
        return tuple(reversed(names))

    def child(self, file: int, inline: tuple[str, ...], name: str) -> Value | None:
        """A module file below a module."""
        crate, path = self._places[file]
        number = self._file(crate, (*path, *inline, name))
        return (MODULE, number, EXACT) if number is not None else None

    def _module_scope(self, file: int, scope: int) -> int:
        while scope >= 0:
            symbol = self._index.symbol(file, scope)
            if symbol.kind is SymbolKind.NAMESPACE:
                break
            scope = symbol.parent
        return scope

    def special(self, file: int, scope: int, name: str) -> Value | None:
        """``crate``, ``self`` and ``super`` at the start of a path."""
        inside = self._module_scope(file, scope)
        if name == "crate":
            number = self._file(self._places[file][0], ())
            return (MODULE, number, EXACT) if number is not None else miss(MISSING_MODULE)
        if name == "self":
            return self._module(file, inside)
        if name == "super":
            if inside >= 0:
                parent = self._index.symbol(file, inside).parent
                return self._module(file, self._module_scope(file, parent))
            crate, path = self._places[file]
            number = self._file(crate, path[:-1]) if path else None
            return (MODULE, number, EXACT) if number is not None else miss(MISSING_MODULE)
        return None

    def _module(self, file: int, scope: int) -> Value:
        return (MODULE, file, EXACT) if scope < 0 else (SYMBOL, self._index.number(file, scope), EXACT)

    def crate(self, name: str) -> Value | None:
        number = self._file(name, ())
        if number is not None:
            return (MODULE, number, EXACT)
        return (EXTERNAL, f"{name}::", EXACT) if name in self.outside else None

    def use(self, r: "Resolver", file: int, found: Using) -> Value:
        """The path of a ``use`` declaration without its last name."""
        parts = [part for part in found.module.split("::") if part]
        if not parts:
            return (
                self.special(file, found.scope, "self") or miss(NO_CANDIDATE)
                if found.module == "" and not found.name
                else self._bare(r, file, found)
            )
        value = self.start(r, file, found.scope, parts[0])
        for part in parts[1:]:
            if value[0] == MISS:
                return value
            if part == "super":
                value = self._up(value)
                continue
            value = r.member(value, part)
        return value

    def _bare(self, r: "Resolver", file: int, found: Using) -> Value:
        """``use name;`` has no module: the name itself is the crate or a name of this module."""
        crate = self.crate(found.name)
        return miss(NO_CANDIDATE) if crate is None else crate

    def start(self, r: "Resolver", file: int, scope: int, name: str) -> Value:
        """First part of a path in a ``use``: a keyword, a crate, else a name of the module it is written in."""
        value = self.special(file, scope, name) or self.crate(name)
        if value is not None:
            return value
        value = r.head(file, self._module_scope(file, scope), name)
        return value if value[0] != MISS else (EXTERNAL, f"{name}::", EXACT)

    def _up(self, value: Value) -> Value:
        if value[0] == MODULE and isinstance(value[1], int):
            return self.special(value[1], -1, "super") or miss(MISSING_MODULE)
        if value[0] == SYMBOL and isinstance(value[1], int):
            file, scope = self._index.place_of(value[1])
            return self.special(file, scope, "super") or miss(MISSING_MODULE)
        return miss(MISSING_MODULE)
