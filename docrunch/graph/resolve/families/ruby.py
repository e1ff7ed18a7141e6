"""Ruby: constants by lexical scope, then ancestors; methods by ancestors; what a class itself answers to.

A class is all of its definitions, in whatever file; one of them stands for the class in values and edges
(`ruby_constants.RubyConstants.places`). A bare name is a local variable, else a method of self.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve import names
from docrunch.graph.resolve.annotations import Parsed
from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.families.ruby_constants import RubyConstants
from docrunch.graph.resolve.families.ruby_core import CONTAINERS, CORE, ITSELF, MODULE, OBJECT, parse
from docrunch.graph.resolve.families.ruby_requires import RubyRequires
from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.interface import CALLABLE, TYPES, Using
from docrunch.graph.resolve.reads import SCOPE_FILES
from docrunch.graph.resolve.values import (
    ALIASED,
    ATTRIBUTE,
    DYNAMIC_RECEIVER,
    EXACT,
    EXTERNAL,
    EXTERNAL_BASE,
    INHERITED_MEMBER,
    INSTANCE,
    LOCAL_VALUE,
    MISS,
    NO_CANDIDATE,
    NO_MEMBER,
    REDEFINED,
    SELF_MEMBER,
    SUPER,
    SYMBOL,
    Value,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_LOCAL = miss(LOCAL_VALUE)


_MOST_PARTS = 500  # of one class; each is asked for the supertypes of all others


class Ruby(Family):
    open_names = ("*", "&", "...")
    attaches = True
    call_operator = "call"
    subscript_operator = "[]"
    iteration_operator = "each"
    super_constructs = False
    selves = frozenset({"self"})
    self_types = frozenset({"self"})
    contract_kinds = frozenset()
    containers = CONTAINERS
    roots = frozenset({"Object", "BasicObject", "Kernel"})

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._scopes = SharedScopes(key, index)
        self._constants = RubyConstants(index, self._scopes)
        self._requires = RubyRequires(key, index)

    # -- names at a place --------------------------------------------------------------------------------------

    def keyword(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """Every name: scopes of methods and classes are closed to the names around them."""
        if name == "self":
            return self._self(r, file, scope)
        if name == "super":
            return self._super(r, file, scope)
        if name[0] == "$":
            return _LOCAL
        if name[0] == ":" or name[0].isupper():
            return self._constant(r, file, scope, name)
        return self._local(r, file, scope, name) or self._bare(r, file, scope, name)

    def _local(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        if scope < 0:
            bindings = r.index.bindings(file, -1, name)
            return names.bound(r, file, -1, bindings) if bindings else None
        symbol = r.index.symbol(file, scope)
        if symbol.kind in CALLABLE:
            return names.in_callable(r, file, scope, symbol, name)
        inside = r.index.inside(file, scope, name)
        if inside.bindings:
            return names.bound(r, file, scope, inside.bindings)
        return _LOCAL if inside.own else None

    def _bare(self, r: "Resolver", file: int, scope: int, name: str) -> Value:
        """A method of self, a method that a file defines outside any class, one that every object has."""
        value = self._self(r, file, scope)
        missed = value
        if value[0] != MISS:
            found = r.member(value, name)
            if found[0] != MISS:
                return found
            missed = found
        own = [each for each in r.index.top(file, name) if r.index.symbols[each].kind is SymbolKind.FUNCTION]
        if own:
            return r.hierarchy.pick(own, self)
        if value[0] == MISS:
            functions = self._constants.functions(name)
            if len(functions) == 1:
                return (SYMBOL, functions[0], ALIASED)
        if name in OBJECT:
            return (EXTERNAL, f"Kernel#{name}", EXACT)
        return missed if missed[0] == MISS and missed[1] != DYNAMIC_RECEIVER else miss(NO_CANDIDATE)

    def _self(self, r: "Resolver", file: int, scope: int) -> Value:
        if scope < 0:
            return miss(DYNAMIC_RECEIVER)
        symbol = r.index.symbol(file, scope)
        if symbol.kind in CALLABLE and symbol.receiver:
            owner = r.hierarchy.owner(r.index.number(file, scope))
        else:
            owner = r.index.enclosing_type(file, scope)
        if owner < 0:
            return miss(DYNAMIC_RECEIVER)
        of_class = symbol.kind in TYPES or "static" in symbol.modifiers
        return (SYMBOL if of_class else INSTANCE, self._constants.main(owner), SELF_MEMBER)

    def _super(self, r: "Resolver", file: int, scope: int) -> Value:
        value = self._self(r, file, scope)
        if not isinstance(value[1], int):
            return value
        if value[0] == INSTANCE:
            return (SUPER, value[1], SELF_MEMBER)
        above = self._superclass(r, value[1])
        return (SYMBOL, above, SELF_MEMBER) if above >= 0 else miss(EXTERNAL_BASE)

    def _superclass(self, r: "Resolver", symbol: int) -> int:
        return next((b for b in r.hierarchy.bases(symbol)[0] if r.index.symbols[b].kind is SymbolKind.CLASS), -1)

    # -- constants ---------------------------------------------------------------------------------------------

    def _constant(self, r: "Resolver", file: int, scope: int, name: str) -> Value:
        if name.startswith("::"):
            return self._place((name[2:],)) or (EXTERNAL, name[2:], EXACT)
        current = r.index.number(file, scope) if scope >= 0 else -1
        innermost = -1
        while current >= 0:
            if r.index.symbols[current].kind in TYPES:
                innermost = current if innermost < 0 else innermost
                found = self._place((*self._constants.path(current), name))
                if found is not None:
                    return found
            current = r.index.parents[current]
        if innermost >= 0:
            found = self._inherited(r, self._constants.main(innermost), name)
            if found is not None:
                return found
        return self._place((name,)) or (EXTERNAL, name, EXACT)

    def _place(self, path: tuple[str, ...]) -> Value | None:
        places = self._constants.places(path)
        return (SYMBOL, places[0], EXACT) if places else None

    def _inherited(self, r: "Resolver", symbol: int, name: str) -> Value | None:
        for place in r.hierarchy.order(symbol)[0][1:]:
            found = self._place((*self._constants.path(place), name))
            if found is not None:
                return found
        return None

    def other_parts(self, r: "Resolver", symbol: int) -> Sequence[int]:
        definition = r.index.symbols[symbol]
        if definition.kind not in TYPES:
            return ()
        places = self._constants.places(self._constants.path(symbol))
        if not 2 <= len(places) <= _MOST_PARTS:
            return ()
        return [each for each in places if each != symbol and r.index.symbols[each].kind in TYPES]

    # -- members -----------------------------------------------------------------------------------------------

    def of_instance(self, r: "Resolver", symbol: int, name: str, *, skip_own: bool = False) -> Value:
        """Prepended modules, the class, included modules, the superclass; then what every object has."""
        order, outside = r.hierarchy.order(symbol)
        for place in order[1:] if skip_own else order:
            for holder in (*self._mixed(r, place, "prepend"), place):
                found = self._own(r, holder, name, of_class=False)
                if found:
                    value = r.hierarchy.pick(found, self)
                    known = holder == symbol or value[0] == MISS
                    return value if known else (value[0], value[1], min(value[2], INHERITED_MEMBER))
        if skip_own or name[0] == "@":
            return miss(EXTERNAL_BASE if outside else NO_MEMBER)
        if name == "class":
            return r.numbered.result((SYMBOL, symbol, EXACT))
        if name in ITSELF:
            return r.numbered.result((INSTANCE, symbol, EXACT))
        if name in OBJECT:
            return (EXTERNAL, f"Kernel#{name}", EXACT)
        return miss(EXTERNAL_BASE if outside else NO_MEMBER)

    def of_type(self, r: "Resolver", symbol: int, name: str) -> Value:
        """A constant of a class or module, or a method of itself."""
        if name[0].isupper():
            path = self._constants.path(symbol)
            found = self._place((*path, name)) or self._inherited(r, symbol, name)
            return found or (EXTERNAL, "::".join((*path, name)), EXACT)
        outside = False
        for place in self._line(r, symbol):
            if name[0] == "@":
                held = r.attribute(place, name)
                if held[0] != MISS:
                    return held
                continue
            value = self._of_class(r, place, name)
            if value is not None:
                known = place == symbol or value[0] == MISS
                return value if known else (value[0], value[1], min(value[2], INHERITED_MEMBER))
            outside = outside or r.hierarchy.bases(place)[1]
        if name == "new" and r.index.symbols[symbol].kind is SymbolKind.CLASS:
            return (SYMBOL, symbol, EXACT)
        if name == "instance" and any(base.endswith("Singleton") for base in r.index.symbols[symbol].bases):
            return r.numbered.result((INSTANCE, symbol, EXACT))
        if name in OBJECT or name in MODULE:
            return (EXTERNAL, f"Module#{name}", EXACT)
        return miss(EXTERNAL_BASE if outside else NO_MEMBER)

    def _line(self, r: "Resolver", symbol: int) -> Iterator[int]:
        """A class and its superclasses."""
        seen: set[int] = set()
        while symbol >= 0 and symbol not in seen:
            seen.add(symbol)
            yield symbol
            symbol = self._superclass(r, symbol)

    def _of_class(self, r: "Resolver", place: int, name: str) -> Value | None:
        found = self._own(r, place, name, of_class=True)
        if found:
            return r.hierarchy.pick(found, self)
        mixed = [*self._mixed(r, place, "extend")]
        for above in r.hierarchy.order(place)[0]:
            if r.index.symbols[above].kind is SymbolKind.TRAIT and above != place:
                mixed += self._constants.places((*self._constants.path(above), "ClassMethods"))[:1]
        for module in mixed:
            value = self.of_instance(r, module, name, skip_own=False)
            if value[0] == SYMBOL:
                return value
        return None

    def _own(self, r: "Resolver", place: int, name: str, *, of_class: bool) -> list[int]:
        """Members of a class or module that it, or its instances, answer to. ``a=`` may be an attribute ``a``."""
        symbols = r.index.symbols
        both = "extend_self" in symbols[place].modifiers
        found = [each for each in r.hierarchy.own(place, name) if self._answers(each, of_class, both, "reader")]
        if not found and name[-1] == "=":
            attributes = r.hierarchy.own(place, name[:-1])
            found = [each for each in attributes if self._answers(each, of_class, both, "writer")]
            found = [each for each in found if symbols[each].kind is SymbolKind.PROPERTY]
        return found

    def _answers(self, symbol: int, of_class: bool, both: bool, way: str) -> bool:
        definition = self.index.symbols[symbol]
        if definition.kind not in CALLABLE and definition.kind is not SymbolKind.PROPERTY:
            return False
        if definition.kind is SymbolKind.PROPERTY and way not in definition.modifiers:
            return False
        static = "static" in definition.modifiers
        return static == of_class or both or "module_function" in definition.modifiers

    def _mixed(self, r: "Resolver", place: int, word: str) -> Iterator[int]:
        """Modules that ``extend`` or ``prepend`` name in a class, the last one first."""
        for part in (place, *self.other_parts(r, place)):
            file, scope = r.index.place_of(part)
            for binding in reversed(r.index.bindings(file, scope, word) or ()):
                value = r.chain(file, scope, binding.value)
                if value[0] == SYMBOL and isinstance(value[1], int) and value[1] != place:
                    yield value[1]

    def pick(self, found: Sequence[int]) -> Value | None:
        """In one file the last definition counts."""
        files = {self.index.symbol_file[each] for each in found}
        return (SYMBOL, found[-1], REDEFINED) if len(files) == 1 else None

    def read(self, r: "Resolver", symbol: int) -> Value | None:
        """An attribute gives what its variable holds."""
        definition = r.index.symbols[symbol]
        if definition.kind is not SymbolKind.PROPERTY:
            return None
        file, scope = r.index.scope_of(symbol)
        if definition.type:
            return r.annotated(file, scope, definition.type, ATTRIBUTE)
        owner = r.index.parents[symbol]
        if owner < 0:
            return miss(DYNAMIC_RECEIVER)
        sign = "@@" if "static" in definition.modifiers else "@"
        value = r.attribute(self._constants.main(owner), sign + definition.name)
        return value if value[0] != MISS else miss(DYNAMIC_RECEIVER)

    def runs(self, r: "Resolver", symbol: int) -> Value:
        """``Foo.new`` runs ``initialize``, its own or an inherited one."""
        found = self.of_instance(r, symbol, "initialize")
        if found[0] == SYMBOL:
            return found
        path = self._constants.path(symbol)
        return (EXTERNAL, f"{path[0]}.new", EXACT) if len(path) == 1 and path[0] in CORE else (SYMBOL, symbol, EXACT)

    # -- annotations -------------------------------------------------------------------------------------------

    def parts(self, written: str) -> tuple[str, ...]:
        first, *rest = written.removeprefix("::").split("::")
        return ("::" + first if written.startswith("::") else first, *rest)

    def parse(self, written: str) -> Parsed:
        return parse(written)

    def itself(self, r: "Resolver", file: int, scope: int, name: str) -> int:
        owner = r.index.enclosing_type(file, scope) if name == "self" else -1
        return self._constants.main(owner) if owner >= 0 else -1

    # -- imports and the tree as a whole -----------------------------------------------------------------------

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        return self._requires.module(file, found)

    def outermost(self, r: "Resolver", file: int, name: str) -> Value:
        return miss(NO_CANDIDATE)

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {SCOPE_FILES: self._scopes.table()}

    def layout(self) -> object:
        return self._requires.libraries
