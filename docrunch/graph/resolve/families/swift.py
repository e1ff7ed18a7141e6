"""Swift: all files of a module share one scope, extensions add members from anywhere, labels tell overloads apart.

https://docs.swift.org/swift-book/documentation/the-swift-programming-language/declarations. A module is a SwiftPM
target; without a package, all files of the repository.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve import builtin_names, labels, modules
from docrunch.graph.resolve.annotations import CLASS, MAP, SEQUENCE, Expression, Parsed, parse
from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.interface import CALLABLE, TYPES, Definition, Using
from docrunch.graph.resolve.reads import SCOPE_FILES
from docrunch.graph.resolve.values import (
    AMBIGUOUS,
    EXACT,
    EXTERNAL,
    EXTERNAL_BASE,
    INHERITED_MEMBER,
    INSTANCE,
    LOCAL_VALUE,
    MISS,
    NO_CANDIDATE,
    NO_MEMBER,
    OVERLOADED,
    PACKAGE,
    SELF_MEMBER,
    STAR_EXTERNAL,
    SUPER,
    SYMBOL,
    Value,
    lower,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_HIDDEN = frozenset({"private", "fileprivate"})
_PREFIX = re.compile(r"^(?:@\w+(?:\([^()]*\))?\s+|(?:inout|some|any|borrowing|consuming|sending)\s+)+")
_LISTING = {
    "[]": 0,
    **dict.fromkeys(("removeFirst()", "removeLast()", "popLast()", "popFirst()", "randomElement()"), 0),
    **dict.fromkeys(("first()", "last()", "min()", "max()", "remove()"), 0),
    **dict.fromkeys(("filter()", "sorted()", "reversed()", "prefix()", "suffix()", "dropFirst()", "dropLast()"), -1),
    **dict.fromkeys(("shuffled()", "union()", "intersection()", "subtracting()"), -1),
}
_MAPPING = {"[*]": 0, "[]": 1, "removeValue()": 1, "updateValue()": 1, "filter()": -1}
_CONTAINERS = {"Array": _LISTING, "Set": _LISTING, "ArraySlice": _LISTING, "Dictionary": _MAPPING}
_ROOTS = """
    AnyObject Equatable Hashable Codable Decodable Encodable Sendable Error Identifiable CaseIterable Comparable String
    Int UInt Double Float Character RawRepresentable CustomStringConvertible CustomDebugStringConvertible CodingKey
    Copyable LocalizedError OptionSet ExpressibleByStringLiteral ExpressibleByIntegerLiteral ExpressibleByArrayLiteral
    ExpressibleByDictionaryLiteral ExpressibleByNilLiteral
