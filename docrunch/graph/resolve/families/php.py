"""PHP: namespaces, ``use``, classes with traits (https://www.php.net/manual/en/language.namespaces.rules.php).

A class name means exactly one full name; functions and constants fall back to the global namespace. What a full name
means is decided by the files that declare its namespace, wherever they are: an autoload map in ``composer.json`` only
says how those files are found.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.layout import join, parent_of
from docrunch.graph.resolve import names
from docrunch.graph.resolve.annotations import FUNCTION, MAP, SEQUENCE, Parsed
from docrunch.graph.resolve.families.base import SHAPES, Family
from docrunch.graph.resolve.families.php_types import parse
from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.interface import CALLABLE, TYPES, Using
from docrunch.graph.resolve.reads import SCOPE_FILES, SLOT, slot
from docrunch.graph.resolve.values import (
    EXACT,
    EXTERNAL,
    EXTERNAL_BASE,
    INHERITED_MEMBER,
    INSTANCE,
    LOCAL_VALUE,
    MISS,
    MISSING_MODULE,
    MODULE,
    NO_CANDIDATE,
    NO_MEMBER,
    PACKAGE,
    SELF_MEMBER,
    SYMBOL,
    Value,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_LOCAL = miss(LOCAL_VALUE)
_GLOBAL = "\0"  # the scope of files without a namespace
_FALLING_BACK = frozenset({SymbolKind.FUNCTION, SymbolKind.CONSTANT})
_SELVES = ("this", "self", "static", "parent")
_TYPE_WORDS = frozenset({"self", "static", "$this", "this"})
_ITERABLE = {"[*]": 0, "[]": 0}
_CONTAINERS = {
    **dict.fromkeys(("Traversable", "Iterator", "IteratorAggregate", "Generator", "ArrayIterator"), _ITERABLE),
    **dict.fromkeys(("ArrayObject", "ArrayAccess", "SplObjectStorage", "SplStack", "SplQueue"), _ITERABLE),
    **dict.fromkeys(("SplDoublyLinkedList", "SplFixedArray", "Collection"), _ITERABLE),
    MAP: {"[]": 1, "[*]": 1},
    SEQUENCE: {"[]": 0},
    FUNCTION: SHAPES[FUNCTION],
}


class Php(Family):
    open_names = ("...",)
    call_operator = "__invoke"
    subscript_operator = "offsetGet"
    iteration_operator = "getIterator"
    super_constructs = False
    calls_values = False
    selves = frozenset({"this"})
    self_types = frozenset({"static", "$this", "?static", "static|null", "this"})
    contract_kinds = frozenset({SymbolKind.INTERFACE})
    containers = _CONTAINERS

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._scopes = SharedScopes(key, index)
        self._included: dict[tuple[int, str], tuple[Value, int]] = {}

    # -- names -------------------------------------------------------------------------------------------------

    def receiver(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        if name not in _SELVES:
            return None
        owner = r.index.enclosing_type(file, scope)
        if owner < 0:
            return _LOCAL
        if name == "this":
            return (INSTANCE, owner, SELF_MEMBER)
        return (SYMBOL, owner, SELF_MEMBER) if name != "parent" else self._parent(r, owner)

    def _parent(self, r: "Resolver", owner: int) -> Value:
        for base in r.hierarchy.bases(owner)[0]:
            if r.index.symbols[base].kind is SymbolKind.CLASS:
                return (SYMBOL, base, SELF_MEMBER)
        return miss(EXTERNAL_BASE)

    def keyword(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """Variables: those of the function around the place, or of the file; never of anything further out."""
        if name[0] != "$":
            return _LOCAL if name in _SELVES else None
        index = r.index
        while scope >= 0:
            symbol = index.symbol(file, scope)
            if symbol.kind in CALLABLE:
                return names.in_callable(r, file, scope, symbol, name) or _LOCAL
            if symbol.kind in TYPES:
                return _LOCAL
            if symbol.kind is SymbolKind.NAMESPACE:
                break
            scope = symbol.parent
        bindings = index.bindings(file, scope, name)
        return names.bound(r, file, scope, bindings) if bindings else _LOCAL

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        return self._name(r, file, -1, self._scopes.key(file), name)

    def namespace_name(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        return self._name(r, file, scope, r.index.symbol(file, scope).name, name)

    def _name(self, r: "Resolver", file: int, scope: int, namespace: str, name: str) -> Value:
        """A name as written, in a file of a namespace."""
        if name[0] == "\\":
            return self._full(r, name[1:])
        prefix = "" if namespace == _GLOBAL else namespace + "\\"
        first, separator, rest = name.partition("\\")
        if first == "namespace" and separator:
            return self._full(r, prefix + rest)
        used = r.index.imports(file, scope, first)
        if used:
            return self._full(r, _full_name(used[0]) + separator + rest)
        if separator or not prefix:
            return self._full(r, prefix + name)
        found = self._definitions(r, prefix + name)
        if found:
            return r.hierarchy.pick(found, self)
        symbols = r.index.symbols
        everywhere = [each for each in self._definitions(r, name) if symbols[each].kind in _FALLING_BACK]
        if everywhere:
            return r.hierarchy.pick(everywhere, self)
        return (EXTERNAL, name if name[0].islower() or name.isupper() else prefix + name, EXACT)

    def _full(self, r: "Resolver", name: str) -> Value:
        found = self._definitions(r, name)
        if found:
            return r.hierarchy.pick(found, self)
        return (EXTERNAL, name, EXACT) if name else miss(NO_CANDIDATE)

    def _definitions(self, r: "Resolver", full: str) -> list[int]:
        """Symbols of a full name, those in files of several namespaces included."""
        namespace, _, name = full.rpartition("\\")
        found = self._scopes.definitions(namespace or _GLOBAL, name)
        if namespace:
            for place in self._scopes.definitions(_GLOBAL, namespace):
                found += r.index.members.get(place, {}).get(name, ())
        return [each for each in found if r.index.symbols[each].kind is not SymbolKind.NAMESPACE]

    def outermost(self, r: "Resolver", file: int, name: str) -> Value:
        return (EXTERNAL, name.lstrip("\\"), EXACT)

    # -- imports -----------------------------------------------------------------------------------------------

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        """The file that declares what ``use`` names, or that ``include`` names."""
        if found.dynamic:
            return r.index.reads.remembered(self._included, (file, found.module), self._include)
        value = self.target(r, file, found)
        if value[0] == SYMBOL and isinstance(value[1], int):
            return (MODULE, r.index.symbol_file[value[1]], EXACT)
        full = _full_name(found)
        if value[0] == EXTERNAL and self._scopes.exists(full):
            return (PACKAGE, f"{self.key}\0{full}", EXACT)
        return value

    def target(self, r: "Resolver", file: int, found: Using) -> Value:
        return self.origin(r, file, found) if found.dynamic else self._full(r, _full_name(found))

    def _include(self, key: tuple[int, str]) -> Value:
        """A literal path: beside the file where it says so, else on the include path, which begins at the root."""
        file, module = key
        here = parent_of(self.index.paths[file])
        places = [join(here, module)] if module.startswith(".") else [join(here, module), module]
        for place in places:
            self.index.reads.note(SLOT, slot(place))
            number = self.index.file_of.get(place)
            if number is not None:
                return (MODULE, number, EXACT)
        return miss(MISSING_MODULE)

    def sees(self, file: int) -> Sequence[int]:
        key = self._scopes.key(file)
        return self._scopes.files(key) if key != _GLOBAL else ()

    def package_member(self, r: "Resolver", key: str, name: str) -> Value:
        return self._full(r, f"{key}\\{name}")

    def package_directory(self, key: str) -> str | None:
        return None  # a namespace is no directory

    # -- types -------------------------------------------------------------------------------------------------

    def parts(self, written: str) -> tuple[str, ...]:
        return (written,)

    def parse(self, written: str) -> Parsed:
        return parse(written)

    def itself(self, r: "Resolver", file: int, scope: int, name: str) -> int:
        if name in _TYPE_WORDS:
            return r.index.enclosing_type(file, scope)
        if name == "parent":
            owner = r.index.enclosing_type(file, scope)
            value = self._parent(r, owner) if owner >= 0 else _LOCAL
            return value[1] if value[0] == SYMBOL and isinstance(value[1], int) else -1
        return -1

    def of_type(self, r: "Resolver", symbol: int, name: str) -> Value:
        return self.of_instance(r, symbol, name)

    def of_instance(self, r: "Resolver", symbol: int, name: str, *, skip_own: bool = False) -> Value:
        """Own members, then what ``insteadof`` and ``as`` say of the traits, then traits, parents, interfaces."""
        order, outside = r.hierarchy.order(symbol)
        for place in order[1:] if skip_own else order:
            found = r.hierarchy.own(place, name)
            value = r.hierarchy.pick(found, self) if found else self._of_trait(r, place, name)
            if value is not None:
                if place == symbol or value[0] == MISS:
                    return value
                return (value[0], value[1], min(value[2], INHERITED_MEMBER))
        return miss(EXTERNAL_BASE if outside else NO_MEMBER)

    def _of_trait(self, r: "Resolver", place: int, name: str) -> Value | None:
        if name[0] == "$" or not r.index.attributes(place, name):
            return None
        value = r.attribute(place, name)
        return value if value[0] == SYMBOL else None

    def runs(self, r: "Resolver", symbol: int) -> Value:
        """``new Foo`` runs the constructor, its own or an inherited one."""
        found = self.of_instance(r, symbol, "__construct")
        return found if found[0] == SYMBOL else (SYMBOL, symbol, EXACT)

    # -- the tree as a whole -----------------------------------------------------------------------------------

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {SCOPE_FILES: self._scopes.table()}


def _full_name(found: Using) -> str:
    return f"{found.module}\\{found.name}" if found.module else found.name
