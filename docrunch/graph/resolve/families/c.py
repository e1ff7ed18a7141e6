"""C and C++: files see what they include; declarations lead to the definitions that they announce.

A name is one of all definitions of that name, below its namespaces, in the files that a file sees. Of a function that
is declared and defined, the definition is meant, wherever it is, as long as there is one: edges point at definitions,
and a declaration is linked to its own (`declaration_of`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve import builtin_names, modules
from docrunch.graph.resolve.annotations import Parsed, parse
from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.families.c_functions import Declared, chosen, group
from docrunch.graph.resolve.families.c_includes import Includes
from docrunch.graph.resolve.interface import CALLABLE, TYPES, VALUES, Definition, Using
from docrunch.graph.resolve.reads import C_HEADERS, SCOPE_NAME
from docrunch.graph.resolve.values import (
    EXACT,
    EXTERNAL,
    EXTERNAL_BASE,
    INSTANCE,
    LOCAL_VALUE,
    MISS,
    MODULE,
    NO_CANDIDATE,
    PACKAGE,
    REDEFINED,
    SELF_MEMBER,
    SYMBOL,
    Value,
    lower,
    miss,
)
from docrunch.parsing.model import SymbolKind
from docrunch.remembered import remembered

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_EACH = {"[]": 0, **dict.fromkeys(("front()", "back()", "at()", "begin()", "top()", "data()"), 0)}
_HOLDING = {"value()": 0, "get()": 0, "lock()": 0}
_CONTAINERS = {
    **dict.fromkeys(
        ("vector", "array", "deque", "list", "forward_list", "span", "set", "unordered_set", "queue"), _EACH
    ),
    **dict.fromkeys(("stack", "initializer_list", "priority_queue", "multiset"), _EACH),
    **{key: {"[]": 1, "at()": 1} for key in ("map", "unordered_map")},
    **dict.fromkeys(("weak_ptr", "reference_wrapper"), _HOLDING),
}
_WORDS = re.compile(
    r"\b(?:const|volatile|struct|class|union|enum|typename|mutable|static|extern|inline|constexpr|unsigned|signed|"
    r"register|virtual|explicit|friend)\b"
)
_POINTERS = re.compile(r"(?:std::)?(?:unique_ptr|shared_ptr|optional|atomic)\s*<(.*)>\Z", re.DOTALL)
_MARKS = re.compile(r"[*&\s]+")
_GLOBAL = "::"


class C(Family):
    attaches = True
    overloads = True
    open_types = ("...",)
    call_operator = "operator()"
    subscript_operator = "operator[]"
    containers = _CONTAINERS

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._includes = Includes(index)
        self._files: dict[str, list[int]] = {}  # flattened name → files that define it
        for number, outline in enumerate(index.outlines):
            if index.families[number] == key:
                for name in outline.names:
                    self._files.setdefault(name, []).append(number)
        self._macros = index.names.layout.namespace_macros

    # -- names ---------------------------------------------------------------------------------------------------

    def receiver(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        if name != "this":
            return None
        owner = self._owner(r, file, scope)
        return (INSTANCE, owner, EXACT) if owner >= 0 else miss(LOCAL_VALUE)

    def _owner(self, r: "Resolver", file: int, scope: int) -> int:
        current = scope
        while current >= 0:
            symbol = r.index.symbol(file, current)
            if symbol.receiver:
                return r.hierarchy.owner(r.index.number(file, current))
            if symbol.kind in TYPES:
                return r.index.number(file, current)
            current = symbol.parent
        return -1

    def keyword(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        return (PACKAGE, f"{self.key}\0{file}\0", EXACT) if name == _GLOBAL else None

    def in_type(self, r: "Resolver", file: int, scope: int, name: str, innermost: bool) -> Value | None:
        found = self._member(r, r.index.number(file, scope), name)
        if innermost and found is not None and found[0] == SYMBOL and r.index.symbols[_number(found)].kind in VALUES:
            return None  # the types of fields are read here: ``struct ops *ops;``
        return found

    def in_extension(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """The type that a definition outside it names, then the namespaces around that."""
        owner = r.hierarchy.owner(r.index.number(file, scope))
        spelled = r.index.symbol(file, scope).receiver.replace("::", ".")
        if owner >= 0:
            found = self._member(r, owner, name)
            if found is not None:
                return found
        outer = self._path(r, file, r.index.symbol(file, scope).parent)
        while spelled:
            found = self._lookup(r, file, f"{outer}.{spelled}.{name}" if outer else f"{spelled}.{name}")
            if found is not None:
                return found
            spelled = spelled.rpartition(".")[0]
        return None

    def _member(self, r: "Resolver", owner: int, name: str) -> Value | None:
        if r.index.symbols[owner].name.split("<", 1)[0] == name:
            return (SYMBOL, owner, EXACT)
        found = r.hierarchy.member(owner, name)
        if found[0] == MISS:
            return None if found[1] in (EXTERNAL_BASE, "no_member") else found
        return lower(found, SELF_MEMBER) if "virtual" in r.index.symbols[_number(found)].modifiers else found

    def in_namespace(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        path = self._path(r, file, scope)
        found = self._lookup(r, file, f"{path}.{name}" if path else name)
        if found is not None:
            return found
        return self._used(r, file, scope, name) or miss(NO_CANDIDATE)

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        found = self._lookup(r, file, name) or modules.imported(r, file, name)
        return found if found is not None else self._used(r, file, -1, name) or miss(NO_CANDIDATE)

    def _used(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """By a using declaration or directive in a scope."""
        imported = r.index.imports(file, scope, name)
        if imported:
            return r.imported(file, imported[0])
        for star in r.index.stars(file, scope):
            value = r.member(r.imported(file, star), name)
            if value[0] == SYMBOL:
                return value
        return None

    def outermost(self, r: "Resolver", file: int, name: str) -> Value:
        return (EXTERNAL, "std::", EXACT) if name == "std" else builtin_names.value(self.key, name)

    def _path(self, r: "Resolver", file: int, scope: int) -> str:
        """The namespaces around a place, as `flat_names` spells them, macros by what they open."""
        names: list[str] = []
        while scope >= 0:
            symbol = r.index.symbol(file, scope)
            if symbol.kind is SymbolKind.NAMESPACE and "inline" not in symbol.modifiers:
                names.append(self._macros.get(symbol.name, symbol.name))
            scope = symbol.parent
        return ".".join(reversed(names))

    def package_member(self, r: "Resolver", key: str, name: str) -> Value:
        """A name of a namespace, or of the global one, as a file sees it."""
        file, _, path = key.partition("\0")
        return self._lookup(r, int(file), f"{path}.{name}" if path else name) or miss(NO_CANDIDATE)

    def package_directory(self, key: str) -> str | None:
        return None

    # -- definitions ---------------------------------------------------------------------------------------------

    def _definitions(self, path: str) -> list[int]:
        """All definitions of a flattened name, in path and source order."""
        found: list[int] = []
        for name in self._spellings(path):
            self.index.reads.note(SCOPE_NAME, f"{self.key}\0*\0{name}")
            for file in self._files.get(name, ()):
                numbers = self.index.flat(file, name)
                found += [n for n in numbers if name == path or self.index.symbols[n].kind is not SymbolKind.MACRO]
        return found

    def _spellings(self, path: str) -> list[str]:
        found = [path]
        for macro, opened in self._macros.items():
            if path.startswith(opened + ".") or path == opened:
                found.append(macro + path[len(opened) :])
        return found

    def _lookup(self, r: "Resolver", file: int, path: str) -> Value | None:
        """What a flattened name means in a file; ``None`` where the file sees no such name."""
        everywhere = self._definitions(path)
        if not everywhere:
            return None
        seen = self._includes.seen(file)
        symbols, files = self.index.symbols, self.index.symbol_file
        visible = [number for number in everywhere if files[number] in seen]
        if not visible:
            return None
        general = [number for number in visible if "specialization" not in symbols[number].modifiers]
        visible = general or visible
        kinds = {symbols[number].kind for number in visible}
        if kinds == {SymbolKind.NAMESPACE}:
            inline = all("inline" in symbols[number].modifiers for number in visible)
            return (PACKAGE, f"{self.key}\0{file}\0{path.rpartition('.')[0] if inline else path}", EXACT)
        macros = [number for number in visible if symbols[number].kind is SymbolKind.MACRO]
        function_like = [number for number in macros if "function" in symbols[number].modifiers]
        if function_like:  # which of several, only the conditions around them say
            return r.hierarchy.pick(function_like, self)
        outside = builtin_names.value(self.key, path)
        callables = [number for number in visible if symbols[number].kind in CALLABLE]
        if callables:
            if outside[0] == EXTERNAL and self._is_redeclared(callables, everywhere):
                return outside
            beside = [macro for macro in macros if any(files[macro] == files[number] for number in callables)]
            if beside:
                return r.hierarchy.undecided([*beside, *callables])
            return self._function(r, file, callables, everywhere)
        if macros and outside[0] == EXTERNAL:
            return outside
        for wanted in (_is_type, _is_alias, _is_value):
            found = [number for number in visible if wanted(symbols[number])]
            if found:
                return r.hierarchy.pick(found, self)
        return r.hierarchy.pick(macros, self) if macros else None

    def _is_redeclared(self, visible: Sequence[int], everywhere: Sequence[int]) -> bool:
        """Old C declares functions of the standard library itself."""
        index = self.index
        return not any(index.symbols[number].has_body for number in everywhere) and all(
            index.outlines[index.symbol_file[number]].language == "c" for number in visible
        )

    def _function(self, r: "Resolver", file: int, visible: Sequence[int], everywhere: Sequence[int]) -> Value:
        groups = self._groups(visible, everywhere)
        if len(groups) == 1:
            found = chosen(groups[0], file, self.index)
            return (SYMBOL, found[0], EXACT) if len(found) == 1 else r.hierarchy.undecided(found)
        return r.hierarchy.undecided([(each.announced or each.defined)[0] for each in groups])

    def _groups(self, visible: Sequence[int], everywhere: Sequence[int]) -> list[Declared]:
        index = self.index
        inside = frozenset(visible)
        reachable = [
            number
            for number in everywhere
            if index.symbols[number].kind in CALLABLE
            and "specialization" not in index.symbols[number].modifiers
            and (number in inside or "static" not in index.symbols[number].modifiers)
        ]
        overloaded = any(index.outlines[index.symbol_file[number]].language == "cpp" for number in reachable)
        groups = group([(number, index.symbols[number]) for number in reachable], overloaded)
        return [each for each in groups if inside.intersection((*each.announced, *each.defined))]

    def runs(self, r: "Resolver", symbol: int) -> Value:
        """In C a type in front of brackets is a cast, as an enum is everywhere; in C++ an alias is its type."""
        file = r.index.symbol_file[symbol]
        kind = r.index.symbols[symbol].kind
        if r.index.outlines[file].language == "c" or kind is SymbolKind.ENUM:
            return miss(NO_CANDIDATE)
        if kind is not SymbolKind.TYPE:
            return (SYMBOL, symbol, EXACT)
        held = r.held(symbol)
        return (SYMBOL, held[1], held[2]) if held[0] == INSTANCE else miss(NO_CANDIDATE)

    def implementation(self, r: "Resolver", symbol: int) -> int:
        definition = r.index.symbols[symbol]
        if definition.has_body:
            return symbol
        owner = r.index.parents[symbol]
        if owner >= 0 and r.index.symbols[owner].kind in TYPES:
            found: Sequence[int] = r.hierarchy.own(owner, definition.name)
        else:
            found = self._definitions(self._flat_of(r, symbol))
        callables = [(number, r.index.symbols[number]) for number in found if r.index.symbols[number].kind in CALLABLE]
        for each in group(callables, True):
            if symbol in each.announced:
                return each.defined[0] if len(each.defined) == 1 else symbol
        return symbol

    def _flat_of(self, r: "Resolver", symbol: int) -> str:
        file = r.index.symbol_file[symbol]
        definition = r.index.symbols[symbol]
        path = self._path(r, file, definition.parent)
        spelled = (
            f"{definition.receiver.replace('::', '.')}.{definition.name}" if definition.receiver else definition.name
        )
        return f"{path}.{spelled}" if path else spelled

    def declarations(self, r: "Resolver", symbol: int) -> Sequence[int]:
        """What announces a definition: its prototypes, or its declaration in its class."""
        definition = r.index.symbols[symbol]
        if definition.kind not in CALLABLE or not definition.has_body or "static" in definition.modifiers:
            return ()
        owner = r.hierarchy.owner(symbol) if definition.receiver else -1
        if owner >= 0:
            found: Sequence[int] = r.hierarchy.own(owner, definition.name)
        elif definition.parent >= 0 and r.index.symbols[r.index.parents[symbol]].kind in TYPES:
            return ()
        else:
            found = self._definitions(self._flat_of(r, symbol))
        overloaded = any(r.index.outlines[r.index.symbol_file[number]].language == "cpp" for number in found)
        callables = [(number, r.index.symbols[number]) for number in found if r.index.symbols[number].kind in CALLABLE]
        for each in group(callables, overloaded):
            if symbol in each.defined:
                return each.announced if len(each.defined) == 1 else ()
        return ()

    def pick(self, found: Sequence[int]) -> Value | None:
        """Of declarations and the definition of one thing the definition; of a type and its alias the type."""
        symbols = self.index.symbols
        if all(symbols[number].kind is SymbolKind.MACRO for number in found):
            return None
        callables = [(number, symbols[number]) for number in found if symbols[number].kind in CALLABLE]
        if callables:
            groups = group(callables, True)
            if len(groups) == 1 and len(groups[0].defined) <= 1:
                one = groups[0]
                return (SYMBOL, (one.defined or one.announced)[0], EXACT)
            return None
        types = [number for number in found if _is_type(symbols[number])]
        if types:
            return (SYMBOL, types[0], EXACT) if len(types) == 1 else None
        if all(_is_alias(symbols[number]) for number in found):
            return (SYMBOL, found[0], REDEFINED) if len({symbols[number].type for number in found}) == 1 else None
        whole = [
            number for number in found if "extern" not in symbols[number].modifiers and not symbols[number].receiver
        ]
        if len(whole) == 1 or (not whole and found):
            return (SYMBOL, (whole or list(found))[0], EXACT)
        same = {self.index.symbol_file[number] for number in whole}
        return (SYMBOL, whole[0], REDEFINED) if len(same) == 1 else None

    def fitting(self, found: Sequence[int], file: int, arguments: int, labels: Sequence[str]) -> list[int]:
        """A macro without parameters may stand for any function."""
        symbols = self.index.symbols
        if any(symbols[n].kind is SymbolKind.MACRO and "function" not in symbols[n].modifiers for n in found):
            return list(found)
        return super().fitting(found, file, arguments, labels)

    # -- includes and using --------------------------------------------------------------------------------------

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        if found.module[:1] in ('"', "<"):
            target = self._includes.file(file, found.module)
            return (MODULE, target, EXACT) if target >= 0 else (EXTERNAL, found.module[1:-1], EXACT)
        scope = found.scope
        if scope >= 0 and r.index.symbol(file, scope).kind not in CALLABLE and not (found.name or found.alias):
            scope = r.index.symbol(file, scope).parent
        return r.chain(file, scope, tuple(part for part in found.module.split("::") if part))

    def sees(self, file: int) -> Sequence[int]:
        return sorted(self._includes.seen(file))

    # -- types ---------------------------------------------------------------------------------------------------

    def parse(self, written: str) -> Parsed:
        return _parse(written)

    def external(self, symbol: Definition, written: str) -> bool:
        return True

    # -- the tree as a whole -------------------------------------------------------------------------------------

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {C_HEADERS: self._includes.table()}


def _is_type(symbol: Definition) -> bool:
    return symbol.kind in TYPES and symbol.kind is not SymbolKind.TYPE


def _is_alias(symbol: Definition) -> bool:
    return symbol.kind is SymbolKind.TYPE


def _is_value(symbol: Definition) -> bool:
    return symbol.kind in VALUES


def _number(value: Value) -> int:
    return value[1] if isinstance(value[1], int) else -1


@remembered(8192)
def _parse(written: str) -> Parsed:
    """``const struct point *`` → point; ``std::unique_ptr<Shape> &`` → Shape; ``T []`` a sequence."""
    text = written.strip()
    if "(*)" in text or "(" in text:
        return None
    arrays = text.endswith("[]")
    text = _MARKS.sub(" ", _WORDS.sub(" ", text.removesuffix("[]").removesuffix("..."))).strip()
    held = _POINTERS.match(text)
    if held is not None:
        text = held[1].strip()
    text = text.replace(" ::", "::").removeprefix("::")
    return parse(text + "[]" if arrays else text, "c")
