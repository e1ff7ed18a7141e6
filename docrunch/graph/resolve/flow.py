"""Rule: types with arguments. What ``Box[User]`` holds, what its methods return, what a container's elements are.

An annotation is kept as written, with the place it is read at and the meaning of its type parameters, and read one
level at a time when something asks for it. These are numbered by the resolver, so that a value stays three words.
"""

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

from docrunch.graph.resolve import members
from docrunch.graph.resolve.interface import CALLABLE, VALUES, Definition
from docrunch.graph.resolve.values import (
    APPLIED,
    ATTRIBUTE,
    DYNAMIC_RECEIVER,
    EXACT,
    EXTERNAL_INSTANCE,
    EXTERNAL_RECEIVER,
    INSTANCE,
    MEMBER_OF,
    MISS,
    RESULT,
    RETURNED,
    SYMBOL,
    Value,
    lower,
    miss,
)
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver

_WORD = re.compile(r"[^\W\d]\w*")
_DEEPEST = 4  # type arguments inside type arguments; deeper ones are forgotten
SELF = "<self>"
_MOST_ARGUMENTS = 8
_PLACE = re.compile(r"\[[0-9]{1,9}\]")


class Written(NamedTuple):
    """A type as written, where it is read, and what the type parameters in it stand for."""

    file: int
    scope: int
    text: str
    meanings: "Meanings"


Meanings = tuple[tuple[str, Written], ...]


class Applied(NamedTuple):
    base: tuple[int, int | str]  # (INSTANCE, symbol) or (EXTERNAL_INSTANCE, name)
    args: tuple[Written, ...]


class MemberOf(NamedTuple):
    symbol: int
    meanings: Meanings


