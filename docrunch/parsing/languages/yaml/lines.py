"""A YAML document line by line: every ``key: value`` and ``- value`` with the keys around it.

Tolerant on purpose: files that are templates of YAML have keys as well. Block scalars, strings and brackets over
several lines are stepped over.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_QUOTED_KEY = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')\s*:(?=\s|$)\s*")
_COLON = re.compile(r"\s*:(?=\s|$)\s*")
_NO_KEY = frozenset("#,[]{}&*!|>'\"%@`")
_ITEM = re.compile(r"-(?:\s+|$)")
_BLOCK = re.compile(r"(?:[&!]\S+\s+)*[|>][+-]?\d?[+-]?\s*(?:#.*)?$")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_LINE_CHARACTERS = 2_000
MAX_DEPTH = 60  # keys around a key; deeper ones are stepped over


class Entry(NamedTuple):
    path: tuple[str, ...]  # keys from the outside in; an item of a list is "[]"
    value: str  # as written on the line, without comment
    start: int  # first byte of the key or item
    end: int  # byte behind the line
    is_key: bool


class Remark(NamedTuple):
    start: int
    end: int


def entries(text: bytes) -> Iterator[Entry | Remark]:
    """Entries and comments in source order."""
    open_: list[tuple[int, str]] = []  # (indentation, key) from the outside in
    block = -1  # indentation of the key whose block scalar is open
    closing = ""  # quote of the string that is open
    depth = 0  # of brackets that are open
    start = 0
    for raw in text.split(b"\n"):
        here, start = start, start + len(raw) + 1
        line = raw[:_LINE_CHARACTERS].decode("utf-8", "replace").rstrip("\r")
        body = line.lstrip(" ")
        indent = len(line) - len(body)
        if not body or (block >= 0 and indent > block):
            continue
        block = -1
        if closing:
            closing = "" if closing in line else closing
            continue
        yield from _remark(line, here)
        said = _without_comment(line)
        if depth > 0:
            depth = max(0, depth + _brackets(said))
            continue
        if said.startswith(("---", "...")) and indent == 0:
            open_ = []
            continue
        found = list(_entries(said, indent, here, here + len(raw), open_))
        yield from found
        if found:
            value = found[-1].value
            if _BLOCK.match(value):
                block = open_[-1][0] if open_ else indent
            elif value[:1] in ("'", '"') and not _STRING.match(value):
                closing = value[0]
            elif value[:1] in ("[", "{"):
                depth = max(0, _brackets(value))


def _entries(said: str, indent: int, here: int, end: int, open_: list[tuple[int, str]]) -> Iterator[Entry]:
    """The items and the key of one line, outermost first."""
    at = indent
    while (item := _ITEM.match(said, at)) is not None and len(open_) < MAX_DEPTH:
        _close(open_, at, items=True)
        open_.append((at, "[]"))
        at = item.end()
        key = _key(said, at)
        if key is None and _ITEM.match(said, at) is None:
            yield Entry(_path(open_), said[at:].strip(), here + _bytes(said, item.start()), end, False)
            return
    key = _key(said, at)
    if key is not None and len(open_) < MAX_DEPTH:
        _close(open_, at, items=False)
        name, value = key
        open_.append((at, name))
        yield Entry(_path(open_), said[value:].strip(), here + _bytes(said, at), end, True)


def _key(said: str, at: int) -> tuple[str, int] | None:
    """The key that starts at a place and where its value does."""
    quoted = _QUOTED_KEY.match(said, at)
    if quoted is not None:
        return quoted[1][1:-1], quoted.end()
    colon = _COLON.search(said, at)
    if colon is None or colon.start() == at or said[at] in _NO_KEY:
        return None
    return said[at : colon.start()], colon.end()


def _close(open_: list[tuple[int, str]], indent: int, *, items: bool) -> None:
    """Leave what does not enclose an entry; a list may stand as far left as the key that holds it."""
    while open_ and (open_[-1][0] > indent or (open_[-1][0] == indent and (not items or open_[-1][1] == "[]"))):
        open_.pop()


def _path(open_: list[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(key for _, key in open_)


def _bytes(line: str, at: int) -> int:
    return len(line[:at].encode())


def _without_comment(line: str) -> str:
    if "#" not in line:
        return line.rstrip()
    quiet = _STRING.sub(lambda found: "_" * len(found[0]), line)
    found = _COMMENT.search(quiet)
    return line[: found.start()].rstrip() if found is not None else line.rstrip()


def _remark(line: str, here: int) -> Iterator[Remark]:
    if "#" in line:
        kept = len(_without_comment(line))
        at = line.find("#", kept)
        if at >= 0:
            yield Remark(here + _bytes(line, at), here + len(line.encode()))


def _brackets(text: str) -> int:
    quiet = _STRING.sub("", text)
    return quiet.count("[") + quiet.count("{") - quiet.count("]") - quiet.count("}")