"""


class Swift(Family):
    attaches = True
    overloads = True
    open_types = ("...",)
    checks_arguments = True
    super_constructs = False
    call_operator = "callAsFunction"
    selves = frozenset({"self"})
    self_types = frozenset({"Self"})
    roots = frozenset(_ROOTS.split())
    containers = _CONTAINERS

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._scopes = SharedScopes(key, index)
        self._directories: dict[str, str] = {}
        for directory, name in sorted(index.names.layout.swift_targets.items()):
            self._directories.setdefault(name, directory)

    # -- self and implicit members -------------------------------------------------------------------------------

    def receiver(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        if name not in ("self", "Self", "super"):
            return None
        static = False
        current = scope
        while current >= 0:
            symbol = r.index.symbol(file, current)
            number = r.index.number(file, current)
            if symbol.kind in TYPES:
                return self._itself(r, number, name, static)
            static = "static" in symbol.modifiers
            if symbol.receiver:
                owner = r.hierarchy.owner(number)
                return self._itself(r, owner, name, static) if owner >= 0 else miss(LOCAL_VALUE)
            current = symbol.parent
        return miss(LOCAL_VALUE)

    def _itself(self, r: "Resolver", owner: int, name: str, static: bool) -> Value:
        grade = self._own_grade(r, owner)
        if name == "super":
            return (SUPER, owner, grade)
        return (SYMBOL if static or name == "Self" else INSTANCE, owner, grade)

    def _own_grade(self, r: "Resolver", owner: int) -> int:
        """Subclasses and conforming types may replace what a class or protocol calls on itself."""
        symbol = r.index.symbols[owner]
        open_ = symbol.kind is SymbolKind.INTERFACE or (
            symbol.kind is SymbolKind.CLASS and not {"final", "actor"} & set(symbol.modifiers)
        )
        return SELF_MEMBER if open_ else EXACT

    def in_type(self, r: "Resolver", file: int, scope: int, name: str, innermost: bool) -> Value | None:
        return self._implicit(r, file, r.index.number(file, scope), name)

    def in_extension(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        owner = r.hierarchy.owner(r.index.number(file, scope))
        return self._implicit(r, file, owner, name) if owner >= 0 else None

    def _implicit(self, r: "Resolver", file: int, owner: int, name: str) -> Value | None:
        """A member by its bare name. One of an outside superclass may come before a name of the module."""
        symbol = r.index.symbols[owner]
        if any(name == parameter for parameter, _ in symbol.type_params):
            return miss(LOCAL_VALUE)
        if symbol.name == name:
            return (SYMBOL, owner, EXACT)
        value = r.hierarchy.member(owner, name)
        if value[0] != MISS:
            return lower(value, self._own_grade(r, owner))
        if value[1] == AMBIGUOUS:
            return value
        if value[1] == EXTERNAL_BASE and not name[:1].isupper():
            found = r.module_member(file, name)
            return lower(found, INHERITED_MEMBER) if found[0] == SYMBOL else None
        return None

    # -- modules -------------------------------------------------------------------------------------------------

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        return (
            modules.imported(r, file, name)
            or self._defined(r, self._scopes.definitions(self._scopes.key(file), name), file)
            or modules.starred(r, file, name)
        )

    def _defined(self, r: "Resolver", found: Sequence[int], file: int) -> Value | None:
        kept = [number for number in found if self._is_visible(number, file)]
        own = [number for number in kept if r.index.symbol_file[number] == file and self._is_hidden(number)]
        return r.hierarchy.pick(own or kept, self) if kept else None

    def _is_hidden(self, number: int) -> bool:
        return not _HIDDEN.isdisjoint(self.index.symbols[number].modifiers)

    def _is_visible(self, number: int, file: int) -> bool:
        return self.index.symbol_file[number] == file or not self._is_hidden(number)

    def is_quiet_star(self, origin: str) -> bool:
        return True  # names of the module come before those that it imports

    def outermost(self, r: "Resolver", file: int, name: str) -> Value:
        if name[0] == "$":
            return miss(LOCAL_VALUE)
        known = builtin_names.value(self.key, name)
        if known[0] != MISS:
            return known
        if self._scopes.exists(name):
            return (PACKAGE, f"{self.key}\0{name}", EXACT)
        outside = [star.module for star in r.index.stars(file, -1) if r.imported(file, star)[0] == EXTERNAL]
        if name in outside:
            return (EXTERNAL, name, EXACT)
        return miss(STAR_EXTERNAL if outside else NO_CANDIDATE)

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        if self._scopes.exists(found.module):
            return (PACKAGE, f"{self.key}\0{found.module}", EXACT)
        return (EXTERNAL, found.module, EXACT)

    def sees(self, file: int) -> Sequence[int]:
        return self._scopes.files(self._scopes.key(file))

    def package_member(self, r: "Resolver", key: str, name: str) -> Value:
        found = [number for number in self._scopes.definitions(key, name) if not self._is_hidden(number)]
        return r.hierarchy.pick(found, self) if found else miss(NO_CANDIDATE)

    def package_files(self, key: str) -> Sequence[int]:
        return self._scopes.files(key)

    def package_directory(self, key: str) -> str | None:
        return self._directories.get(key)

    # -- types and overloads -------------------------------------------------------------------------------------

    def pick(self, found: Sequence[int]) -> Value | None:
        symbols = self.index.symbols
        types = [number for number in found if symbols[number].kind in TYPES]
        if len(types) == 1:
            return (SYMBOL, types[0], EXACT)
        if types or len({labels.shape(symbols[number]) for number in found}) != 1:
            return None
        required = [number for number in found if not symbols[number].has_body and symbols[number].kind in CALLABLE]
        return (SYMBOL, required[0], EXACT) if len(required) == 1 else None

    def shape(self, definition: Definition) -> tuple[str, ...]:
        return labels.shape(definition)

    def outside(self, symbol: int, name: str) -> Sequence[int]:
        key = self._scopes.key(self.index.symbol_file[symbol])
        return self._scopes.definitions(key, f"{self.index.symbols[symbol].local_name}.{name}")

    def accepts(self, definition: Definition, arguments: int, labels_: Sequence[str]) -> bool:
        return labels.fits(definition, arguments, labels_)

    def closest(self, kept: list[int], arguments: int) -> list[int]:
        exact = [n for n in kept if len(self.index.symbols[n].params) == arguments] or kept
        picked = self.pick(exact) if len(exact) > 1 else None
        return [int(picked[1])] if picked is not None else exact

    def fitting(self, found: Sequence[int], file: int, arguments: int, labels_: Sequence[str]) -> list[int]:
        return super().fitting([n for n in found if self._is_visible(n, file)], file, arguments, labels_)

    def unfit(self, r: "Resolver", found: Sequence[int], arguments: int) -> Value | None:
        """Labels that fit no initialiser are those of the one that the compiler makes: the type stands for it."""
        return self._made(r, found)

    def _made(self, r: "Resolver", found: Sequence[int]) -> Value:
        """The type whose initialisers are found; nothing for other functions, and for what protocols require."""
        symbols = r.index.symbols
        if any(symbols[number].kind is not SymbolKind.CONSTRUCTOR for number in found):
            return miss(NO_MEMBER)
        owners = {r.hierarchy.owner(n) if symbols[n].receiver else r.index.parents[n] for n in found}
        owner = owners.pop()
        if owners or owner < 0 or symbols[owner].kind is SymbolKind.INTERFACE:
            return miss(EXTERNAL_BASE)
        return (SYMBOL, owner, OVERLOADED)

    def runs(self, r: "Resolver", symbol: int) -> Value:
        """The initialisers of a type, inherited ones where a class has none of its own."""
        if r.index.symbols[symbol].kind is SymbolKind.TYPE and not r.hierarchy.own(symbol, "init"):
            held = self.makes(r, symbol)
            return self.runs(r, int(held[1])) if held is not None else (SYMBOL, symbol, EXACT)
        value = r.hierarchy.member(symbol, "init")
        return value if value[0] != MISS or value[1] == AMBIGUOUS else (SYMBOL, symbol, EXACT)

    def makes(self, r: "Resolver", symbol: int) -> Value | None:
        """A call of an alias makes an instance of what it stands for."""
        if r.index.symbols[symbol].kind is not SymbolKind.TYPE:
            return None
        held = r.held(symbol)
        known = held[0] == INSTANCE and isinstance(held[1], int)
        return held if known and r.index.symbols[int(held[1])].kind is not SymbolKind.TYPE else None

    def parse(self, written: str) -> Parsed:
        text = _PREFIX.sub("", written.strip())
        if " & " in text and "<" not in text and "(" not in text:
            text = text.split(" & ", 1)[0]
        if text.endswith((".Type", ".Protocol")):
            return Expression(CLASS, (text.rsplit(".", 1)[0],))
        return parse(text, self.key)

    def container(self, outside: str) -> Mapping[str, int]:
        return _LISTING if outside == SEQUENCE else _MAPPING if outside == MAP else super().container(outside)

    def itself(self, r: "Resolver", file: int, scope: int, name: str) -> int:
        if name != "Self" or scope < 0:
            return -1
        value = self.receiver(r, file, scope, "Self")
        return int(value[1]) if value is not None and value[0] == SYMBOL else -1

    # -- the tree as a whole -------------------------------------------------------------------------------------

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {SCOPE_FILES: self._scopes.table()}