class Numbered:
    """What values refer to by number."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._applied: dict[int, Applied] = {}
        self._members: dict[int, MemberOf] = {}
        self._results: dict[int, Value] = {}

    def _number(self, key: Hashable) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def apply(self, base: tuple[int, int | str], args: tuple[Written, ...], grade: int) -> Value:
        found = Applied(base, args[:_MOST_ARGUMENTS])
        number = self._number((APPLIED, found))
        self._applied[number] = found
        return (APPLIED, number, grade)

    def member_of(self, symbol: int, meanings: Meanings, grade: int) -> Value:
        found = MemberOf(symbol, meanings)
        number = self._number((MEMBER_OF, found))
        self._members[number] = found
        return (MEMBER_OF, number, grade)

    def result(self, value: Value) -> Value:
        number = self._number((RESULT, value[:2]))
        self._results[number] = (value[0], value[1], EXACT)
        return (RESULT, number, value[2])

    def applied(self, value: Value) -> Applied:
        return self._applied[_number(value)]

    def member(self, value: Value) -> MemberOf:
        return self._members[_number(value)]

    def resulting(self, value: Value) -> Value:
        return lower(self._results[_number(value)], value[2])


def _number(value: Value) -> int:
    if not isinstance(value[1], int):
        raise TypeError(f"{value} refers to nothing by number")
    return value[1]


def written(file: int, scope: int, text: str, meanings: Meanings) -> Written:
    """Only the meanings of words in the text are kept, and only a few levels of them."""
    if meanings:
        words = set(_WORD.findall(text))
        meanings = tuple((name, each) for name, each in meanings if name in words and _depth(each) < _DEEPEST)
    return Written(file, scope, text, meanings)


def _depth(found: Written) -> int:
    return 1 + max((_depth(each) for _, each in found.meanings), default=0)


def itself(owner: int) -> Written:
    """The type of the receiver, whatever it is called."""
    return Written(-1, owner, SELF, ())


def read(r: "Resolver", found: Written, grade: int) -> Value:
    """An instance of a type as written."""
    if found.file < 0:
        return (INSTANCE, found.scope, grade)
    return r.typed(found.file, found.scope, found.text, found.meanings, grade)


# -- members ---------------------------------------------------------------------------------------------------------


def member(r: "Resolver", value: Value, name: str) -> Value:
    """A member of an instance of a type with arguments."""
    base, args = r.numbered.applied(value)
    grade = value[2]
    if isinstance(base[1], int):
        return seen_through(r, members.of_instance(r, base[1], name, grade), base[1], args)
    family = r.family(args[0].file)
    container = family.container(base[1])
    at = container.get(f"{name.split('(', 1)[0]}()")
    if at is None:
        through = container.get("*")
        return r.member(read(r, args[through], grade), name) if through is not None else miss(EXTERNAL_RECEIVER)
    held = value if at < 0 else read(r, args[at], grade) if at < len(args) else miss(DYNAMIC_RECEIVER)
    return r.numbered.result(lower(held, RETURNED)) if held[0] != MISS else held


def seen_through(r: "Resolver", found: Value, owner: int, args: tuple[Written, ...]) -> Value:
    """A member of an instance of ``owner``, with what the type parameters of the place that defines it stand for."""
    if found[0] != SYMBOL or not isinstance(found[1], int):
        return found
    symbol = r.index.symbols[found[1]]
    said = symbol.returns if symbol.kind in CALLABLE else symbol.type or symbol.returns
    place = r.hierarchy.owner(found[1]) if symbol.receiver else r.index.parents[found[1]]
    if place < 0:
        return found
    meanings: Meanings = ()
    if said and r.index.symbols[place].type_params:
        words = set(_WORD.findall(said))
        meanings = tuple(item for item in meanings_of(r, owner, args, place, 0) if item[0] in words)
    if place != owner or said not in r.family_of(place).self_types:
        meanings += _receiver(r, found[1], symbol, said, owner)
    return r.numbered.member_of(found[1], meanings, found[2]) if meanings else found


def _receiver(r: "Resolver", number: int, symbol: Definition, said: str, owner: int) -> Meanings:
    """What an inherited method says of the type of its receiver: ``Self``, a variable, or ``return self``."""
    if symbol.kind not in CALLABLE:
        return ()
    family = r.family_of(number)
    if not said:
        given = r.index.returned(number)
        returns_it = bool(given) and all(len(each.value) == 1 and each.value[0] in family.selves for each in given)
        return ((SELF, itself(owner)),) if returns_it else ()
    if said in family.self_types:
        return ((said, itself(owner)),)
    first = symbol.params[0] if symbol.params else None
    return ((said, itself(owner)),) if first is not None and first.name in family.selves and first.type == said else ()


def meanings_of(r: "Resolver", owner: int, args: tuple[Written, ...], place: int, depth: int) -> Meanings:
    """What the type parameters of ``place``, ``owner`` itself or a supertype of it, stand for in ``owner``."""
    definition = r.index.symbols[owner]
    own: Meanings = tuple((name, arg) for (name, _), arg in zip(definition.type_params, args, strict=False))
    if owner == place or depth > _DEEPEST or not definition.base_args:
        return own if owner == place else ()
    file, scope = r.index.scope_of(owner)
    for base, texts in zip(definition.bases, definition.base_args, strict=True):
        value = r.hierarchy.base(file, scope, base, texts)
        if not texts or value[0] != SYMBOL or not isinstance(value[1], int):
            continue
        if value[1] == place or place in r.hierarchy.order(value[1])[0]:
            passed = tuple(written(file, scope, text, own) for text in texts)
            return meanings_of(r, value[1], passed, place, depth + 1)
    return ()


# -- elements --------------------------------------------------------------------------------------------------------


def element(r: "Resolver", value: Value, part: str) -> Value:
    """``x[…]``, an item of an iteration, or the n-th of a tuple. Args: ``part``: in the notation of chains."""
    tag, payload, grade = value
    if tag == APPLIED:
        return _of_applied(r, value, part)
    if tag == MEMBER_OF:
        return element(r, held(r, value), part)
    if not isinstance(payload, int):
        return value if tag == MISS else miss(EXTERNAL_RECEIVER)
    if tag == SYMBOL:
        symbol = r.index.symbols[payload]
        if symbol.kind in VALUES:
            found = r.held(payload)
            return lower(element(r, found, part), grade) if found[0] != MISS else found
        return value if part == "[]" and symbol.kind is not SymbolKind.ENUM else miss(DYNAMIC_RECEIVER)  # ``Box[int]``
    return _by_operator(r, payload, part, grade) if tag == INSTANCE else miss(DYNAMIC_RECEIVER)


def _of_applied(r: "Resolver", value: Value, part: str) -> Value:
    base, args = r.numbered.applied(value)
    if isinstance(base[1], int):
        return _by_operator(r, base[1], part, value[2], args)
    container = r.family(args[0].file).container(base[1])
    if _PLACE.fullmatch(part):
        at: int | None = int(part[1:-1]) if container.get("[n]") is not None else None
    else:
        at = container.get(part, container.get("[]") if part == "[*]" else None)
    if at is None or at >= len(args):
        return miss(DYNAMIC_RECEIVER)
    return lower(read(r, args[at], value[2]), RETURNED) if at >= 0 else value


def _by_operator(r: "Resolver", owner: int, part: str, grade: int, args: tuple[Written, ...] = ()) -> Value:
    """The method that a subscript or an iteration runs, where the language has one."""
    family = r.family_of(owner)
    if part == "[?]":
        return (INSTANCE, owner, grade)
    operator = family.subscript_operator if part == "[]" else family.iteration_operator if part == "[*]" else ""
    found = members.of_instance(r, owner, operator, grade) if operator else miss(DYNAMIC_RECEIVER)
    if found[0] == MISS:
        return miss(DYNAMIC_RECEIVER)
    given = r.called(seen_through(r, found, owner, args))
    return (
        element(r, given, part)
        if part == "[*]" and given[0] == APPLIED
        else given
        if part == "[]"
        else miss(DYNAMIC_RECEIVER)
    )


# -- calls and values ------------------------------------------------------------------------------------------------


def called(r: "Resolver", value: Value) -> Value:
    """What a call of an applied type, of a member reached through one, or of a container's method returns."""
    tag, _, grade = value
    if tag == RESULT:
        return r.numbered.resulting(value)
    if tag == MEMBER_OF:
        symbol, meanings = r.numbered.member(value)
        definition = r.index.symbols[symbol]
        if definition.kind not in CALLABLE:
            found = held(r, value)
            return r.called(found) if found[0] != MISS else found
        file, scope = r.index.place_of(symbol)
        if not definition.returns:
            return lower(read(r, meanings[-1][1], RETURNED), grade)  # it returns its receiver
        return lower(r.typed(file, scope, definition.returns, meanings, RETURNED), grade)
    base, args = r.numbered.applied(value)
    if isinstance(base[1], int):
        operator = r.family_of(base[1]).call_operator
        found = member(r, value, operator) if operator else miss(DYNAMIC_RECEIVER)
        return r.called(found) if found[0] in (SYMBOL, MEMBER_OF) else miss(DYNAMIC_RECEIVER)
    at = r.family(args[0].file).container(base[1]).get("()")
    return lower(read(r, args[at], grade), RETURNED) if at is not None and at < len(args) else miss(DYNAMIC_RECEIVER)


def held(r: "Resolver", value: Value) -> Value:
    """What a property holds that was reached through type arguments."""
    symbol, meanings = r.numbered.member(value)
    definition = r.index.symbols[symbol]
    if definition.kind in CALLABLE:
        return miss(DYNAMIC_RECEIVER)
    file, scope = r.index.scope_of(symbol)
    return lower(r.typed(file, scope, definition.type or definition.returns, meanings, ATTRIBUTE), value[2])


def plain(r: "Resolver", value: Value) -> Value:
    """The symbol itself, where a member was reached through type arguments."""
    return (SYMBOL, r.numbered.member(value).symbol, value[2]) if value[0] == MEMBER_OF else value


def outside(base: str, args: tuple[Written, ...], r: "Resolver", grade: int) -> Value:
    """An instance of something outside, with its arguments where it is a container that is known."""
    if args and r.family(args[0].file).container(base):
        return r.numbered.apply((EXTERNAL_INSTANCE, base), args, grade)
    return (EXTERNAL_INSTANCE, base, grade)
