"""C#: namespaces, usings, partial types, extension methods.

Rules: https://learn.microsoft.com/en-us/dotnet/csharp/language-reference/language-specification/basic-concepts#78-namespace-and-type-names
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.layout import ancestors, parent_of
from docrunch.graph.resolve import modules, names
from docrunch.graph.resolve.annotations import SEQUENCE, Expression, Parsed, parse
from docrunch.graph.resolve.families.dotnet_names import NAMES
from docrunch.graph.resolve.families.extensions import Extensions
from docrunch.graph.resolve.families.namespaces import DeclaredNamespaces, joined, prefixes
from docrunch.graph.resolve.interface import CALLABLE, TYPES, Definition, Parameter, Using
from docrunch.graph.resolve.reads import EXTENSION
from docrunch.graph.resolve.values import (
    AMBIGUOUS,
    EXACT,
    EXTERNAL,
    EXTERNAL_INSTANCE,
    INSTANCE,
    MISS,
    NO_CANDIDATE,
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

_ITEMS = {
    "[]": 0,
    **dict.fromkeys(("First()", "FirstOrDefault()", "Last()", "LastOrDefault()", "Single()", "SingleOrDefault()"), 0),
    **dict.fromkeys(("ElementAt()", "Find()", "Peek()", "Pop()", "Dequeue()", "Max()", "Min()"), 0),
    **dict.fromkeys(("Where()", "OrderBy()", "OrderByDescending()", "ThenBy()", "Skip()", "Take()", "Distinct()"), -1),
    **dict.fromkeys(
        ("Reverse()", "ToList()", "ToArray()", "Concat()", "Union()", "AsEnumerable()", "AsReadOnly()"), -1
    ),
}
_CONTAINERS = {
    **dict.fromkeys(
        ("List", "IList", "IReadOnlyList", "Collection", "ReadOnlyCollection", "ObservableCollection"), _ITEMS
    ),
    **dict.fromkeys(("IEnumerable", "ICollection", "IReadOnlyCollection", "HashSet", "ISet", "SortedSet"), _ITEMS),
    **dict.fromkeys(("Queue", "Stack", "LinkedList", "ConcurrentQueue", "ConcurrentBag", "IQueryable"), _ITEMS),
    **{key: {"[]": 1} for key in ("Dictionary", "IDictionary", "IReadOnlyDictionary", "ConcurrentDictionary")},
    **{key: {"[]": 1} for key in ("SortedDictionary", "SortedList", "ImmutableDictionary")},
    **{key: {"()": 0} for key in ("Func0",)},
}
_KNOWN = frozenset(NAMES.values())
_OTHERS_WORDS = """
    CompareTo EndsWith Equals Format GetHashCode GetType IndexOf Insert Join LastIndexOf PadLeft PadRight Remove Replace
    Split StartsWith Substring ToCharArray ToLower ToUpper Trim TrimEnd TrimStart
    GetConstructor GetConstructors GetCustomAttributes GetField GetFields GetGenericArguments GetInterfaces GetMember
    GetMembers GetMethod GetMethods GetProperties GetProperty IsAssignableFrom IsDefined IsInstanceOfType IsSubclassOf
    MakeGenericType
    Aggregate All Any Append AsEnumerable Average Cast Concat Contains Count DefaultIfEmpty Distinct ElementAt Empty
    Except First FirstOrDefault GroupBy GroupJoin Intersect Join Last LastOrDefault LongCount Max Min OfType OrderBy
    OrderByDescending Prepend Reverse Select SelectMany SequenceEqual Single SingleOrDefault Skip SkipWhile Sum Take
    TakeWhile ThenBy ThenByDescending ToArray ToDictionary ToHashSet ToList ToLookup Union Where Zip
