"""Java and Kotlin: one family, since each sees the other's packages, types and members.

Java: https://docs.oracle.com/javase/specs/jls/se21/html/jls-6.html (scopes) and jls-15.12 (which method is called);
Kotlin: https://kotlinlang.org/spec/overload-resolution.html. What both leave to the types of arguments stays open.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from docrunch.graph.resolve import callables, modules, names, overloads
from docrunch.graph.resolve.families import jvm_arguments
from docrunch.graph.resolve.families.declared import DeclaredPackages
from docrunch.graph.resolve.families.jvm_library import (
    CONTAINERS,
    IMPLICIT,
    KOTLIN_IMPLICIT,
    OBJECT_METHODS,
    OF_OBJECT,
    OUTSIDE,
    ROOTS,
)
from docrunch.graph.resolve.interface import CALLABLE, TYPES, VALUES, Definition, Using
from docrunch.graph.resolve.reads import UNIQUE
from docrunch.graph.resolve.unique_method import is_telling
from docrunch.graph.resolve.values import (
    AMBIGUOUS,
    ANNOTATED,
    APPLIED,
    EXACT,
    EXTERNAL,
    EXTERNAL_BASE,
    EXTERNAL_INSTANCE,
    INSTANCE,
    LOCAL_VALUE,
    MISS,
    MODULE,
    NO_CANDIDATE,
    NO_MEMBER,
    NO_OVERLOAD,
    REDEFINED,
    SELF_MEMBER,
    STAR_EXTERNAL,
    STAR_IMPORT,
    SUPER,
    SYMBOL,
    Value,
    lower,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.arguments import Passing
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_CLASSES = frozenset({SymbolKind.CLASS, SymbolKind.ENUM})
_LOCAL = miss(LOCAL_VALUE)
_SAME = frozenset(
    {"apply", "also", "takeIf", "takeUnless"}
)  # of the standard library: they give what they are called on
EXTENSION = 800  # a function that extends something, in sight under that name, called on something unknown


def _answered(value: Value) -> bool:
    """A hit, or several functions among which the arguments decide."""
    return value[0] != MISS or value[1] == AMBIGUOUS


class Jvm(DeclaredPackages):
    separate_calls = True
    guesses = False  # every receiver has a type: one that is not known is one of a library
    extends = True
    roots = ROOTS
    containers = CONTAINERS
    open_types = ("...", "vararg ")
    passing: ClassVar["Passing | None"] = jvm_arguments
    of_any_value = OF_OBJECT

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._methods: set[str] | None = None  # names, made when first asked for

    def is_kotlin(self, file: int) -> bool:
        return self.index.outlines[file].language == "kotlin"

    # -- this and super ------------------------------------------------------------------------------------------

    def receiver(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        if name not in ("this", "super"):
            return None
        current = scope
        while current >= 0:
            symbol = r.index.symbol(file, current)
            if symbol.kind in TYPES:
                return (SUPER if name == "super" else INSTANCE, r.index.number(file, current), SELF_MEMBER)
            if symbol.trait:
                return self._made(r, file, symbol)
            if symbol.extends and name == "this":
                value = r.annotated(file, symbol.parent, symbol.extends, ANNOTATED)
                return value if value[0] != MISS else _LOCAL
            current = symbol.parent
        return _LOCAL

    def _made(self, r: "Resolver", file: int, symbol: Definition) -> Value:
        """An instance of the supertype of the nameless class that a symbol is a member of."""
        value = r.chain(file, symbol.parent, tuple(symbol.trait.split(".")))
        if value[0] != SYMBOL or not isinstance(value[1], int) or r.index.symbols[value[1]].kind not in TYPES:
            return miss(EXTERNAL_BASE)
        return (INSTANCE, value[1], SELF_MEMBER)

    def word(self, r: "Resolver", symbol: int, name: str) -> Value | None:
        """``Outer.this``, ``Outer.super``, ``Interface.super``."""
        if name == "this":
            return (INSTANCE, symbol, SELF_MEMBER)
        if name != "super":
            return self._of_type(r, symbol, name) if self.is_kotlin(r.index.symbol_file[symbol]) else None
        contract = r.index.symbols[symbol].kind is SymbolKind.INTERFACE
        return (INSTANCE if contract else SUPER, symbol, SELF_MEMBER)

    def _of_type(self, r: "Resolver", symbol: int, name: str) -> Value | None:
        """Kotlin has no static members: the name of a class stands for its companion object."""
        symbols = r.index.symbols
        if "object" in symbols[symbol].modifiers:
            return None
        called = callables.is_call(name)
        own = r.index.members.get(symbol, {}).get(_bare(name), ())
        types = [n for n in own if symbols[n].kind in TYPES]
        if called and types:
            return self.constructed(r, types[0], name)
        fixed = types or [n for n in own if symbols[n].kind is SymbolKind.CONSTANT]
        if fixed and not called:
            return (SYMBOL, fixed[0], EXACT)
        for companion in self._companions(r, symbol):
            found = r.hierarchy.member(companion, name)
            if _answered(found):
                return found
        return miss(NO_MEMBER) if called else None

    # -- values and types ----------------------------------------------------------------------------------------

    def in_type(self, r: "Resolver", file: int, scope: int, name: str, innermost: bool) -> Value | None:
        owner = r.index.number(file, scope)
        if r.index.symbol(file, scope).name == name:
            return (SYMBOL, owner, EXACT)
        value = r.hierarchy.member(owner, name)
        if value[0] == SYMBOL and isinstance(value[1], int) and self._is_named(r, file, value[1]):
            return value
        bindings = r.index.bindings(file, scope, name)
        return names.bound(r, file, scope, bindings) if bindings else None

    def _is_named(self, r: "Resolver", file: int, symbol: int) -> bool:
        """Whether a bare name can mean the symbol: only Kotlin names functions without calling them (``::f``)."""
        return r.index.symbols[symbol].kind not in CALLABLE or self.is_kotlin(file)

    def member(self, r: "Resolver", symbol: int, name: str, *, skip_own: bool) -> Value:
        """Own and inherited members, then those of the companion object."""
        value = super().member(r, symbol, name, skip_own=skip_own)
        if _answered(value):
            return value
        if callables.is_call(name):
            bare, arguments = callables.asked(name)
            type_ = callables.value(r, symbol, bare) if bare[:1].isupper() else value
            if type_[0] == SYMBOL and isinstance(type_[1], int) and r.index.symbols[type_[1]].kind in TYPES:
                return callables.constructor(r, type_[1], arguments)
        if not self.is_kotlin(r.index.symbol_file[symbol]):
            return value
        for companion in self._companions(r, symbol):
            found = super().member(r, companion, name, skip_own=False)
            if _answered(found):
                return found
        return value

    def _companions(self, r: "Resolver", symbol: int) -> list[int]:
        return [
            number
            for place in r.hierarchy.order(symbol)[0]
            for found in r.index.members.get(place, {}).values()
            for number in found
            if "companion" in r.index.symbols[number].modifiers
        ]

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        """Single imports, then the file and its package, then star imports and what needs none."""
        found = self._imported(r, file, name) or self.pick_top(r, self.in_package(file, _bare(name)), name)
        if found is not None:
            return found
        facade = self._facade(self.scopes.key(file), name)
        value = facade or self._starred(r, file, name)
        if _answered(value):
            return value
        implicit = self._implicit(file, _bare(name))
        if implicit is not None:
            return implicit
        if value[1] == STAR_EXTERNAL and name in CONTAINERS:
            return (EXTERNAL, name, EXACT)  # of one of the star imports
        return value

    def _imported(self, r: "Resolver", file: int, name: str) -> Value | None:
        """A static import may bring methods of one name from several types."""
        found: Value | None = None
        for using in r.index.imports(file, -1, _bare(name)) or ():
            if not callables.is_call(name):
                return r.imported(file, using)
            _, arguments = callables.asked(name)
            value = self.imported_member(r, using, callables.call(using.name, arguments))
            if _answered(value):
                return value
            found = found or value
        return found

    def _starred(self, r: "Resolver", file: int, name: str) -> Value:
        if not callables.is_call(name):
            return modules.starred(r, file, name)
        outside = False
        for star in r.index.stars(file, -1):
            origin = r.imported(file, star)
            if origin[0] == EXTERNAL:
                outside = True
                continue
            value = r.member(origin, name) if origin[0] != MISS else origin
            if _answered(value):
                return lower(value, STAR_IMPORT) if value[0] != MISS else value
        return miss(STAR_EXTERNAL if outside else NO_CANDIDATE)

    def pick_top(self, r: "Resolver", found: Sequence[int], name: str) -> Value | None:
        symbols = r.index.symbols
        if callables.is_call(name):
            _, arguments = callables.asked(name)
            functions = [n for n in found if symbols[n].kind in CALLABLE and not symbols[n].extends]
            types = [n for n in found if symbols[n].kind in TYPES]
            if functions and types:  # a function that makes instances may have the name of their type
                types = [n for n in types if callables.makes(r, n, arguments)]
                functions = [n for n in functions if overloads.takes(self, symbols[n], arguments)]
            if functions and types:
                return r.hierarchy.pick([*types, *functions], self)
            if functions:
                return overloads.by_number(r, functions, arguments)
            return self.constructed(r, types[0], name) if len(types) == 1 else None
        kept = [n for n in found if symbols[n].kind in TYPES] or [n for n in found if symbols[n].kind not in CALLABLE]
        return r.hierarchy.pick(kept or found, self) if found else None

    def package_member(self, r: "Resolver", key: str, name: str) -> Value:
        bare = _bare(name)
        found = self.pick_top(r, self.scopes.definitions(key, bare), name)
        return found or self._facade(key, bare) or self.package(f"{key}.{bare}") or miss(NO_MEMBER)

    def _facade(self, key: str, name: str) -> Value | None:
        """``ToolsKt``: how Java names the functions of ``Tools.kt``."""
        if not name.endswith("Kt"):
            return None
        path = f"/{name.removesuffix('Kt')}.kt"
        for file in self.scopes.files(key):
            if f"/{self.index.paths[file]}".endswith(path):
                return (MODULE, file, EXACT)
        return None

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        value = super().origin(r, file, found)
        parts = [*found.module.split("."), found.name]
        for end in (len(parts) - 1, len(parts) - 2) if value[0] == EXTERNAL else ():
            value = self._facade(".".join(parts[:end]), parts[end]) or value
        return value

    def imported_member(self, r: "Resolver", found: Using, last: str) -> Value:
        value = super().imported_member(r, found, last)
        if value[0] != EXTERNAL:
            return value
        package, _, name = found.module.rpartition(".")
        facade = self._facade(package, name)
        if facade is not None:
            return r.member(facade, last) if found.name not in ("", "*") else facade
        return self._facade(found.module, found.name) or value

    def outermost(self, r: "Resolver", file: int, name: str) -> Value:
        """The first word of a whole name."""
        return self.package(name) or ((EXTERNAL, name, EXACT) if name in OUTSIDE else miss(NO_CANDIDATE))

    def _implicit(self, file: int, name: str) -> Value | None:
        if self.is_kotlin(file) and name in KOTLIN_IMPLICIT:
            return (EXTERNAL, f"kotlin.{name}", EXACT)
        return (EXTERNAL, f"java.lang.{name}", EXACT) if name in IMPLICIT else None

    # -- calls by a bare name ------------------------------------------------------------------------------------

    def callee(self, r: "Resolver", file: int, scope: int, name: str) -> Value:
        """The innermost place that has a function of that name decides, whatever its parameters."""
        bare, arguments = callables.asked(name)
        if bare in ("this", "super"):
            return self._delegated(r, file, scope, bare, arguments)
        if bare[:1].isupper():
            value = r.head(file, scope, bare)
            if value[0] == SYMBOL and isinstance(value[1], int) and r.index.symbols[value[1]].kind in TYPES:
                if r.index.parents[value[1]] < 0 and self.is_kotlin(file):
                    beside = r.module_member(file, name)
                    return beside if _answered(beside) else self.constructed(r, value[1], name)
                return lower(self.constructed(r, value[1], name), value[2])
        hidden = False  # whether a supertype that we cannot see may have the method
        current = scope
        while current >= 0:
            symbol = r.index.symbol(file, current)
            found = self._called_in(r, file, current, symbol, name)
            if found is not None and (_answered(found) or found[1] != EXTERNAL_BASE):
                return lower(found, REDEFINED) if hidden and found[0] != MISS else found
            hidden = hidden or found is not None
            current = symbol.parent
        value = r.module_member(file, name)
        if value[0] == MISS and hidden and value[1] in (NO_CANDIDATE, STAR_EXTERNAL):
            return miss(EXTERNAL_BASE)
        return lower(value, REDEFINED) if hidden and value[0] != MISS else value

    def constructed(self, r: "Resolver", type_: int, name: str) -> Value:
        """A call of a type, which may be an alias: its constructor."""
        _, arguments = callables.asked(name)
        symbol = r.index.symbols[type_]
        if symbol.kind is SymbolKind.TYPE and symbol.type:
            aliased = r.annotated(*r.index.scope_of(type_), symbol.type, EXACT)
            if aliased[0] != INSTANCE or not isinstance(aliased[1], int):
                return (SYMBOL, type_, EXACT)
            type_ = aliased[1]
        return callables.constructor(r, type_, arguments)

    def _called_in(self, r: "Resolver", file: int, scope: int, symbol: Definition, name: str) -> Value | None:
        """``None`` where another place may have the function; ``external_base`` where this one may, unseen."""
        bare, arguments = callables.asked(name)
        if symbol.kind in TYPES:
            return self._called_in_type(r, file, r.index.number(file, scope), name)
        inside = r.index.inside(file, scope, bare)
        nested = [n for n in inside.nested or () if r.index.symbols[n].kind in CALLABLE]
        if nested:
            return overloads.by_number(r, nested, arguments)
        if self.is_kotlin(file) and symbol.kind in CALLABLE and (inside.bindings or inside.own):
            return _LOCAL  # a value that is called
        if symbol.trait:
            own = r.index.nameless.get((file, symbol.parent, symbol.trait), {}).get(bare, ())
            methods = [n for n in own if r.index.symbols[n].kind in CALLABLE]
            chosen = overloads.by_number(r, methods, arguments) if methods else None
            if chosen is not None:
                return callables.of_self(r, chosen)
            made = self._made(r, file, symbol)
            return self._called_in_type(r, file, made[1], name) if isinstance(made[1], int) else miss(EXTERNAL_BASE)
        if symbol.extends:
            made = r.annotated(file, symbol.parent, symbol.extends, ANNOTATED)
            if made[0] != INSTANCE or not isinstance(made[1], int):
                return miss(EXTERNAL_BASE)
            return self._called_in_type(r, file, made[1], name)
        return None

    def _called_in_type(self, r: "Resolver", file: int, owner: int, name: str) -> Value | None:
        """In Java the innermost type that has the name decides, and every type has the methods of Object."""
        value = r.hierarchy.member(owner, name)
        if _answered(value):
            return callables.of_self(r, value)
        extension = self.extension(r, file, (INSTANCE, owner, SELF_MEMBER), name)
        if extension is not None and extension[0] in (SYMBOL, MISS):
            return extension
        if callables.asked(name)[0] in OBJECT_METHODS:
            return miss(NO_MEMBER)
        if value[1] == NO_OVERLOAD and not self.is_kotlin(file):
            return value
        return value if value[1] == EXTERNAL_BASE else None

    def _delegated(self, r: "Resolver", file: int, scope: int, word: str, arguments: int) -> Value:
        """``this(…)`` and ``super(…)`` at the start of a constructor."""
        owner = r.index.enclosing_type(file, scope)
        if owner < 0:
            return miss(NO_CANDIDATE)
        if word == "this":
            return callables.constructor(r, owner, arguments)
        above = [n for n in r.hierarchy.bases(owner)[0] if r.index.symbols[n].kind in _CLASSES]
        return callables.constructor(r, above[0], arguments) if above else miss(EXTERNAL_BASE)

    # -- overloads -----------------------------------------------------------------------------------------------

    def accepts(self, definition: Definition, arguments: int, labels: Sequence[str]) -> bool:
        """A type beside functions of its name was found to be made so already."""
        return definition.kind in TYPES or super().accepts(definition, arguments, labels)

    def closest(self, kept: list[int], arguments: int) -> list[int]:
        return kept  # only types tell

    # -- members and extensions ----------------------------------------------------------------------------------

    def extension(self, r: "Resolver", file: int, value: Value, name: str) -> Value | None:
        """Kotlin: a function in sight that extends the type of the value."""
        if not self.is_kotlin(file) or (value[0] == MISS and value[1] == AMBIGUOUS):
            return None
        bare = _bare(name)
        found = self._in_sight(r, file, bare)
        if value[0] != MISS:
            found = [number for number in found if self._extends(r, number, value)]
        elif found and not self._only_extends(r, bare):
            return None
        if not found:
            return r.numbered.result(value) if bare in _SAME and value[0] != MISS else None
        if callables.is_call(name):
            _, arguments = callables.asked(name)
            functions = [n for n in found if r.index.symbols[n].kind in CALLABLE]
            chosen = overloads.by_number(r, functions, arguments)
        else:
            kept = [n for n in found if r.index.symbols[n].kind in VALUES]
            chosen = r.hierarchy.pick(kept, self) if kept else None
        if chosen is None or chosen[0] == MISS:
            return chosen
        return lower(chosen, value[2] if value[0] != MISS else EXTENSION)

    def _only_extends(self, r: "Resolver", name: str) -> bool:
        """Whether a name is telling, and no method of the repository has it."""
        if not is_telling(name):
            return False
        r.index.reads.note(UNIQUE, f"{self.key}\0{name}")
        if self._methods is None:
            outlines = zip(self.index.outlines, self.index.families, strict=True)
            self._methods = {each for outline, family in outlines if family == self.key for each in outline.methods}
        return name not in self._methods

    def _in_sight(self, r: "Resolver", file: int, name: str) -> list[int]:
        """Functions and properties of that name that extend something: imported ones, those of the package."""
        found: list[int] = []
        for using in r.index.imports(file, -1, name) or ():
            known, used = self.qualified([*using.module.split("."), using.name])
            found += known if used == len(using.module.split(".")) + 1 else []
        found += self.in_package(file, name)
        for star in r.index.stars(file, -1):
            found += self.scopes.definitions(star.module, name)
        return [n for n in dict.fromkeys(found) if r.index.symbols[n].extends]

    def _extends(self, r: "Resolver", function: int, value: Value) -> bool:
        symbol = r.index.symbols[function]
        place = r.index.symbol_file[function]
        if value[0] in (EXTERNAL, EXTERNAL_INSTANCE) and not is_telling(symbol.name):
            return False  # the library's type may have a member of that name, which comes first
        if symbol.extends == "Any" or any(symbol.extends == name for name, _ in symbol.type_params):
            return True
        base = r.numbered.applied(value).base if value[0] == APPLIED else value[:2]
        target = r.annotated(place, symbol.parent, symbol.extends, ANNOTATED)
        if base[0] == INSTANCE and isinstance(base[1], int):
            return target[0] == INSTANCE and target[1] in r.hierarchy.order(base[1])[0]
        if base[0] == EXTERNAL_INSTANCE and isinstance(base[1], str):
            return base[1].rsplit(".", 1)[-1] == symbol.extends.rsplit(".", 1)[-1]
        return False


def _bare(name: str) -> str:
    return callables.asked(name)[0] if callables.is_call(name) else name
