"""What Java and Kotlin let an argument be passed to (JLS 5.3, 15.12.2), by types as written.

Not all types are seen, so there are two answers: `can_pass` says no only where that is certain, `surely_passes` yes.
"""

from typing import TYPE_CHECKING

from docrunch.graph.resolve.arguments import Given, is_free, type_of
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


def erased(written: str) -> str:
    """``Map[]`` of ``final java.util.Map<K, V>...``, ``T`` of ``? extends T``."""
    text = written.strip().removeprefix("final ").rstrip("?").replace("? extends ", "").replace("...", "[]")
    dimensions = text.count("[]") if text.endswith("]") else 0
    if "<" in text:
        text = text[: text.index("<")]
    return text.replace("[]", "").strip().rsplit(".", 1)[-1] + "[]" * dimensions


def can_pass(r: "Resolver", argument: Given | None, word: str, wanted: Given) -> bool:
    """False only where an argument certainly cannot be passed."""
    target = wanted.text
    if word == "null":
        return target not in _WIDER
    if word == "->":
        return target not in _PLAIN and not target.endswith("[]") and not _is_class(r, wanted)
    if argument is None or argument.text == target or target in _ANYTHING or is_free(r, wanted):
        return not (argument is not None and target.endswith("[]") and not argument.text.endswith("[]"))
    if is_free(r, argument):
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
    inner = argument.item()
    target = wanted.item()
    if inner.text in _WIDER or target.text in _WIDER:
        return inner.text == target.text
    return can_pass(r, inner, word, target)


def surely_passes(r: "Resolver", argument: Given | None, word: str, wanted: Given) -> bool:
    """Whether an argument that can be passed certainly is."""
    if word in ("null", "->"):
        return True
    if argument is None:
        return False
    if argument.text == wanted.text or wanted.text in _ANYTHING or is_free(r, wanted):
        return True
    if argument.text in _WIDER or argument.text == "String":
        return True  # `can_pass` knows all about these
    below, above = type_of(r, argument), type_of(r, wanted)
    return below >= 0 and above in r.hierarchy.order(below)[0]


def _is_known(r: "Resolver", given: Given) -> bool:
    return type_of(r, given) >= 0


def _is_outside(r: "Resolver", given: Given) -> bool:
    return type_of(r, given) < 0


def _is_class(r: "Resolver", given: Given) -> bool:
    number = type_of(r, given)
    return number >= 0 and r.index.symbols[number].kind is not SymbolKind.INTERFACE


def _is_below(r: "Resolver", argument: Given, wanted: Given) -> bool:
    """Whether one class may be below another; True where we cannot see all that is above it."""
    below, above = type_of(r, argument), type_of(r, wanted)
    if below < 0:
        return True
    order, hidden = r.hierarchy.order(below)
    return hidden if above < 0 else above in order