"""
_OTHERS = frozenset(_OTHERS_WORDS.split())  # of .NET: who defines them again means its older versions
_THROUGH = frozenset({"Task", "ValueTask", "Nullable"})  # what is awaited or unwrapped is nearly always meant
_WORDS = ("this ", "ref ", "out ", "in ", "params ", "readonly ", "scoped ", "global::")


class CSharp(DeclaredNamespaces):
    above = "base"
    arities = True
    extends = True
    extends_outside = True
    calls_values = False
    guesses = False  # receivers are typed: those nobody knows are hardly ever of this repository
    containers = _CONTAINERS
    open_types = ("params ",)
    roots = frozenset({"object", "Object", "ValueType"})

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._extensions = Extensions(key, index)
        files = index.names.layout.paths
        self._projects = frozenset(parent_of(path) for path in files if path.endswith(".csproj"))
        self._everywhere: dict[str, list[str]] = {}  # project directory → namespaces that global usings bring
        for number, outline in enumerate(index.outlines):
            if index.families[number] == key and outline.everywhere:
                self._everywhere.setdefault(self._project(number), []).extend(outline.everywhere)

    def _project(self, file: int) -> str:
        """The directory of the closest project file above, "" without one."""
        for place in ancestors(parent_of(self.index.paths[file])):
            if place in self._projects:
                return place
        return ""

    # -- names at a place --------------------------------------------------------------------------------------

    def in_type(self, r: "Resolver", file: int, scope: int, name: str, innermost: bool) -> Value | None:
        """Members and what is inherited, then the parameters of a primary constructor."""
        owner = r.index.number(file, scope)
        value = r.hierarchy.member(owner, name)
        if (value[0] != MISS or value[1] == AMBIGUOUS) and not self._constructs(r, value):
            return value
        bindings = r.index.inside(file, scope, name).bindings
        return names.bound(r, file, scope, bindings) if bindings else None

    def _constructs(self, r: "Resolver", value: Value) -> bool:
        """Constructors have the name of their type, which stands for the type."""
        several = r.hierarchy.ambiguity(value) or ((value[1],) if value[0] == SYMBOL else ())
        symbols = self.index.symbols
        return any(isinstance(n, int) and symbols[n].kind is SymbolKind.CONSTRUCTOR for n in several)

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        """The namespace of the file and those around it, then aliases and usings."""
        return (
            self._around(r, self.namespace_of(file), name)
            or modules.imported(r, file, name)
            or self._used(r, file, -1, name)
        )

    def _around(self, r: "Resolver", namespace: str, name: str, stop: str = "") -> Value | None:
        for level in (*prefixes(namespace), ""):
            value = self.package_member(r, level, name)
            if value[0] != MISS or value[1] == AMBIGUOUS:
                return value
            if level == stop:
                break
        return None

    def _used(self, r: "Resolver", file: int, scope: int, name: str) -> Value:
        """What the usings of a scope bring; two of them with one name are an error, so nobody knows which."""
        origins = [r.imported(file, star) for star in r.index.stars(file, scope)]
        if scope < 0:
            shared = self._everywhere.get(self._project(file), ()) if self._everywhere else ()
            origins += [self._namespace(r, "", module) for module in shared]
        found: dict[int, None] = {}
        outside = False
        for origin in origins:
            outside = outside or origin[0] == EXTERNAL
            if origin[0] == PACKAGE:
                _, key = r.package(str(origin[1]))
                found.update(dict.fromkeys(self.definitions(key, name)))
            elif origin[0] == SYMBOL and isinstance(origin[1], int):
                value = r.hierarchy.member(origin[1], name)
                several = r.hierarchy.ambiguity(value)
                found.update(dict.fromkeys(several or ((value[1],) if isinstance(value[1], int) else ())))
        if found:
            return r.hierarchy.pick(tuple(found), self)
        hidden = outside and name[:1].isupper() and name not in NAMES
        return miss(STAR_EXTERNAL if hidden else NO_CANDIDATE)

    def namespace_child(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        value = self.package_member(r, self.namespace_of(file, scope), name)
        return value if value[0] != MISS or value[1] == AMBIGUOUS else None

    def namespace_name(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """Usings inside a block, and the namespaces between it and the one around it (``namespace A.B``)."""
        value = self._used(r, file, scope, name)
        if value[0] != MISS or value[1] == AMBIGUOUS:
            return value
        outer = self.namespace_of(file, self.index.symbol(file, scope).parent)
        return self._around(r, self.namespace_of(file, scope), name, stop=outer)

    def made(self, value: Value) -> Value:
        return (EXTERNAL_INSTANCE, value[1], value[2]) if value[1] in _KNOWN else super().made(value)

    # -- imports -----------------------------------------------------------------------------------------------

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        return self._namespace(r, self.namespace_of(file, found.scope), found.module)

    def _namespace(self, r: "Resolver", around: str, module: str) -> Value:
        """The namespace or type that a using names, from the inside out."""
        for level in ("", *prefixes(around)):
            if module and self.exists(joined(level, module)):
                return (PACKAGE, f"{self.key}\0{joined(level, module)}", EXACT)
        for level in ("", *prefixes(around)):
            value = self.absolute(r, joined(level, module).split(".")) if module else None
            if value is not None:
                return value
        return (EXTERNAL, module, EXACT) if module else miss(NO_CANDIDATE)

    def target(self, r: "Resolver", file: int, found: Using) -> Value:
        if found.name in ("", "*"):
            return self.origin(r, file, found)
        return self._namespace(r, self.namespace_of(file, found.scope), joined(found.module, found.name))

    # -- types and members -------------------------------------------------------------------------------------

    def pick(self, found: Sequence[int]) -> Value | None:
        """Parts of one type are one; explicit implementations are reached through their interface only."""
        symbols = self.index.symbols
        first = symbols[found[0]]
        if all(self._is_part(first, n) for n in found):
            return (SYMBOL, found[0], EXACT)
        kept = [n for n in found if "explicit" not in symbols[n].modifiers]
        if kept and all("partial" in symbols[n].modifiers and symbols[n].kind in CALLABLE for n in kept):
            kept = [n for n in kept if symbols[n].has_body] or kept[:1]
        return (SYMBOL, kept[0], EXACT) if len(kept) == 1 else None

    def _is_part(self, first: Definition, number: int) -> bool:
        other = self.index.symbols[number]
        partial = other.kind in TYPES and "partial" in other.modifiers
        return partial and len(other.type_params) == len(first.type_params)

    def other_parts(self, r: "Resolver", symbol: int) -> Sequence[int]:
        definition = self.index.symbols[symbol]
        if "partial" not in definition.modifiers or definition.kind not in TYPES:
            return ()
        parent = self.index.parents[symbol]
        if parent >= 0 and self.index.symbols[parent].kind in TYPES:
            parts = (parent, *self.other_parts(r, parent))
            beside = [n for part in parts for n in self._members(part, definition.name)]
        else:
            beside = list(self._beside(r, symbol))
        return [n for n in beside if n != symbol and self._is_part(definition, n)]

    def passed(self, definition: Definition) -> Sequence[Sequence[Parameter]]:
        """An extension method is called as a member, or as what it is."""
        params = definition.params
        return (params[1:], params) if params and params[0].type.startswith("this ") else (params,)

    def extension(self, r: "Resolver", file: int, value: Value, name: str) -> Value | None:
        """An extension method for the type of a value or one of its supertypes."""
        return None if name in _OTHERS and value[0] != INSTANCE else self._extensions.of(r, value, name)

    def parse(self, written: str) -> Parsed:
        return _parse(written)

    def outermost(self, r: "Resolver", file: int, name: str) -> Value:
        known = NAMES.get(name)
        return (EXTERNAL, known, EXACT) if known is not None else miss(NO_CANDIDATE)

    # -- the tree as a whole -----------------------------------------------------------------------------------

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {**super().tables(), EXTENSION: self._extensions.table()}

    def layout(self) -> object:
        return [sorted((place, sorted(found)) for place, found in self._everywhere.items()), sorted(self._projects)]


@remembered(8192)
def _parse(written: str) -> Parsed:
    text = written.strip()
    while text.startswith(_WORDS):
        text = text.partition(" ")[2].strip() if not text.startswith("global::") else text.removeprefix("global::")
    if text.endswith("]") and "[" in text and text[text.rindex("[") + 1 : -1].strip(", ") == "":
        return Expression(SEQUENCE, (text[: text.rindex("[")].strip(),))
    found = parse(text.rstrip("?*").strip(), "csharp")
    if found is not None and found.args and found.name.rsplit(".", 1)[-1] in _THROUGH:
        return _parse(found.args[0])
    return found
