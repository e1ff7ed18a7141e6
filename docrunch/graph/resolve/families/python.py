"""Python: scopes, imports and the data model."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve import modules
from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.interface import TYPES, Using
from docrunch.graph.resolve.python_imports import PythonImports
from docrunch.graph.resolve.reads import DIRECTORY
from docrunch.graph.resolve.values import (
    EXACT,
    INSTANCE,
    MODULE,
    REDEFINED,
    SELF_MEMBER,
    SUPER,
    SYMBOL,
    Value,
)

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_SEQUENCE = {"[]": 0, "pop()": 0, "copy()": -1, "popleft()": 0}
_ITERABLE = {"[*]": 0}
_MAPPING = {"[]": 1, "[*]": 0, "get()": 1, "pop()": 1, "setdefault()": 1, "copy()": -1}
_CONTAINERS = {
    **dict.fromkeys(("list", "List", "deque", "Deque", "Sequence", "MutableSequence"), _SEQUENCE),
    **{key: {"[*]": 0, "pop()": 0} for key in ("set", "frozenset", "Set", "FrozenSet", "AbstractSet", "MutableSet")},
    **dict.fromkeys(("Iterable", "Iterator", "Collection", "AsyncIterator", "AsyncIterable", "Reversible"), _ITERABLE),
    **dict.fromkeys(("Generator", "AsyncGenerator"), _ITERABLE),
    **dict.fromkeys(
        ("dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "DefaultDict"), _MAPPING
    ),
    **{key: {"__enter__()": 0} for key in ("ContextManager", "AbstractContextManager")},
    **{key: {"__aenter__()": 0} for key in ("AsyncContextManager", "AbstractAsyncContextManager")},
}
_ACCESSORS = ("setter", "deleter", "getter", "register")


class Python(Family):
    receivers = frozenset({"self", "cls"})
    open_names = ("*",)
    call_operator = "__call__"
    subscript_operator = "__getitem__"
    iteration_operator = "__iter__"
    super_constructs = False
    containers = _CONTAINERS
    selves = frozenset({"self"})
    self_types = frozenset({"Self", "typing.Self", "typing_extensions.Self", "te.Self", "t.Self"})
    roots = frozenset({"object", "Generic", "Protocol", "ABC", "Enum"})

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._imports = PythonImports(index)

    def program(self, path: str, target: str) -> Value | None:
        return self._imports.absolute(path, target)

    def receiver(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        if name == "super":
            owner = r.index.enclosing_type(file, scope)
            return (SUPER, owner, SELF_MEMBER) if owner >= 0 else None
        if name not in ("self", "cls", "mcs", "klass"):
            return None
        current = scope
        while current >= 0:
            symbol = r.index.symbol(file, current)
            inside_class = symbol.parent >= 0 and r.index.symbol(file, symbol.parent).kind in TYPES
            if symbol.params and symbol.params[0].name == name and inside_class and "static" not in symbol.modifiers:
                owner = r.index.number(file, symbol.parent)
                of_class = "classmethod" in symbol.modifiers or symbol.name in ("__new__", "__init_subclass__")
                return (SYMBOL if of_class or name == "mcs" else INSTANCE, owner, SELF_MEMBER)
            if any(param.name == name for param in symbol.params):
                return None
            current = symbol.parent
        return None

    def in_type(self, r: "Resolver", file: int, scope: int, name: str, innermost: bool) -> Value | None:
        """Names of a class body are read in that body only, never in its methods."""
        found = r.index.members.get(r.index.number(file, scope), {}).get(name) if innermost else None
        return r.hierarchy.pick(found, self) if found else None

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        return (
            modules.listed(r, file, name)
            or modules.defined(r, file, name)
            or modules.imported(r, file, name, last=True)
            or self._imports.submodule(file, name)
            or modules.starred(r, file, name)
        )

    def is_starred_out(self, r: "Resolver", origin: Value, name: str) -> bool:
        """``__all__`` decides, else the leading underscore."""
        if origin[0] != MODULE or not isinstance(origin[1], int):
            return False
        listed = r.index.is_listed(origin[1], name)
        return not name.startswith("_") if listed is None else listed

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        return self._imports.module(file, found)

    def target(self, r: "Resolver", file: int, found: Using) -> Value:
        if not found.name and not found.alias:
            return self._imports.first_part(file, found)
        if found.scope < 0 and self._imports.module(file, found)[:2] == (MODULE, file):
            inner = self._imports.submodule(file, found.name)  # ``from . import views`` in a package is its module
            if inner is not None and not r.index.top(file, found.name):
                return inner
        return super().target(r, file, found)

    def package_member(self, r: "Resolver", key: str, name: str) -> Value:
        return self._imports.package_member(key, name)

    def pick(self, found: Sequence[int]) -> Value | None:
        symbols = self.index.symbols
        kept = [n for n in found if "overload" not in symbols[n].modifiers]
        kept = [n for n in kept if not any(d.rsplit(".", 1)[-1] in _ACCESSORS for d in symbols[n].decorators)]
        kept = kept or list(found)
        return (SYMBOL, kept[-1], EXACT if len(kept) == 1 else REDEFINED)

    def itself(self, r: "Resolver", file: int, scope: int, name: str) -> int:
        return r.index.enclosing_type(file, scope) if name == "Self" else -1

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {DIRECTORY: dict.fromkeys(sorted(self._imports.directories), "")}
