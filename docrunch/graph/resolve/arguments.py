"""Rule: one of several functions by the types of the arguments, where the text shows them.

Among the functions that a call could mean, languages with types choose the most specific one to whose parameters the
arguments can be passed (Java: JLS 15.12.2). A function is ruled out here only where an argument is known and cannot be
passed; one is chosen where it alone is left, or where every argument by which those that are left differ is exactly of
its type. What can be passed to what is asked of the language (`Passing`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from docrunch.graph.resolve.interface import CALLABLE, TYPES, VALUES
from docrunch.graph.resolve.values import EXACT, INSTANCE, OVERLOADED, SYMBOL, Value
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver

_DEEPEST = 6


class Given:
    """A type in a place, as it counts here (`Passing.erased`)."""

    __slots__ = ("file", "scope", "text")

    def __init__(self, text: str, file: int, scope: int) -> None:
        self.text = text
        self.file = file
        self.scope = scope

    def item(self) -> "Given":
        """What an array of that type holds."""
        return Given(self.text[:-2], self.file, self.scope)

    def array(self) -> "Given":
        return Given(self.text + "[]", self.file, self.scope)


class Passing(Protocol):
    """What a language lets an argument be passed to, as far as the types are seen."""

    def erased(self, written: str) -> str:
        """A type as written, without what does not count here."""

    def can_pass(self, r: "Resolver", argument: Given | None, word: str, wanted: Given) -> bool:
        """False only where an argument certainly cannot be passed. Args: ``word``: see `Reference.labels`."""

    def surely_passes(self, r: "Resolver", argument: Given | None, word: str, wanted: Given) -> bool:
        """True only where an argument that can be passed certainly is."""


def _written(r: "Resolver", text: str, file: int, scope: int) -> Given:
    passing = r.family(file).passing
    return Given(passing.erased(text) if passing is not None else text, file, scope)


def chosen(r: "Resolver", file: int, scope: int, several: Sequence[int], words: Sequence[str]) -> Value | None:
    """The method that is meant, ``None`` where the types leave more than one or say nothing."""
    symbols = r.index.symbols
    if any(symbols[n].kind not in CALLABLE for n in several) or not words:
        return None
    given = [_given(r, file, scope, word, 0) for word in words]
    kept = [n for n in several if _passes(r, n, given, words)]
    closed = [n for n in kept if not _is_spread(r, n, given)]
    if len(closed) < len(kept) and any(_surely_passes(r, n, given, words) for n in closed):
        kept = closed  # one of any number of arguments is meant only where nothing else can be
    if len(kept) == 1:
        return (SYMBOL, kept[0], OVERLOADED)
    exact = [n for n in kept if not _is_spread(r, n, given) and _is_exact(r, n, kept, given)]
    return (SYMBOL, exact[0], OVERLOADED) if len(exact) == 1 else None


def _is_open(r: "Resolver", number: int) -> bool:
    params = r.index.symbols[number].params
    return bool(params) and r.family_of(number).is_open(params[-1])


def _is_spread(r: "Resolver", number: int, given: Sequence[Given | None]) -> bool:
    """Whether a function takes the arguments only as one of any number: an array is passed as it is."""
    if not _is_open(r, number):
        return False
    last = given[-1]
    whole = len(given) == len(r.index.symbols[number].params) and (last is None or last.text.endswith("[]"))
    return not whole


def _parameter(r: "Resolver", number: int, at: int) -> Given:
    """The type that the argument at a place is passed to."""
    params = r.index.symbols[number].params
    text = params[min(at, len(params) - 1)].type if params else ""
    if at >= len(params) - 1 and _is_open(r, number):
        for mark in r.family_of(number).open_types:
            text = text.removesuffix(mark).removeprefix(mark)
    elif at >= len(params):
        text = ""
    return _written(r, text, *r.index.place_of(number))


def _passes(r: "Resolver", number: int, given: Sequence[Given | None], words: Sequence[str]) -> bool:
    passing = r.family_of(number).passing
    if passing is None:
        return True
    for at, argument in enumerate(given):
        wanted = _parameter(r, number, at)
        if passing.can_pass(r, argument, words[at], wanted):
            continue
        last = _is_open(r, number) and at == len(given) - 1 == len(r.index.symbols[number].params) - 1
        if not last or not passing.can_pass(r, argument, words[at], wanted.array()):
            return False
    return True


def _surely_passes(r: "Resolver", number: int, given: Sequence[Given | None], words: Sequence[str]) -> bool:
    """Whether every argument certainly can be passed, not only perhaps."""
    passing = r.family_of(number).passing
    return passing is not None and all(
        passing.surely_passes(r, argument, words[at], _parameter(r, number, at)) for at, argument in enumerate(given)
    )


def _is_exact(r: "Resolver", number: int, kept: Sequence[int], given: Sequence[Given | None]) -> bool:
    for at, argument in enumerate(given):
        texts = {_parameter(r, each, at).text for each in kept}
        own = _parameter(r, number, at)
        if len(texts) > 1 and (argument is None or argument.text != own.text or is_free(r, own)):
            return False
    return True


def is_free(r: "Resolver", given: Given) -> bool:
    """Whether a type is a type parameter in its place."""
    name, scope = given.text.rstrip("[]"), given.scope
    while scope >= 0:
        symbol = r.index.symbol(given.file, scope)
        if any(known == name for known, _ in symbol.type_params):
            return True
        scope = symbol.parent
    return False


def type_of(r: "Resolver", given: Given) -> int:
    """The repository's type, -1 for one from outside."""
    value = r.annotated(given.file, given.scope, given.text, EXACT)
    return value[1] if value[0] == INSTANCE and isinstance(value[1], int) else -1


