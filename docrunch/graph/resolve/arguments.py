"""Rule: one of several Java or Kotlin functions, by the types of the arguments where the text shows them.

Java chooses among the methods that a call could mean the most specific one to whose parameters the arguments can be
passed (JLS 15.12.2). A method is ruled out here only where an argument is known and cannot be passed; one is chosen
where it alone is left, or where every argument by which those that are left differ is exactly of its type.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docrunch.graph.resolve.interface import CALLABLE, TYPES, VALUES
from docrunch.graph.resolve.values import EXACT, INSTANCE, OVERLOADED, SYMBOL, Value
from docrunch.parsing.model import SymbolKind

if TYPE_CHECKING:
    from docrunch.graph.resolve.resolver import Resolver

_WIDER = {
    "byte": frozenset({"short", "int", "long", "float", "double"}),
    "short": frozenset({"int", "long", "float", "double"}),
    "char": frozenset({"int", "long", "float", "double"}),
    "int": frozenset({"long", "float", "double"}),
    "long": frozenset({"float", "double"}),
    "float": frozenset({"double"}),
    "double": frozenset(),
    "boolean": frozenset(),
}
_BOXES = {
    "byte": "Byte",
    "short": "Short",
    "char": "Character",
    "int": "Integer",
    "long": "Long",
    "float": "Float",
    "double": "Double",
    "boolean": "Boolean",
}
_UNBOXED = {box: plain for plain, box in _BOXES.items()}
_ABOVE_STRING = frozenset({"CharSequence", "Comparable", "Serializable", "Constable", "ConstantDesc"})
_ABOVE_BOXES = frozenset({"Number", "Comparable", "Serializable", "Constable", "ConstantDesc"})
_FINAL = frozenset({"String", *_UNBOXED})
_KOTLIN = frozenset({"Boolean", "Byte", "Char", "Double", "Float", "Int", "Long", "Short"})
_PLAIN = _FINAL | _WIDER.keys() | _KOTLIN
_ANYTHING = frozenset({"Object", "Any", ""})
_OF_OBJECT = {"toString": "String", "hashCode": "int", "equals": "boolean", "length": "int", "isEmpty": "boolean"}
_DEEPEST = 6


class Given:
    """A type as written in a place."""

    __slots__ = ("file", "scope", "text")

    def __init__(self, text: str, file: int, scope: int) -> None:
        self.text = erased(text)
        self.file = file
        self.scope = scope


def erased(text: str) -> str:
    """``Map[]`` of ``final java.util.Map<K, V>...``, ``T`` of ``? extends T``."""
    text = text.strip().removeprefix("final ").rstrip("?").replace("? extends ", "").replace("...", "[]")
    dimensions = text.count("[]") if text.endswith("]") else 0
    if "<" in text:
        text = text[: text.index("<")]
    return text.replace("[]", "").strip().rsplit(".", 1)[-1] + "[]" * dimensions


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
    return bool(params) and (params[-1].type.endswith("...") or params[-1].type.startswith("vararg "))


def _is_spread(r: "Resolver", number: int, given: Sequence[Given | None]) -> bool:
    """Whether a method takes the arguments only as one of any number: an array is passed as it is."""
    if not _is_open(r, number):
        return False
    last = given[-1]
    whole = len(given) == len(r.index.symbols[number].params) and (last is None or last.text.endswith("[]"))
    return not whole


def _parameter(r: "Resolver", number: int, at: int) -> Given:
    """The type that the argument at a place is passed to."""
    params = r.index.symbols[number].params
    place = r.index.place_of(number)
    if _is_open(r, number) and at >= len(params) - 1:
        return Given(params[-1].type.removesuffix("...").removeprefix("vararg "), *place)
    return Given(params[at].type if at < len(params) else "", *place)


def _passes(r: "Resolver", number: int, given: Sequence[Given | None], words: Sequence[str]) -> bool:
    for at, argument in enumerate(given):
        wanted = _parameter(r, number, at)
        if can_pass(r, argument, words[at], wanted):
            continue
        last = _is_open(r, number) and at == len(given) - 1 == len(r.index.symbols[number].params) - 1
        if not last or not can_pass(r, argument, words[at], Given(wanted.text + "[]", wanted.file, wanted.scope)):
            return False
    return True


def _surely_passes(r: "Resolver", number: int, given: Sequence[Given | None], words: Sequence[str]) -> bool:
    """Whether every argument certainly can be passed, not only perhaps."""
    for at, argument in enumerate(given):
        wanted = _parameter(r, number, at)
        if words[at] in ("null", "->"):
            continue
        if argument is None:
            return False
        if argument.text == wanted.text or wanted.text in _ANYTHING or _is_free(r, wanted):
            continue
        below, above = _type_of(r, argument), _type_of(r, wanted)
        plain = argument.text in _WIDER or argument.text == "String"  # `can_pass` knows all about these
        if not plain and (below < 0 or above not in r.hierarchy.order(below)[0]):
            return False
    return True


def _is_exact(r: "Resolver", number: int, kept: Sequence[int], given: Sequence[Given | None]) -> bool:
    for at, argument in enumerate(given):
        texts = {_parameter(r, each, at).text for each in kept}
        own = _parameter(r, number, at)
        if len(texts) > 1 and (argument is None or argument.text != own.text or _is_free(r, own)):
            return False
    return True


def _is_free(r: "Resolver", given: Given) -> bool:
    """Whether a type is a type parameter in its place."""
    name, scope = given.text.rstrip("[]"), given.scope
    while scope >= 0:
        symbol = r.index.symbol(given.file, scope)
        if any(known == name for known, _ in symbol.type_params):
            return True
        scope = symbol.parent
    return False


def can_pass(r: "Resolver", argument: Given | None, word: str, wanted: Given) -> bool:
    """False only where an argument certainly cannot be passed."""
    target = wanted.text
    if word == "null":
        return target not in _WIDER
    if word == "->":
        return target not in _PLAIN and not target.endswith("[]") and not _is_class(r, wanted)
    if argument is None or argument.text == target or target in _ANYTHING or _is_free(r, wanted):
        return not (argument is not None and target.endswith("[]") and not argument.text.endswith("[]"))
    if _is_free(r, argument):
        return target not in _WIDER and not target.endswith("[]")
    text = argument.text
    if text.endswith("[]") or target.endswith("[]"):
        return _array_passes(r, argument, word, wanted)
    if text in _WIDER:
        box = _BOXES[text]
        return target in _WIDER[text] or target == box or (target in _ABOVE_BOXES and _is_outside(r, wanted))
    if target in _WIDER:
        plain = _UNBOXED.get(text)
        if plain is None:
            return text not in _FINAL and not _is_known(r, argument)
        return plain == target or target in _WIDER[plain]
    if text == "String":
        return target in _ABOVE_STRING and _is_outside(r, wanted)
    if text in _UNBOXED:
        return target in _ABOVE_BOXES and _is_outside(r, wanted)
    if text in _KOTLIN and (target in _PLAIN or _is_known(r, wanted)):
        return text != "Boolean" and target in _KOTLIN and target != "Boolean"
    if target in _FINAL or (target in _KOTLIN and _is_known(r, argument)):
        return False
    return _is_below(r, argument, wanted)


def _array_passes(r: "Resolver", argument: Given, word: str, wanted: Given) -> bool:
    if not argument.text.endswith("[]"):
        return False
    if not wanted.text.endswith("[]"):
        return wanted.text in ("Cloneable", "Serializable")
    inner = Given(argument.text[:-2], argument.file, argument.scope)
    target = Given(wanted.text[:-2], wanted.file, wanted.scope)
    if inner.text in _WIDER or target.text in _WIDER:
        return inner.text == target.text
    return can_pass(r, inner, word, target)


def _type_of(r: "Resolver", given: Given) -> int:
    """The repository's type, -1 for one from outside."""
    value = r.annotated(given.file, given.scope, given.text, EXACT)
    return value[1] if value[0] == INSTANCE and isinstance(value[1], int) else -1


