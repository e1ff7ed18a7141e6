"""Rule: which of several functions of one name a call means. One rule for all languages, in this order:

1. *Number.* A function takes so many arguments, those with a default, open and given ones considered
   (`takes`; Swift compares labels).
2. *Hiding.* A method that one further down overrides counts once (`by_number`, `docrunch.graph.resolve.hierarchy`).
3. *Types*, where the text shows those of the arguments: one that certainly cannot be passed rules a function out
   (`docrunch.graph.resolve.arguments`).
4. *Most specific.* What the language prefers among those that are left.

One left is meant; several are candidates and none is taken. What differs between languages is asked of the family
object: how parameters are written (`passed`, `is_open`), what fits (`accepts`), what comes first (`closest`), whether
the only function of a name must fit as well (`checks_arguments`), and what is meant where none does (`unfit`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve import arguments as arguments_rule
from docrunch.graph.resolve.interface import CALLABLE, TYPES, Definition, Parameter
from docrunch.graph.resolve.values import (
    EXACT,
    INHERITED_MEMBER,
    NO_MEMBER,
    OVERLOADED,
    SYMBOL,
    Value,
    lower,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.families.base import Family
    from docrunch.graph.resolve.resolver import Resolver


def takes(family: "Family", definition: Definition, arguments: int) -> bool:
    """Whether a function can be called with so many arguments; True where their number is not known (-1)."""
    return arguments < 0 or any(_between(family, params, arguments) for params in family.passed(definition))


def _between(family: "Family", params: Sequence[Parameter], arguments: int) -> bool:
    needed, opened = 0, False
    for param in params:
        if family.is_open(param):
            opened = True
        elif not param.optional:
            needed += 1
    return needed <= arguments and (opened or arguments <= len(params))


def fitting(family: "Family", found: Sequence[int], arguments: int, labels: Sequence[str]) -> list[int]:
    """Those that a call can mean. Args: as in `docrunch.parsing.model.Reference`."""
    symbols = family.index.symbols
    return family.closest([n for n in found if family.accepts(symbols[n], arguments, labels)], arguments)


def chosen(r: "Resolver", file: int, scope: int, value: Value, arguments: int, labels: Sequence[str]) -> Value:
    """What a call of a value runs, its arguments considered; candidates stay candidates where several fit."""
    family = r.family(file)
    several = r.hierarchy.ambiguity(value)
    found = several or (_only(r, value) if family.checks_arguments else ())
    if not found:
        return value
    kept = family.fitting(found, file, arguments, labels)
    if not kept:
        unfit = family.unfit(r, found, arguments)
        return unfit if unfit is not None else value
    if len(kept) > 1:
        typed = arguments_rule.chosen(r, file, scope, kept, labels) if family.passing is not None else None
        if typed is not None or len(kept) == len(found):
            return typed or value
        return lower(r.hierarchy.pick(kept, r.family_of(kept[0])), OVERLOADED)
    rivals = family.rivals(r, kept[0], arguments)
    if rivals:
        return r.hierarchy.pick((kept[0], *rivals), r.family_of(kept[0]))
    return (SYMBOL, r.family_of(kept[0]).implementation(r, kept[0]), OVERLOADED) if several else value


def _only(r: "Resolver", value: Value) -> tuple[int, ...]:
    if value[0] != SYMBOL or not isinstance(value[1], int) or r.index.symbols[value[1]].kind not in CALLABLE:
        return ()
    return (value[1],)


# -- by number alone, where a call is asked for by name and number -------------------------------------------------


def by_number(r: "Resolver", found: Sequence[int], arguments: int) -> Value | None:
    """The one function that takes so many arguments, overridden ones aside; ``None`` where none does.

    Args: ``found``: methods of subtypes first.
    """
    symbols = r.index.symbols
    kept: list[int] = []
    for number in found:
        if takes(r.family_of(number), symbols[number], arguments) and not any(_replaces(r, n, number) for n in kept):
            kept.append(number)
    if not kept:
        return None
    if len(kept) == 1:
        return (SYMBOL, kept[0], EXACT if len(found) == 1 else OVERLOADED)
    return r.hierarchy.pick(kept, r.family_of(kept[0]))


def _replaces(r: "Resolver", nearer: int, farther: int) -> bool:
    """Whether a method of a subtype overrides one further up: equal types, type parameters aside."""
    near, far = r.index.symbols[nearer], r.index.symbols[farther]
    if r.index.parents[nearer] == r.index.parents[farther] or len(near.params) != len(far.params):
        return False
    owner = r.index.parents[farther]
    free = {name for name, _ in far.type_params}
    if owner >= 0:
        free.update(name for name, _ in r.index.symbols[owner].type_params)
    pairs = zip(near.params, far.params, strict=True)
    return all(_bare(a.type) == _bare(b.type) or _bare(b.type).rstrip("[]") in free for a, b in pairs)


def _bare(type_: str) -> str:
    """``Map`` of ``java.util.Map<K, V>``."""
    head = type_.split("<", 1)[0]
    return head.rsplit(".", 1)[-1].strip("? ") + ("[]" if type_.endswith(("[]", "...")) else "")


# -- further up, where a look-up ends at the first type that has the name ------------------------------------------


def above(r: "Resolver", method: int, arguments: int) -> Value:
    """What supertypes define by the name of a method, with other parameters."""
    owner, name = r.index.parents[method], r.index.symbols[method].name
    if owner >= 0 and r.index.symbols[owner].kind in TYPES:
        for place in r.hierarchy.order(owner)[0][1:]:
            kept = _called_so(r, place, name, CALLABLE, arguments)
            if len(kept) == 1:
                return (SYMBOL, kept[0], min(INHERITED_MEMBER, OVERLOADED))
            if kept:
                return r.hierarchy.pick(kept, r.family_of(kept[0]))
    return miss(NO_MEMBER)


def hidden(r: "Resolver", method: int, arguments: int) -> list[int]:
    """Methods of the classes above that a call may mean as well: of other parameters, so that nothing overrides them.

    Interfaces are left out: what implements them may name their type parameters.
    """
    symbols = r.index.symbols
    definition, owner = symbols[method], r.index.parents[method]
    if owner < 0 or definition.kind is not SymbolKind.METHOD or "override" in definition.modifiers:
        return []
    if symbols[owner].kind not in TYPES:
        return []
    shape, found = r.family_of(method).shape, []
    for place in r.hierarchy.order(owner)[0][1:]:
        if symbols[place].kind is SymbolKind.CLASS:
            own = _called_so(r, place, definition.name, _METHODS, arguments)
            found += [n for n in own if shape(symbols[n]) != shape(definition)]
    return [number for number in found if "private" not in symbols[number].modifiers]


_METHODS = frozenset({SymbolKind.METHOD})


def _called_so(r: "Resolver", owner: int, name: str, kinds: frozenset[SymbolKind], arguments: int) -> list[int]:
    """A type's own functions of a name that take so many arguments."""
    own = [number for number in r.hierarchy.own(owner, name) if r.index.symbols[number].kind in kinds]
    return r.family_of(owner).fitting(own, r.index.symbol_file[owner], arguments, ())