def _given(r: "Resolver", file: int, scope: int, word: str, depth: int) -> Given | None:
    """The static type of an argument, where it is written somewhere."""
    if word[0] == "=":
        return _written(r, word[1:], file, scope)
    if word in ("?", "null", "->") or depth > _DEEPEST:
        return None
    parts = tuple(word.split("."))
    if parts[-1] == "[]":
        held = _given(r, file, scope, ".".join(parts[:-1]), depth + 1) if len(parts) > 1 else None
        return held.item() if held is not None and held.text.endswith("[]") else None
    if len(parts) == 1 and not parts[0].endswith("()"):
        found, local = _local(r, file, scope, parts[0], depth)
        if found:
            return local
    return _of_symbol(r, file, scope, parts)


def _local(r: "Resolver", file: int, scope: int, name: str, depth: int) -> tuple[bool, Given | None]:
    """Whether a name is local, and its type where that is known."""
    while scope >= 0 and r.index.symbol(file, scope).kind not in TYPES:
        found = r.index.bindings(file, scope, name)
        if found:
            texts = {binding.type for binding in found}
            text = texts.pop() if len(texts) == 1 else None
            if text:
                return True, _written(r, text, file, scope)
            known = text is not None and len(found) == 1
            return True, _given(r, file, scope, ".".join(found[0].value), depth + 1) if known else None
        scope = r.index.symbol(file, scope).parent
    return False, None


def _of_symbol(r: "Resolver", file: int, scope: int, parts: tuple[str, ...]) -> Given | None:
    last = parts[-1]
    called = last.endswith("()")
    if called:
        parts = (*parts[:-1], last[:-2] + "(?)")
    value = r.chain(file, scope, parts)
    if value[0] == INSTANCE and isinstance(value[1], int) and not called:
        symbol = r.index.symbols[value[1]]
        return _written(r, symbol.name, *r.index.scope_of(value[1]))
    several = r.hierarchy.ambiguity(value)
    if value[0] == SYMBOL and isinstance(value[1], int):
        several = (value[1],)
    if not several:
        given = r.family(file).of_any_value.get(last)
        return _written(r, given, file, scope) if given is not None else None
    return _agreed(r, several, called)


def _agreed(r: "Resolver", several: Sequence[int], called: bool) -> Given | None:
    """What all of some functions return, or what a field holds."""
    found: Given | None = None
    for number in several:
        symbol = r.index.symbols[number]
        if called and (symbol.kind in TYPES or symbol.kind is SymbolKind.CONSTRUCTOR):
            owner = number if symbol.kind in TYPES else r.index.parents[number]
            each = _written(r, r.index.symbols[owner].name, *r.index.scope_of(owner))
        elif called == (symbol.kind in CALLABLE) and (symbol.returns if called else symbol.type):
            place = r.index.place_of(number)
            each = _written(r, symbol.returns if called else symbol.type, *place)
        else:
            return None
        if not called and symbol.kind not in VALUES:
            return None
        if is_free(r, each) or (found is not None and found.text != each.text):
            return None
        found = each
    return found