def _is_known(r: "Resolver", given: Given) -> bool:
    return _type_of(r, given) >= 0


def _is_outside(r: "Resolver", given: Given) -> bool:
    return _type_of(r, given) < 0


def _is_class(r: "Resolver", given: Given) -> bool:
    number = _type_of(r, given)
    return number >= 0 and r.index.symbols[number].kind is not SymbolKind.INTERFACE


def _is_below(r: "Resolver", argument: Given, wanted: Given) -> bool:
    """Whether one class may be below another; True where we cannot see all that is above it."""
    below, above = _type_of(r, argument), _type_of(r, wanted)
    if below < 0:
        return True
    order, hidden = r.hierarchy.order(below)
    return hidden if above < 0 else above in order


def _given(r: "Resolver", file: int, scope: int, word: str, depth: int) -> Given | None:
    """The static type of an argument, where it is written somewhere."""
    if word[0] == "=":
        return Given(word[1:], file, scope)
    if word in ("?", "null", "->") or depth > _DEEPEST:
        return None
    parts = tuple(word.split("."))
    if parts[-1] == "[]":
        held = _given(r, file, scope, ".".join(parts[:-1]), depth + 1) if len(parts) > 1 else None
        text = held.text if held is not None else ""
        return Given(text[:-2], held.file, held.scope) if held is not None and text.endswith("[]") else None
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
                return True, Given(text, file, scope)
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
        return Given(symbol.name, *r.index.scope_of(value[1]))
    several = r.hierarchy.ambiguity(value)
    if value[0] == SYMBOL and isinstance(value[1], int):
        several = (value[1],)
    if not several:
        return Given(_OF_OBJECT[last[:-2]], file, scope) if called and last[:-2] in _OF_OBJECT else None
    return _agreed(r, several, called)


def _agreed(r: "Resolver", several: Sequence[int], called: bool) -> Given | None:
    """What all of some functions return, or what a field holds."""
    found: Given | None = None
    for number in several:
        symbol = r.index.symbols[number]
        if called and (symbol.kind in TYPES or symbol.kind is SymbolKind.CONSTRUCTOR):
            owner = number if symbol.kind in TYPES else r.index.parents[number]
            each = Given(r.index.symbols[owner].name, *r.index.scope_of(owner))
        elif called == (symbol.kind in CALLABLE) and (symbol.returns if called else symbol.type):
            place = r.index.place_of(number)
            each = Given(symbol.returns if called else symbol.type, *place)
        else:
            return None
        if not called and symbol.kind not in VALUES:
            return None
        if _is_free(r, each) or (found is not None and found.text != each.text):
            return None
        found = each
    return found
