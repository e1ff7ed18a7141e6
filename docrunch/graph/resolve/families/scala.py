"""Scala: packages, imports in scopes, companions, linearisation, methods called by their bare name.

Rules: https://scala-lang.org/files/archive/spec/2.13/02-identifiers-names-and-scopes.html
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve import modules, names
from docrunch.graph.resolve.annotations import FUNCTION, SEQUENCE, Expression, Parsed, parse
from docrunch.graph.resolve.families.extensions import Extensions
from docrunch.graph.resolve.families.namespaces import DeclaredNamespaces
from docrunch.graph.resolve.interface import TYPES, Definition, Parameter, Using
from docrunch.graph.resolve.reads import EXTENSION
from docrunch.graph.resolve.values import (
    AMBIGUOUS,
    APPLIED,
    EXACT,
    EXTERNAL,
    EXTERNAL_BASE,
    EXTERNAL_INSTANCE,
    INSTANCE,
    MISS,
    NO_CANDIDATE,
    NO_MEMBER,
    PACKAGE,
    STAR_EXTERNAL,
    SYMBOL,
    Value,
    miss,
)
from docrunch.parsing.model import SymbolKind
from docrunch.remembered import remembered

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_PACKAGE = "<package>"  # what `docrunch.parsing.languages.scala` binds visible outer packages to
_ROOT = "_root_"
_GIVEN = ("implicit ", "using ")  # what the compiler passes
_ITEMS = {
    "[]": 0,
    **dict.fromkeys(("head()", "last()", "apply()", "next()", "max()", "min()", "reduce()"), 0),
    **dict.fromkeys(("filter()", "filterNot()", "tail()", "init()", "reverse()", "take()", "drop()", "toList()"), -1),
    **dict.fromkeys(
        ("toSeq()", "toVector()", "sortBy()", "distinct()", "takeWhile()", "dropWhile()", "iterator()"), -1
    ),
}
_HOLDING = {"[*]": 0, **dict.fromkeys(("get()", "getOrElse()"), 0), **dict.fromkeys(("filter()", "orElse()"), -1)}
_CONTAINERS = {
    **dict.fromkeys(("List", "Seq", "IndexedSeq", "Vector", "Array", "Iterable", "Iterator", "Set"), _ITEMS),
    **dict.fromkeys(("ArrayBuffer", "ListBuffer", "Buffer", "Queue", "LazyList", "Stream", "IterableOnce"), _ITEMS),
    **dict.fromkeys(("Option", "Some", "Try"), _HOLDING),
    **{key: {"apply()": 1} for key in ("Map", "HashMap", "TreeMap", "ListMap")},
}


class Scala(DeclaredNamespaces):
    extends = True
    extends_outside = True
    bare_calls = True
    calls_values = False
    right_to_left = True
    super_constructs = False
    call_operator = "apply"
    containers = _CONTAINERS
    open_types = ("*",)
    roots = frozenset({"Any", "AnyRef", "AnyVal", "Object", "Product", "Serializable", "Matchable"})

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._extensions = Extensions(key, index)

    # -- names at a place --------------------------------------------------------------------------------------

    def in_type(self, r: "Resolver", file: int, scope: int, name: str, innermost: bool) -> Value | None:
        """Own members, parameters of the class, what is inherited, then what the body imports."""
        owner = r.index.number(file, scope)
        found = r.hierarchy.own(owner, name)
        if found:
            return r.hierarchy.pick(found, self)
        inside = r.index.inside(file, scope, name)
        if inside.bindings:
            return names.bound(r, file, scope, inside.bindings)
        value = r.hierarchy.member(owner, name)
        if value[0] != MISS or value[1] == AMBIGUOUS:
            return value
        if value[1] == EXTERNAL_BASE and name[:1].islower() and not self._is_near(r, file, name):
            return value  # what is inherited from outside hides what other files define
        if inside.imports:
            return r.imported(file, inside.imports[0])
        for star in inside.stars:
            value = r.member(r.imported(file, star), name)
            if value[0] == SYMBOL or value[1] == AMBIGUOUS:
                return value
        return None

    def _is_near(self, r: "Resolver", file: int, name: str) -> bool:
        return bool(r.index.top(file, name) or r.index.imports(file, -1, name))

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        """What the file defines, its imports, its packages, the outermost packages."""
        own = modules.defined(r, file, name) or modules.imported(r, file, name)
        if own is not None:
            return own
        starred = modules.starred(r, file, name)
        if starred[0] != MISS or starred[1] == AMBIGUOUS:
            return starred
        for package in self._visible(file):
            value = self.package_member(r, package, name)
            if value[0] != MISS or value[1] == AMBIGUOUS:
                return value
        if self.exists(name):
            return (PACKAGE, f"{self.key}\0{name}", EXACT)
        return (
            starred if starred[1] == STAR_EXTERNAL and self.outermost(r, file, name)[0] == MISS else miss(NO_CANDIDATE)
        )

    def _visible(self, file: int) -> list[str]:
        """The package of a file, then those that its clauses open around it."""
        outer = self.index.bindings(file, -1, _PACKAGE) or ()
        return list(dict.fromkeys([self.namespace_of(file), *(each.value[0] for each in reversed(outer))]))

    def namespace_child(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        value = self.package_member(r, self.namespace_of(file, scope), name)
        return value if value[0] != MISS or value[1] == AMBIGUOUS else None

    # -- imports -----------------------------------------------------------------------------------------------

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        """The path of an import: relative to what is visible, else from the outermost package."""
        if not found.module:
            return miss(NO_CANDIDATE)
        parts = found.module.split(".")
        value = self._first(r, file, found, parts)
        for part in parts[2:] if parts[0] == _ROOT else parts[1:]:
            if value[0] == MISS:
                break
            value = r.member(value, part)
        if value[0] == MISS and value[1] != AMBIGUOUS:
            return (EXTERNAL, found.module, EXACT)
        return value

    def _first(self, r: "Resolver", file: int, found: Using, parts: list[str]) -> Value:
        first = parts[0]
        if first == _ROOT and len(parts) > 1:
            return self.package_member(r, "", parts[1])
        if found.scope >= 0:
            value = r.head(file, found.scope, first)
            if value[0] != MISS:
                return value
        for using in r.index.imports(file, -1, first) or ():
            if using != found:
                return r.imported(file, using)
        for package in self._visible(file):
            value = self.package_member(r, package, first)
            if value[0] != MISS:
                return value
        return self.package_member(r, "", first)

    def target(self, r: "Resolver", file: int, found: Using) -> Value:
        if not found.module and found.name not in ("", "*"):
            return self.package_member(r, "", found.name)
        return super().target(r, file, found)

    # -- types and members -------------------------------------------------------------------------------------

    def pick(self, found: Sequence[int]) -> Value | None:
        """A name stands for the object where a class shares it; types are asked for as such."""
        symbols = self.index.symbols
        values = [n for n in found if symbols[n].kind not in TYPES or "object" in symbols[n].modifiers]
        if len(values) == 1 and not (symbols[values[0]].name == "apply" and len(found) > 1):
            return (SYMBOL, values[0], EXACT)
        if not values and len({symbols[n].local_name for n in found}) == len(found) == 1:
            return (SYMBOL, found[0], EXACT)
        return None

    def runs(self, r: "Resolver", symbol: int) -> Value:
        """``Foo(1)``: the ``apply`` of the object; of a class without one, its constructor."""
        definition = self.index.symbols[symbol]
        if definition.kind is SymbolKind.TYPE and definition.type:
            file, scope = self.index.scope_of(symbol)
            meant = r.annotated(file, scope, definition.type, EXACT)
            if meant[0] in (INSTANCE, APPLIED):
                base = meant if meant[0] == INSTANCE else (*r.numbered.applied(meant).base, meant[2])
                return (SYMBOL if base[0] == INSTANCE else EXTERNAL, base[1], meant[2])
            return (EXTERNAL, meant[1], meant[2]) if meant[0] == EXTERNAL_INSTANCE else miss(NO_MEMBER)
        if "object" not in definition.modifiers:
            return (SYMBOL, symbol, EXACT)
        value = r.hierarchy.member(symbol, "apply")
        made = self.as_type(r, (SYMBOL, symbol, EXACT), 0)
        if value[0] == MISS and value[1] != AMBIGUOUS:
            return made if made is not None and made[1] != symbol else miss(NO_MEMBER)
        if made is None or made[0] != SYMBOL or not isinstance(made[1], int) or made[1] == symbol:
            return value
        if "case" not in self.index.symbols[made[1]].modifiers:
            return value
        several = r.hierarchy.ambiguity(value) or ((value[1],) if isinstance(value[1], int) else ())
        return r.hierarchy.pick((*several, made[1]), self)  # the compiler adds one to those that are written

    def makes(self, r: "Resolver", symbol: int) -> Value | None:
        """``Foo(1)`` is what the ``apply`` of the object gives."""
        run = self.runs(r, symbol)
        if run[0] != SYMBOL or not isinstance(run[1], int):
            return r.called(run) if run[1] == AMBIGUOUS else run if run[0] == MISS else None
        if self.index.symbols[run[1]].kind in TYPES:
            return (INSTANCE, run[1], run[2])
        return r.called(run)

    def passed(self, definition: Definition) -> Sequence[Sequence[Parameter]]:
        """What the compiler passes is left out; an extension method is called as a member, or as what it is."""
        params = [param for param in definition.params if not param.type.startswith(_GIVEN)]
        return (params[1:], params) if params and params[0].type.startswith("this ") else (params,)

    def extension(self, r: "Resolver", file: int, value: Value, name: str) -> Value | None:
        """An extension method for the type of a value or one of its supertypes."""
        return self._extensions.of(r, value, name)

    def parse(self, written: str) -> Parsed:
        return _parse(written)

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {**super().tables(), EXTENSION: self._extensions.table()}


@remembered(8192)
def _parse(written: str) -> Parsed:
    text = written.strip()
    for word in ("implicit ", "using ", "this ", "inline ", "=>", "?=>"):
        text = text.removeprefix(word).strip()
    arrow = text.find("=>")
    if arrow > 0 and text.count("(", 0, arrow) == text.count(")", 0, arrow):
        return Expression(FUNCTION, (text[arrow + 2 :].strip(),))
    for joint in (" with ", " & "):
        if joint in text:
            text = text.split(joint, 1)[0].strip()
    if text.endswith("*"):
        return Expression(SEQUENCE, (text[:-1].strip(),))
    return parse(text.removesuffix(".type").replace("`", ""), "scala")
