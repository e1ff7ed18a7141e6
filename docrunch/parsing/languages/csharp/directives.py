"""Conditional compilation in the middle of a declaration or expression, which the grammar cannot follow.

``#if`` around whole members or statements is left as it is: all branches are read. Elsewhere (in a list of supertypes,
behind ``=``, around half of an ``if``) the first branch is kept and the other ones become spaces, so that every byte
and line stays where it is.
"""

import re
from itertools import pairwise
from typing import NamedTuple

_DIRECTIVE = re.compile(rb"^[ \t]*#[ \t]*(if|elif|else|endif)\b[^\n]*", re.MULTILINE)
_IGNORED = re.compile(rb"//[^\n]*|/\*.*?\*/|^[ \t]*#[^\n]*", re.DOTALL | re.MULTILINE)
_LOOK_BACK = 2_000  # bytes: further away stands no part of the same construct
_COMPLETE = b"{};]:"  # what a whole member, statement, attribute or label ends with, and what opens a body
_CONTINUES = re.compile(rb"(?:case|default|else|catch|finally)\b|[}.,?:&|+)=]")
_BRACES = re.compile(rb"[^{}]+|'[{}]'")
_NOT_NEWLINE = re.compile(rb"[^\n]")


class _Branch(NamedTuple):
    start: int  # of the directive
    body: int  # behind it


def seen(text: bytes) -> bytes:
    """The text as the grammar is to see it, equally long."""
    if b"#if" not in text and b"# if" not in text:
        return text
    blanks: list[tuple[int, int]] = []
    open_: list[list[_Branch]] = []
    for found in _DIRECTIVE.finditer(text):
        if found[1] == b"if":
            open_.append([_Branch(found.start(), found.end())])
        elif open_:
            open_[-1].append(_Branch(found.start(), found.end()))
            if found[1] == b"endif":
                blanks += _blanks(text, open_.pop())
    return _blanked(text, blanks)


def _blanks(text: bytes, branches: list[_Branch]) -> list[tuple[int, int]]:
    """What of a group is to be blanked: nothing where it stands between whole members or statements."""
    before = _code(text, max(0, branches[0].start - _LOOK_BACK), branches[0].start)
    inside = [_code(text, branch.body, following.start) for branch, following in pairwise(branches)]
    if (not before or before[-1:] in _COMPLETE) and all(_is_whole(code) for code in inside):
        return []
    return [(branches[0].start, branches[0].body), (branches[1].start, branches[-1].body)]


def _code(text: bytes, start: int, end: int) -> bytes:
    return _IGNORED.sub(b"", text[start:end]).strip()


def _is_whole(code: bytes) -> bool:
    """Whether a branch holds whole members or statements: what it opens it closes, and nothing else."""
    if not code:
        return True
    if code[-1:] not in _COMPLETE or _CONTINUES.match(code) is not None:
        return False
    braces = _BRACES.sub(b"", code)
    return braces.count(b"{") == braces.count(b"}") and not braces.startswith(b"}")


def _blanked(text: bytes, spans: list[tuple[int, int]]) -> bytes:
    if not spans:
        return text
    made = bytearray(text)
    for start, end in spans:
        made[start:end] = _NOT_NEWLINE.sub(b" ", bytes(made[start:end]))
    return bytes(made)
