"""What the grammar cannot follow is hidden from it, byte for byte, so that one line does not cost a whole type.

Both branches of ``#if`` are read: their lines lose their directives. Newer modifiers say nothing about names.
"""

import re

from docrunch.parsing.walk import Walk

# (what a text with something to hide holds, what is hidden); patterns start plainly, which keeps the search fast
_HIDDEN = (
    (b"#e", re.compile(rb"^[ \t]*#(?:if|elseif|else|endif)\b[^\n]*", re.MULTILINE)),
    (b"nonisolated(", re.compile(rb"(?<=nonisolated)\(unsafe\)")),
    (b": sending ", re.compile(rb"(?<=: )sending(?= )")),
    (b"@_i", re.compile(rb"@_(?:inheritActorContext|implicitSelfCapture)\b")),
    (b"~", re.compile(rb"~(?<=[\[(, ]~)(?=[A-Z])")),
    (b"= try? ", re.compile(rb"try\?(?<== try\?)(?= \w+\?)")),
)


def begin(text: bytes, language: str) -> tuple[bytes, Walk]:
    seen = text
    for sign, pattern in _HIDDEN:
        if sign in seen:
            seen = pattern.sub(_blank, seen)
    return seen, Walk(text)


def _blank(found: re.Match[bytes]) -> bytes:
    return b" " * len(found[0])
