"""Rust: crates, the module tree, ``impl`` blocks."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve import builtin_names, modules
from docrunch.graph.resolve.annotations import SEQUENCE
from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.interface import CALLABLE, TYPES, Using
from docrunch.graph.resolve.reads import RUST_PLACE
from docrunch.graph.resolve.receivers import attached_method
from docrunch.graph.resolve.rust_paths import RustPaths
from docrunch.graph.resolve.values import (
    EXACT,
    INSTANCE,
    LOCAL_VALUE,
    NO_CANDIDATE,
    REDEFINED,
    SYMBOL,
    Value,
    miss,
)

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_HOLDING = {
    **dict.fromkeys(("unwrap()", "expect()", "unwrap_or()", "unwrap_or_default()", "unwrap_or_else()", "[?]"), 0),
    **dict.fromkeys(("as_ref()", "as_mut()", "as_deref()", "as_deref_mut()", "cloned()", "copied()", "ok()"), -1),
    **dict.fromkeys(("take()", "map_err()", "ok_or()", "ok_or_else()", "or()", "or_else()", "filter()"), -1),
}
_LISTING = {
    "[]": 0,
    **dict.fromkeys(("iter()", "iter_mut()", "into_iter()", "drain()", "as_slice()", "as_mut_slice()", "clone()"), -1),
}
_CONTAINERS = {
    **dict.fromkeys(("Option", "Result"), _HOLDING),
    **dict.fromkeys(("Vec", "VecDeque", "HashSet", "BTreeSet", "BinaryHeap", "Iter", "IntoIter"), _LISTING),
    **{key: {"[]": 1} for key in ("HashMap", "BTreeMap", "IndexMap")},
    **{key: {"borrow()": 0, "borrow_mut()": 0, "into_inner()": 0} for key in ("Mutex", "RwLock", "RefCell")},
}
_KEYWORDS = ("crate", "super", "self")


class Rust(Family):
    receivers = frozenset({"self", "&self", "&mut self", "mut self"})
    attaches = True
    containers = _CONTAINERS
    selves = frozenset({"self"})
    self_types = frozenset({"Self"})
    closed_namespaces = True

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._paths = RustPaths(index)

    def receiver(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        if name not in ("self", "Self"):
            return None
        method = attached_method(r, file, scope)
        owner = r.hierarchy.owner(r.index.number(file, method[0])) if method is not None else -1
        if owner < 0:
            owner = r.index.enclosing_type(file, scope)
        if owner < 0:
            return miss(LOCAL_VALUE) if name == "Self" or method is not None else None
        return (INSTANCE if name == "self" else SYMBOL, owner, EXACT)

    def keyword(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        return (self._paths.special(file, scope, name) or miss(LOCAL_VALUE)) if name in _KEYWORDS else None

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        if name in _KEYWORDS:
            return self._paths.special(file, -1, name) or miss(NO_CANDIDATE)
        return (
            modules.listed(r, file, name)
            or modules.defined(r, file, name)
            or self._paths.child(file, (), name)  # before imports: `mod name;` counts as one
            or modules.imported(r, file, name)
            or (self._paths.macro(file, name) if name.endswith("!") else None)
            or modules.starred(r, file, name)
        )

    def is_quiet_star(self, origin: str) -> bool:
        return origin.startswith("std::")

    def outermost(self, r: "Resolver", file: int, name: str) -> Value:
        return self._paths.crate(name) or builtin_names.value(self.key, name)

    def namespace_child(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        """The file of a module that an inline module declares."""
        return self._paths.child(file, self._paths.inline_path(file, scope), name)

    def namespace_name(self, r: "Resolver", file: int, scope: int, name: str) -> Value | None:
        return self._paths.macro(file, name) if name.endswith("!") else None

    def origin(self, r: "Resolver", file: int, found: Using) -> Value:
        return self._paths.use(r, file, found)

    def target(self, r: "Resolver", file: int, found: Using) -> Value:
        return self.origin(r, file, found) if found.name == "self" else super().target(r, file, found)

    def container(self, outside: str) -> Mapping[str, int]:
        return _LISTING if outside == SEQUENCE else super().container(outside)

    def pick(self, found: Sequence[int]) -> Value | None:
        symbols = self.index.symbols
        types = [n for n in found if symbols[n].kind in TYPES]
        functions = [n for n in found if symbols[n].kind in CALLABLE]
        inherent = [n for n in functions if not symbols[n].trait]
        chosen = next((group for group in (types, inherent, functions) if len(group) == 1), [])
        if len(chosen) != 1:
            return None
        return (SYMBOL, chosen[0], EXACT if len(found) == 1 or chosen is not functions else REDEFINED)

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {RUST_PLACE: self._paths.table()}

    def layout(self) -> object:
        return sorted(self._paths.outside)
