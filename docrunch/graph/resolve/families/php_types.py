"""PHP types as written in code and in PHPDoc, one level deep."""

import re

from docrunch.graph.resolve.annotations import FUNCTION, MAP, SEQUENCE, Expression, Parsed, pieces
from docrunch.remembered import remembered

_NAME = re.compile(r"\\?[^\W\d][\w\\]*\Z|\$this\Z")
_LISTS = frozenset({"array", "list", "iterable", "non-empty-array", "non-empty-list", "Array"})
_EMPTY = frozenset({"null", "false", "void", "NULL", "FALSE", "never"})
_DEPTH = 6
_MOST = 2_000  # characters
_FLAT_WORDS = """
    int float string bool true mixed object callable resource scalar numeric class-string iterable array integer
    boolean double numeric-string non-empty-string positive-int array-key self-out
"""
_FLAT = frozenset(_FLAT_WORDS.split())


@remembered(8192)
def parse(written: str) -> Parsed:
    """``?Foo``, ``Foo|null``, ``Foo[]``, ``array<int, Foo>``, ``Collection<Foo>``, ``callable(): Foo``."""
    text = written.strip()
    for _ in range(_DEPTH):
        if len(text) > _MOST:
            return None
        text = text.lstrip("?&").strip()
        if _NAME.match(text):
            return None if text in _FLAT else Expression(text)
        if "|" in text:
            kept = [part for part in pieces(text, "|") if part not in _EMPTY]
            if len(kept) == 1 and kept[0] != text:
                text = kept[0]
                continue
            if len(kept) > 1:
                return _union(kept)
        if text.endswith("[]"):
            return Expression(SEQUENCE, (text[:-2].strip(),))
        if text.startswith("(") and text.endswith(")"):
            text = text[1:-1]
            continue
        return _applied(text)
    return None


def _union(parts: list[str]) -> Parsed:
    """``Foo[]|array`` and ``Collection|Foo[]`` (an old way to state elements) say what the elements are."""
    elements = [part for part in parts if part.endswith("[]")]
    others = [part for part in parts if not part.endswith("[]")]
    if len(elements) == 1 and all(part.lstrip("\\") in _LISTS for part in others):
        return Expression(SEQUENCE, (elements[0][:-2].strip(),))
    return None


def _applied(text: str) -> Parsed:
    at = text.find("<")
    if at > 0 and text.endswith(">"):
        outer, args = text[:at].strip(), tuple(part for part in pieces(text[at + 1 : -1], ",") if part)
        if not args or not re.fullmatch(r"\\?[\w\\-]+", outer):
            return None
        if outer in _LISTS:
            return Expression(SEQUENCE, args) if len(args) == 1 else Expression(MAP, args[:2])
        if outer == "class-string":
            return None
        return Expression(outer, args[-1:]) if len(args) > 1 else Expression(outer, args)
    if text.startswith(("callable(", "\\Closure(", "Closure(")):
        result = list(pieces(text, ":"))
        return Expression(FUNCTION, (result[-1],)) if len(result) == 2 else None
    return None
