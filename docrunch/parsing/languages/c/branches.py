"""Which branches of `#if` the grammar sees.

Both branches of a condition are part of what a file says, so both stay as long as each is whole by itself. Where they
are alternatives of one piece of syntax (two heads of one body, an `else` that one of them opens), only one can be
followed: the first that is not for another platform's compiler. What no compiler of the language reads (`#if 0`,
`__cplusplus` in C) is left out.
"""

import re

from docrunch.parsing.languages.c.directives import Conditional, Range, Scanned, blanked

_CPLUSPLUS = re.compile(rb"(?:defined\s*\(?\s*)?__cplusplus\s*\)?\s*\Z")
_FOREIGN = re.compile(rb"\b(?:_WIN32|WIN32|_WIN64|_MSC_VER|__BORLANDC__|__WATCOMC__|MSDOS|__MWERKS__|__SASC)\b")
_FALSE = frozenset({b"0", b"false", b"(0)"})
_TRUE = frozenset({b"1", b"true", b"(1)"})
_OPENING = ord("{")
_COMPLETE = b";}{:,"
_BRACKETS = ((b"{", b"}"), (b"(", b")"), (b"[", b"]"))
_PROSE = re.compile(rb"(?:[A-Za-z0-9_()]+ ){2}[a-z]+ [a-z]+")
_CODE = re.compile(rb"[;{}=,*&]")
_MAX_PROSE = 400  # bytes
_MAX_NESTING = 64  # deeper branches are kept without a look: each level reads what is inside it again
_MAX_ALTERNATIVE = 60_000  # bytes; alternatives of one piece of syntax are short


class _Branch:
    __slots__ = ("condition", "end", "start", "word")

    def __init__(self, opened: Conditional) -> None:
        self.word = opened.word
        self.condition = opened.condition
        self.start = opened.end
        self.end = opened.end


def choose(found: Scanned, cpp: bool) -> list[Range]:
    """Blank the branches that are left out. Returns the ranges that no compiler of the language reads, in order."""
    unread: list[Range] = []
    open_: list[list[_Branch]] = []
    for each in found.conditionals:
        if each.word.startswith("if"):
            open_.append([_Branch(each)])
            continue
        if not open_:
            continue  # a stray `#else` or `#endif`
        open_[-1][-1].end = each.start
        if each.word != "endif":
            open_[-1].append(_Branch(each))
            continue
        group = open_.pop()
        _decide(found, group, cpp, unread, len(open_) < _MAX_NESTING)
    return _merged(unread)


def _merged(ranges: list[Range]) -> list[Range]:
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _decide(found: Scanned, group: list[_Branch], cpp: bool, unread: list[Range], look: bool) -> None:
    kept: list[_Branch] = []
    settled = False  # a branch that is always taken has come
    for branch in group:
        truth = None if settled else _truth(branch, group[0], cpp)
        if settled or truth is False:
            unread.append((branch.start, branch.end))
            _drop(found, branch)
            continue
        kept.append(branch)
        settled = truth is True
    if len(group) == 1 and kept and look and _is_prose(found, kept[0]):
        _drop(found, kept[0])
    if len(kept) > 1 and look and not all(_whole(found, branch) for branch in kept):
        chosen = next((branch for branch in kept if not _FOREIGN.search(branch.condition)), kept[0])
        for branch in kept:
            if branch is not chosen:
                _drop(found, branch)


def _truth(branch: _Branch, first: _Branch, cpp: bool) -> bool | None:
    """Whether the branch is always or never read; ``None`` where that depends."""
    word, condition = branch.word, branch.condition
    if word in ("if", "elif"):
        if condition in _FALSE:
            return False
        if condition in _TRUE:
            return True
    if word in ("ifdef", "if", "elif") and _CPLUSPLUS.match(condition):
        return cpp
    if word == "ifndef" and condition == b"__cplusplus":
        return not cpp
    if word == "else" and first.word == "ifndef" and first.condition == b"__cplusplus":
        return cpp
    return None


def _is_prose(found: Scanned, branch: _Branch) -> bool:
    """``#if MIN_MATCH != 3`` … ``Call UPDATE_HASH() more times`` … ``#endif``: a note that must not compile."""
    if branch.end - branch.start > _MAX_PROSE:
        return False
    inside = found.code[branch.start : branch.end].strip()
    return _PROSE.search(inside) is not None and _CODE.search(inside) is None


def _whole(found: Scanned, branch: _Branch) -> bool:
    """Whether a branch opens and closes nothing beyond itself, and ends where a statement may end."""
    if branch.end - branch.start > _MAX_ALTERNATIVE:
        return True
    inside = found.code[branch.start : branch.end].strip()
    if not inside:
        return True
    if inside[-1] not in _COMPLETE or inside[0] == _OPENING:
        return False  # a block or a value by itself: alternatives of one place
    return all(inside.count(left) == inside.count(right) for left, right in _BRACKETS)


def _drop(found: Scanned, branch: _Branch) -> None:
    start, end = branch.start, branch.end
    found.code[start:end] = found.parsed[start:end] = blanked(found.code[start:end])
