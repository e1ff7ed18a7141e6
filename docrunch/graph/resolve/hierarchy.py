"""Rule: types and their supertypes. Bases, method resolution order, and methods written outside their type."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve.attachments import Attachments, Receiver, SymbolName
from docrunch.graph.resolve.interface import CALLABLE, TYPES
from docrunch.graph.resolve.reads import ATTACHED, OWNERS
from docrunch.graph.resolve.receivers import bare_type
from docrunch.graph.resolve.values import (
    AMBIGUOUS,
    EXACT,
    EXTERNAL_BASE,
    INHERITED_MEMBER,
    MISS,
    NO_CANDIDATE,
    NO_MEMBER,
    SYMBOL,
    Value,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.families.base import Family
    from docrunch.graph.resolve.resolver import Cache, Resolver

Types = tuple[tuple[int, ...], bool]  # types of the repository, and whether there are others that we cannot see
MOST_OVERLOADS = 200  # beyond, each of many calls would be compared with each of many functions
_NO_BASES: Types = ((), False)  # a class cannot be its own base


class Hierarchy:
    """One per resolver, whose questions about types it answers."""

    def __init__(self, resolver: "Resolver", attachments: Attachments | None) -> None:
        self._r = resolver
        self._index = resolver.index
        self._attachments = attachments
        self._bases: Cache[int, Types] = {}
        self._orders: Cache[int, Types] = {}
        self._owners: Cache[int, int] = {}
        self._ambiguities: dict[tuple[int, ...], int] = {}
        self._unchosen: list[tuple[int, ...]] = []
        self._attached: dict[int, dict[str, list[tuple[str, Receiver]]]] = {}

    def owner(self, method: int) -> int:
        """The type of a method with a receiver, -1 where it is not in the repository."""
        if self._attachments is not None:
            file, scope = self._index.place_of(method)
            path = self._index.paths[file]
            self._index.reads.note(OWNERS, path)
            return self.symbol_of(self._attachments.owner(path, scope))
        found = self._owners.get(method)
        if found is not None and self._r.reuse(found):
            return found[0]
        return self._r.ask(self._owners, method, _owner, -1)

    def named(self, method: int, written: str) -> int:
        """The type that a receiver or the trait of an impl block names, -1 where it is not in the repository."""
        file, scope = self._index.scope_of(method)
        parts = self._r.family(file).parts(bare_type(written))
        if not parts[0].strip(":\\").isidentifier():
            return -1
        while scope >= 0 and self._index.symbol(file, scope).kind is not SymbolKind.NAMESPACE:
            scope = self._index.symbol(file, scope).parent
        value = self._r.chain(file, scope, parts)
        if value[0] != SYMBOL or not isinstance(value[1], int):
            return -1
        return value[1] if self._index.symbols[value[1]].kind in TYPES else -1

    def attached(self, symbol: int) -> dict[str, list[tuple[str, Receiver]]]:
        """Methods of a type that are written outside it, by name: (path, method) in file and source order."""
        if self._attachments is None or not self._r.family_of(symbol).attaches:
            return {}
        type_ = self._index.name_of(symbol)
        self._index.reads.note(ATTACHED, f"{type_.path}\0{type_.local_name}")
        found = self._attached.get(symbol)
        if found is None:
            found = self._attached[symbol] = {}
            for path, method in self._attachments.methods(type_):
                found.setdefault(method.name, []).append((path, method))
        return found

    def symbol_of(self, name: SymbolName | None) -> int:
        return self._index.named(name) if name is not None else -1

    def traits(self, symbol: int) -> list[int]:
        """The traits that impl blocks of a type implement."""
        self.attached(symbol)  # notes the reading
        if self._attachments is None:
            return []
        methods = self._attachments.methods(self._index.name_of(symbol))
        names = dict.fromkeys(method.trait for _, method in methods if method.trait is not None)
        return [number for name in names if (number := self.symbol_of(name)) >= 0]

    def bases(self, symbol: int) -> Types:
        """Direct supertypes, in order."""
        found = self._bases.get(symbol)
        if found is not None and self._r.reuse(found):
            return found[0]
        return self._r.ask(self._bases, symbol, _bases, _NO_BASES)

    def base(self, file: int, scope: int, written: str, args: Sequence[str] = ()) -> Value:
        """The supertype that is written with these type arguments."""
        family = self._r.family(file)
        parts = family.parts(written)
        if family.marks_types:
            parts = (*parts[:-1], f":{parts[-1]}`{len(args)}" if args else ":" + parts[-1])
        return family.beside(self._r, self._r.chain(file, scope, parts))

    def order(self, symbol: int) -> Types:
        """Method resolution order, the symbol first: C3 (Python 2.3 MRO), depth first where C3 finds none."""
        found = self._orders.get(symbol)
        if found is not None and self._r.reuse(found):
            return found[0]
        alone: Types = ((symbol,), False)
        return self._r.ask(self._orders, symbol, _order, alone)

    def member(self, symbol: int, name: str, *, skip_own: bool = False) -> Value:
        """A member of a type by its name, own ones first, then those of its supertypes."""
        if self._r.family_of(symbol).separate_calls:
            return self._r.family_of(symbol).member(self._r, symbol, name, skip_own=skip_own)
        order, outside = self.order(symbol)
        if len(order) > 1 and self._r.family_of(symbol).overloads:
            return self._overloaded(order[1:] if skip_own else order, symbol, name, outside)
        for place in order[1:] if skip_own else order:
            found = self.own(place, name)
            if found:
                value = self.pick(found, self._r.family_of(place))
                if place == symbol or value[0] == MISS:
                    return value
                return (value[0], value[1], min(value[2], INHERITED_MEMBER))
        return miss(EXTERNAL_BASE if outside else NO_MEMBER)

    def _overloaded(self, order: Sequence[int], symbol: int, name: str, outside: bool) -> Value:
        """All functions of a name along the order, those that one below hides left out; else the first of its kind."""
        symbols = self._index.symbols
        found: dict[tuple[str, ...], int] = {}
        nearest = -1
        for place in order:
            own = self.own(place, name)
            if own and nearest < 0:
                nearest = place
            if own and not all(symbols[number].kind in CALLABLE for number in own):
                if not found:
                    return self.pick(own, self._r.family_of(place))
                break
            for number in own:
                found.setdefault(self._r.family_of(number).shape(symbols[number]), number)
        if not found:
            return miss(EXTERNAL_BASE if outside else NO_MEMBER)
        value = self.pick(list(found.values()), self._r.family_of(symbol))
        return value if nearest == symbol or value[0] == MISS else (value[0], value[1], min(value[2], INHERITED_MEMBER))

    def own(self, symbol: int, name: str) -> Sequence[int]:
        """Members that a type itself defines, wherever they are written."""
        inside = self._index.members.get(symbol, {}).get(name, [])
        others = self._r.family_of(symbol).other_parts(self._r, symbol)
        if others:
            inside = [*inside, *self._of_parts(others, name)]
        attached = self.attached(symbol).get(name)
        if not attached:
            return inside or (self._r.family_of(symbol).outside(symbol, name) if self._attachments is None else [])
        return inside + [self._index.method(path, method.symbol) for path, method in attached]

    def _of_parts(self, parts: Sequence[int], name: str) -> list[int]:
        members = self._index.members
        return [number for part in parts if part in members for number in members[part].get(name, ())]

    def pick(self, found: Sequence[int], family: "Family") -> Value:
        """One of several definitions of a name in one place, where the language says which."""
        if len(found) == 1:
            return (SYMBOL, found[0], EXACT)
        return family.pick(found) or self.undecided(found)

    def undecided(self, found: Sequence[int]) -> Value:
        """Several definitions, none chosen: `ambiguity` tells them."""
        key = tuple(found)
        number = self._ambiguities.setdefault(key, len(self._ambiguities) + 1)
        if number > len(self._unchosen):
            self._unchosen.append(key)
        return (MISS, AMBIGUOUS, number)

    def ambiguity(self, value: Value) -> tuple[int, ...]:
        """The definitions among which `pick` could not choose; () for any other value, and where they are too many to
        be compared at each call.
        """
        if value[0] != MISS or value[1] != AMBIGUOUS or not value[2]:
            return ()
        found = self._unchosen[value[2] - 1]
        return found if len(found) <= MOST_OVERLOADS else ()

    def namespace_member(self, file: int, scope: int, name: str) -> Value:
        """A name of an inline module or namespace."""
        index, family = self._index, self._r.family(file)
        whole = family.in_namespace(self._r, file, scope, name)
        if whole is not None:
            return whole
        found = index.members.get(index.number(file, scope), {}).get(name)
        if found:
            return self.pick(found, family)
        value = family.namespace_child(self._r, file, scope, name)
        if value is not None:
            return value
        imported = index.imports(file, scope, name)
        if imported:
            return self._r.imported(file, imported[0])
        for star in index.stars(file, scope):
            value = self._r.member(self._r.imported(file, star), name)
            if value[0] == SYMBOL:
                return value
        return family.namespace_name(self._r, file, scope, name) or miss(NO_CANDIDATE)


def _owner(r: "Resolver", method: int) -> int:
    return r.hierarchy.named(method, r.index.symbols[method].receiver)


def _bases(r: "Resolver", symbol: int) -> Types:
    index, hierarchy = r.index, r.hierarchy
    family = r.family_of(symbol)
    found: list[int] = []
    outside = False
    for part in (symbol, *family.other_parts(r, symbol)):
        file, scope = index.scope_of(part)
        definition = index.symbols[part]
        given = definition.base_args or ((),) * len(definition.bases)
        for written, args in zip(definition.bases, given, strict=True):
            value = hierarchy.base(file, scope, written, args)
            if value[0] == SYMBOL and isinstance(value[1], int) and index.symbols[value[1]].kind in TYPES:
                found.append(value[1])
            elif family.external(definition, written):
                outside = True
    found += [trait for trait in hierarchy.traits(symbol) if trait not in found]
    return tuple(dict.fromkeys(found)), outside


def _order(r: "Resolver", symbol: int) -> Types:
    bases, outside = r.hierarchy.bases(symbol)
    if r.family_of(symbol).right_to_left:
        bases = bases[::-1]
    above = [r.hierarchy.order(base) for base in bases]
    lines = [list(order) for order, _ in above] + [list(bases)]
    merged = _merge(lines)
    if merged is None:
        merged = list(dict.fromkeys(item for order, _ in above for item in order))
    hidden = outside or any(more for _, more in above)
    return (symbol, *(item for item in merged if item != symbol)), hidden


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
