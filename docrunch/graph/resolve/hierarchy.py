"""Rule: types and their supertypes. Bases, method resolution order, and methods written outside their type."""

from functools import cached_property
from typing import TYPE_CHECKING

from docrunch.graph.resolve.index import CALLABLE, TYPES
from docrunch.graph.resolve.receivers import bare_type
from docrunch.graph.resolve.values import (
    AMBIGUOUS,
    EXACT,
    EXTERNAL_BASE,
    INHERITED_MEMBER,
    MISS,
    NO_CANDIDATE,
    NO_MEMBER,
    REDEFINED,
    SYMBOL,
    Value,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver

_MAX_DEPTH = 25  # supertypes followed at once; those defined before their subtypes do not count
_ACCESSORS = ("setter", "deleter", "getter", "register")


class Hierarchy:
    """Built once per resolver. Methods with a receiver are attached to the type that the receiver names."""

    def __init__(self, resolver: "Resolver") -> None:
        self._r = resolver
        self._index = resolver.index
        self._bases: dict[int, tuple[tuple[int, ...], bool]] = {}
        self._orders: dict[int, tuple[tuple[int, ...], bool]] = {}
        self._owners: dict[int, int] = {}
        self._depth = 0
        self._ambiguities: dict[tuple[int, ...], int] = {}
        self._unchosen: list[tuple[int, ...]] = []
        self._attached: dict[int, dict[str, list[int]]] = {}
        self._traits: dict[int, list[int]] = {}
        self._extended: dict[int, dict[str, list[int]]] = {}

    def attach(self) -> None:
        """Find the type of every receiver, in source order. Called once, when the resolver can answer."""
        seen: set[tuple[int, int]] = set()
        for number, symbol in enumerate(self._index.symbols):
            if not symbol.receiver:
                continue
            owner = self.owner(number)
            if owner < 0:
                continue
            self._attached.setdefault(owner, {}).setdefault(symbol.name, []).append(number)
            if symbol.trait:
                trait = self.trait(number)
                if trait >= 0 and (owner, trait) not in seen:
                    seen.add((owner, trait))
                    self._traits.setdefault(owner, []).append(trait)

    def owner(self, method: int) -> int:
        """The type of a method with a receiver, -1 where it is not in the repository."""
        found = self._owners.get(method)
        if found is None:
            found = self._owners[method] = self._find(method, self._index.symbols[method].receiver)
        return found

    def trait(self, method: int) -> int:
        return self._find(method, self._index.symbols[method].trait)

    def _find(self, method: int, written: str) -> int:
        file, scope = self._index.scope_of(method)
        parts = tuple(bare_type(written).replace("::", ".").split("."))
        if not parts[0].isidentifier():
            return -1
        while scope >= 0 and self._index.facts[file].symbols[scope].kind is not SymbolKind.NAMESPACE:
            scope = self._index.facts[file].symbols[scope].parent
        value = self._r.chain(file, scope, parts)
        if value[0] != SYMBOL or not isinstance(value[1], int):
            return -1
        return value[1] if self._index.symbols[value[1]].kind in TYPES else -1

    def bases(self, symbol: int) -> tuple[tuple[int, ...], bool]:
        """Direct supertypes in the repository, in order, and whether there are others that we cannot see."""
        found = self._bases.get(symbol)
        if found is None:
            self._bases[symbol] = ((), False)  # a class cannot be its own base
            found = self._bases[symbol] = self._find_bases(symbol)
        return found

    def _find_bases(self, symbol: int) -> tuple[tuple[int, ...], bool]:
        file, scope = self._index.scope_of(symbol)
        found: list[int] = []
        outside = False
        for base in self._index.symbols[symbol].bases:
            value = self.base(file, scope, base.name)
            if value[0] == SYMBOL and isinstance(value[1], int) and self._index.symbols[value[1]].kind in TYPES:
                found.append(value[1])
            elif base.name.rsplit(".", 1)[-1] not in ("object", "Generic", "Protocol", "ABC", "Enum"):
                outside = True
        found += [trait for trait in self._traits.get(symbol, ()) if trait not in found]
        return tuple(dict.fromkeys(found)), outside

    def base(self, file: int, scope: int, written: str) -> Value:
        return self._r.chain(file, scope, tuple(written.replace("::", ".").split(".")))

    def order(self, symbol: int) -> tuple[int, ...]:
        """Method resolution order, the symbol first: C3 (Python 2.3 MRO), depth first where C3 finds none."""
        return self._order(symbol)[0]

    def _order(self, symbol: int) -> tuple[tuple[int, ...], bool]:
        found = self._orders.get(symbol)
        if found is None and self._depth >= _MAX_DEPTH:
            return (symbol,), True
        if found is None:
            self._depth += 1
            self._orders[symbol] = ((symbol,), False)
            bases, outside = self.bases(symbol)
            above = [self._order(base) for base in bases]
            lines = [list(order) for order, _ in above] + [list(bases)]
            merged = _merge(lines)
            if merged is None:
                merged = list(dict.fromkeys(item for order, _ in above for item in order))
            complete = outside or any(hidden for _, hidden in above)
            found = self._orders[symbol] = ((symbol, *(item for item in merged if item != symbol)), complete)
            self._depth -= 1
        return found

    def member(self, symbol: int, name: str, *, skip_own: bool = False) -> Value:
        """A member of a type by its name, own ones first, then those of its supertypes."""
        order, outside = self._order(symbol)
        for place in order[1:] if skip_own else order:
            found = self.own(place, name)
            if found:
                value = self.pick(found, self._index.families[self._index.symbol_file[place]])
                if place == symbol or value[0] == MISS:
                    return value
                return (value[0], value[1], min(value[2], INHERITED_MEMBER))
        return miss(EXTERNAL_BASE if outside else NO_MEMBER)

    def own(self, symbol: int, name: str) -> list[int]:
        """Members that a type itself defines, wherever they are written."""
        inside = self._index.members.get(symbol, {}).get(name, [])
        attached = self._attached.get(symbol, {}).get(name, [])
        return inside + attached if attached else inside

    def own_names(self, symbol: int) -> tuple[str, ...]:
        names = dict.fromkeys(self._index.members.get(symbol, {}))
        names.update(dict.fromkeys(self._attached.get(symbol, {})))
        return tuple(names)

    @cached_property
    def subtypes(self) -> dict[int, list[int]]:
        """Type → its direct subtypes."""
        found: dict[int, list[int]] = {}
        for number, symbol in enumerate(self._index.symbols):
            if symbol.kind in TYPES:
                for base in self.bases(number)[0]:
                    found.setdefault(base, []).append(number)
        return found

    def pick(self, found: list[int], family: str) -> Value:
        """One of several definitions of a name in one place, where the language says which."""
        if len(found) == 1:
            return (SYMBOL, found[0], EXACT)
        symbols = self._index.symbols
        if family == "python":
            kept = [n for n in found if "overload" not in symbols[n].modifiers]
            kept = [n for n in kept if not any(d.rsplit(".", 1)[-1] in _ACCESSORS for d in symbols[n].decorators)]
            kept = kept or found
            return (SYMBOL, kept[-1], EXACT if len(kept) == 1 else REDEFINED)
        if family == "javascript":
            values = [n for n in found if symbols[n].kind not in (SymbolKind.INTERFACE, SymbolKind.TYPE)]
            bodies = [n for n in values if symbols[n].complexity] or values or found
            return (SYMBOL, bodies[0], EXACT if len(bodies) == 1 else REDEFINED)
        if family == "rust":
            types = [n for n in found if symbols[n].kind in TYPES]
            functions = [n for n in found if symbols[n].kind in CALLABLE]
            inherent = [n for n in functions if not symbols[n].trait]
            chosen = next((group for group in (types, inherent, functions) if len(group) == 1), [])
            if len(chosen) == 1:
                return (SYMBOL, chosen[0], EXACT if len(found) == 1 or chosen is not functions else REDEFINED)
        key = tuple(found)
        number = self._ambiguities.setdefault(key, len(self._ambiguities) + 1)
        if number > len(self._unchosen):
            self._unchosen.append(key)
        return (MISS, AMBIGUOUS, number)

    def ambiguity(self, value: Value) -> tuple[int, ...]:
        """The definitions among which `pick` could not choose; () for any other value."""
        if value[0] != MISS or value[1] != AMBIGUOUS or not value[2]:
            return ()
        return self._unchosen[value[2] - 1]

    def namespace_member(self, file: int, scope: int, name: str) -> Value:
        """A name of an inline module or namespace."""
        index = self._index
        found = index.members.get(index.offsets[file] + scope, {}).get(name)
        if found:
            return self.pick(found, index.families[file])
        if index.families[file] == "rust":
            value = self._r.rust.child(file, self._r.rust.inline_path(file, scope), name)
            if value is not None:
                return value
        imported = index.imports[file].get(scope, {}).get(name)
        if imported:
            return self._r.imported(file, imported[0])
        for star in index.stars[file].get(scope, ()):
            value = self._r.member(self._r.imported(file, star), name)
            if value[0] == SYMBOL:
                return value
        if index.families[file] == "rust" and name.endswith("!"):
            return self._r.rust.macro(file, name)
        return miss(NO_CANDIDATE)


def _merge(lines: list[list[int]]) -> list[int] | None:
    """C3 linearisation; ``None`` for an inconsistent hierarchy."""
    merged: list[int] = []
    lines = [line for line in lines if line]
    while lines:
        for line in lines:
            if not any(line[0] in other[1:] for other in lines):
                chosen = line[0]
                break
        else:
            return None
        merged.append(chosen)
        lines = [kept for line in lines if (kept := line[1:] if line[0] == chosen else line)]
    return merged
