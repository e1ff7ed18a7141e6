"""Languages whose files declare the package or namespace that they belong to: C#, Scala.

A namespace is named by its full name ("" is the one without a name) and consists of the tops of the files that declare
it and of the blocks of that name inside files. Types and values have names of their own: a chain's last part that can
only be a type is marked (`docrunch.parsing.model.Reference`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from docrunch.graph.layout import parent_of
from docrunch.graph.resolve import overloads
from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.interface import CALLABLE, TYPES
from docrunch.graph.resolve.reads import NAMESPACE, SCOPE_FILES
from docrunch.graph.resolve.values import (
    AMBIGUOUS,
    DYNAMIC_RECEIVER,
    EXACT,
    EXTERNAL,
    INSTANCE,
    LOCAL_VALUE,
    MISS,
    NO_CANDIDATE,
    PACKAGE,
    SUPER,
    SYMBOL,
    Value,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_NAMELESS = "\0"  # how scopes call the package of files without one


class DeclaredNamespaces(Family):
    marks_types = True
    checks_arguments = True
    above: ClassVar[str] = "super"  # the word for the receiver as its supertypes have it
    arities: ClassVar[bool] = False  # types of one name differ by the number of their parameters

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._scopes = SharedScopes(key, index)
        self._packages: dict[int, str] = {}
        self._known: set[str] = set()
        self._blocks: dict[str, tuple[list[int], int]] = {}
        for number, outline in enumerate(index.outlines):
            if index.families[number] != key:
                continue
            self._packages[number] = outline.package
            self._known.update(prefixes(outline.package))
            for name in outline.names:
                if "." in name:  # only blocks have such names
                    self._known.update(prefixes(joined(outline.package, name)))

    def receiver(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        if name not in ("this", self.above):
            return None
        owner = r.index.enclosing_type(file, scope)
        if owner < 0:
            return miss(LOCAL_VALUE)
        return (INSTANCE if name == "this" else SUPER, owner, EXACT)

    # -- namespaces --------------------------------------------------------------------------------------------

    def namespace_of(self, file: int, scope: int = -1) -> str:
        """The full name of the namespace that holds a scope of a file. Args: -1 for the top of the file."""
        package = self._packages[file]
        while scope >= 0:
            symbol = self.index.symbol(file, scope)
            if symbol.kind is SymbolKind.NAMESPACE:
                return joined(package, symbol.local_name)
            scope = symbol.parent
        return package

    def exists(self, namespace: str) -> bool:
        self.index.reads.note(NAMESPACE, f"{self.key}\0{namespace}")
        return namespace in self._known or bool(self.blocks(namespace))

    def blocks(self, namespace: str) -> list[int]:
        """The symbols inside files that are parts of a namespace, in no order that matters."""
        return self.index.reads.remembered(self._blocks, namespace, self._find_blocks)

    def _find_blocks(self, namespace: str) -> list[int]:
        parts = namespace.split(".") if namespace else []
        found: list[int] = []
        for outer in range(len(parts)):
            package = ".".join(parts[:outer])
            for inner in range(outer + 1, len(parts) + 1):
                name = ".".join(parts[outer:inner])
                tops = [n for n in self._scopes.definitions(package or _NAMELESS, name) if self._is_block(n)]
                found += self._below(tops, parts[inner:])
        return found

    def _below(self, blocks: list[int], parts: list[str]) -> list[int]:
        if not parts or not blocks:
            return blocks
        found: list[int] = []
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            inside = [n for block in blocks for n in self._members(block, name) if self._is_block(n)]
            found += self._below(inside, parts[end:])
        return found

    def _is_block(self, symbol: int) -> bool:
        return self.index.symbols[symbol].kind is SymbolKind.NAMESPACE

    def _members(self, symbol: int, name: str) -> Sequence[int]:
        return self.index.members.get(symbol, {}).get(name, ())

    def definitions(self, namespace: str, name: str) -> list[int]:
        """What a namespace defines by that name, in path and source order, blocks last."""
        found = self._scopes.definitions(namespace or _NAMELESS, name)
        for block in self.blocks(namespace):
            found += self._members(block, name)
        return [number for number in found if not self._is_block(number)]

    def package_member(self, r: "Resolver", key: str, name: str) -> Value:
        found = self.definitions(key, name)
        if found:
            return r.hierarchy.pick(found, self)
        inner = joined(key, name)
        return (PACKAGE, f"{self.key}\0{inner}", EXACT) if self.exists(inner) else miss(NO_CANDIDATE)

    def package_files(self, key: str) -> Sequence[int]:
        files = list(self._scopes.files(key or _NAMELESS))
        return list(dict.fromkeys([*files, *(self.index.symbol_file[block] for block in self.blocks(key))]))

    def package_directory(self, key: str) -> str | None:
        """The directory of a namespace whose files are in one."""
        places = {parent_of(self.index.paths[file]) for file in self._scopes.files(key or _NAMELESS)}
        return places.pop() if len(places) == 1 else None

    def sees(self, file: int) -> Sequence[int]:
        return self._scopes.files(self._scopes.key(file))

    def absolute(self, r: "Resolver", parts: Sequence[str]) -> Value | None:
        """What a path from the outermost namespace leads to, ``None`` where that is not in the repository."""
        value = self.package_member(r, "", parts[0])
        for part in parts[1:]:
            if value[0] == MISS:
                break
            value = r.member(value, part)
        return value if value[0] in (SYMBOL, PACKAGE) or value[1] == AMBIGUOUS else None

    def word(self, r: "Resolver", symbol: int, name: str) -> Value | None:
        """``Outer.this``."""
        if name not in ("this", "super"):
            return None
        return (INSTANCE if name == "this" else SUPER, symbol, EXACT)

    # -- calls -------------------------------------------------------------------------------------------------

    def closest(self, kept: list[int], arguments: int) -> list[int]:
        """Explicit implementations only where nothing else can be called."""
        return [n for n in kept if "explicit" not in self.index.symbols[n].modifiers] or kept

    def rivals(self, r: "Resolver", chosen: int, arguments: int) -> Sequence[int]:
        return overloads.hidden(r, chosen, arguments)

    def unfit(self, r: "Resolver", found: Sequence[int], arguments: int) -> Value | None:
        return overloads.above(r, found[0], arguments)

    # -- types by their names ----------------------------------------------------------------------------------

    def type_name(self, r: "Resolver", file: int, scope: int, name: str, arity: int) -> Value:
        current = scope
        while current >= 0:
            symbol = self.index.symbol(file, current)
            if any(known == name for known, _ in symbol.type_params):
                return miss(DYNAMIC_RECEIVER)
            for value in self._at(r, file, current, symbol.kind, name):
                found = self.as_type(r, value, arity)
                if found is not None:
                    return found
            current = symbol.parent
        found = self.as_type(r, r.module_member(file, name), arity)
        return found if found is not None else self.outermost(r, file, name)

    def _at(self, r: "Resolver", file: int, scope: int, kind: SymbolKind, name: str) -> Iterator[Value]:
        """What a name means by the rules of one scope."""
        if kind is SymbolKind.NAMESPACE:
            yield r.hierarchy.namespace_member(file, scope, name)
            return
        if kind in TYPES:
            yield r.hierarchy.member(self.index.number(file, scope), name)
        inside = self.index.inside(file, scope, name)
        if inside.nested and kind not in TYPES:
            yield r.hierarchy.pick(inside.nested, self)
        for found in inside.imports or ():
            yield r.imported(file, found)
        for star in inside.stars:
            yield r.member(r.imported(file, star), name)

    def as_type(self, r: "Resolver", value: Value, arity: int) -> Value | None:
        """The type among what shares a name with a value; ``None`` where there is none."""
        if value[0] == EXTERNAL:
            return value
        several = r.hierarchy.ambiguity(value)
        if not several and value[0] == SYMBOL and isinstance(value[1], int):
            if self._fits(value[1], arity):
                return value
            several = tuple(self._beside(r, value[1]))
        found = [number for number in several if self.index.symbols[number].kind in TYPES]
        fitting = [number for number in found if self._fits(number, arity)]
        found = fitting if fitting or self.arities else found
        return r.hierarchy.pick(found, self) if found else None

    def _fits(self, symbol: int, arity: int) -> bool:
        definition = self.index.symbols[symbol]
        if definition.kind not in TYPES or "object" in definition.modifiers:
            return False
        return not self.arities or len(definition.type_params) == arity

    def _beside(self, r: "Resolver", symbol: int) -> Sequence[int]:
        """All definitions of the name of a symbol in the place where it is defined."""
        name, parent = self.index.symbols[symbol].name, self.index.parents[symbol]
        file = self.index.symbol_file[symbol]
        if parent < 0:
            return self.definitions(self._packages[file], name)
        kind = self.index.symbols[parent].kind
        if kind is SymbolKind.NAMESPACE:
            return self.definitions(self.namespace_of(*self.index.place_of(parent)), name)
        if kind in CALLABLE:
            return self.index.inside(*self.index.place_of(parent), name).nested or ()
        return r.hierarchy.own(parent, name)

    # -- the tree as a whole -----------------------------------------------------------------------------------

    def tables(self) -> Mapping[str, dict[str, str]]:
        names = {f"{self.key}\0{name}": "" for name in sorted(self._known)}
        return {NAMESPACE: names, SCOPE_FILES: self._scopes.table()}


def joined(outer: str, inner: str) -> str:
    return f"{outer}.{inner}" if outer and inner else outer or inner


def prefixes(name: str) -> list[str]:
    """``a.b.c``, ``a.b``, ``a``: a namespace and those around it, the outermost without a name left out."""
    parts = name.split(".") if name else []
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
