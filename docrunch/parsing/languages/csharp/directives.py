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
    ends = [(branch.body, following.start) for branch, following in pairwise(branches)]
    if _ends_whole(text, max(0, branches[0].start - _LOOK_BACK), branches[0].start, first=True) and all(
        _ends_whole(text, start, end) for start, end in ends
    ):
        return []
    return [(branches[0].start, branches[0].body), (branches[1].start, branches[-1].body)]


def _ends_whole(text: bytes, start: int, end: int, *, first: bool = False) -> bool:
    before = _IGNORED.sub(b"", text[max(start, end - _LOOK_BACK) : end]).rstrip()
    if not before:
        return True
    if not first and before.endswith(b"{") and before.count(b"{") > before.count(b"}"):
        return False
    return before[-1:] in _COMPLETE


def _blanked(text: bytes, spans: list[tuple[int, int]]) -> bytes:
    if not spans:
        return text
    made = bytearray(text)
    for start, end in spans:
        made[start:end] = _NOT_NEWLINE.sub(b" ", bytes(made[start:end]))
    return bytes(made)
