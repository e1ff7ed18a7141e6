"""What the grammar cannot follow is hidden from it, byte for byte, so that one line does not cost a whole type.

Both branches of ``#if`` are read: their lines lose their directives. Newer modifiers say nothing about names.
"""

import re

from docrunch.parsing.walk import Walk

# Patterns start plainly, with one byte that is always the same: that keeps the search fast.
_CONDITIONAL = re.compile(rb"#(?=e)")  # an end or an alternative: without one, ``#if`` hides nothing
_DIRECTIVE = re.compile(rb"#(?:if|elseif|else|endif)\b[^\n]*")
# (what a text with something to hide holds, what is hidden)
_HIDDEN = (
    (b"nonisolated(", re.compile(rb"(?<=nonisolated)\(unsafe\)")),
    (b": sending ", re.compile(rb"(?<=: )sending(?= )")),
    (b"@_i", re.compile(rb"@_(?:inheritActorContext|implicitSelfCapture)\b")),
    (b"~", re.compile(rb"~(?<=[\[(, ]~)(?=[A-Z])")),
    (b"= try? ", re.compile(rb"try\?(?<== try\?)(?= \w+\?)")),
)


def begin(text: bytes, language: str) -> tuple[bytes, Walk]:
    seen = text
    if _CONDITIONAL.search(text):
        seen = _DIRECTIVE.sub(_blank_line, seen)
    for sign, pattern in _HIDDEN:
        if sign in seen:
            seen = pattern.sub(_blank, seen)
    return seen, Walk(text)


def _blank_line(found: re.Match[bytes]) -> bytes:
    """A directive, if it is the first on its line."""
    text, start = found.string, found.start()
    before = text[text.rfind(b"\n", 0, start) + 1 : start]
    return found[0] if before.strip(b" \t") else b" " * len(found[0])


def _blank(found: re.Match[bytes]) -> bytes:
    return b" " * len(found[0])
