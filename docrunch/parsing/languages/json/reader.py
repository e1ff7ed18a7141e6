"""The keys of the first two levels of a JSON document. Tokens only: nothing is decoded, nothing recurses."""

import re

from docrunch.parsing.keys import LEVELS, Keys
from docrunch.parsing.model import FileFacts

_TOKEN = re.compile(rb"\"(?:[^\"\\\n]|\\.)*+\"?|[{}\[\]:,]|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_HEAD_BYTES = 2_000
_NAME_BYTES = 200  # a longer key is data


def read(text: bytes, base: FileFacts) -> FileFacts:
    """Objects inside arrays have no keys here: what is in a list has no name."""
    keys = Keys(text)
    if b'"lockfileVersion"' in text[:_HEAD_BYTES]:
        return keys.facts(base)  # made by a tool, for a tool
    open_: list[bool] = []  # of the brackets that are open: whether it is an object
    path: list[str] = []
    symbols: list[int] = []
    pending: tuple[int, int] | None = None  # the last string: a key if a colon follows
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        mark = text[start : start + 1]
        if mark == b'"':
            pending = (start, end)
            continue
        if mark == b"/":
            keys.comments.add_range(start, end, keys.lines.at(start), keys.lines.column(start))
            continue
        if mark == b":":
            if pending is not None and open_ and len(open_) <= LEVELS and all(open_):
                _key(keys, path, symbols, len(open_), pending)
        elif mark in (b"{", b"["):
            open_.append(mark == b"{")
        elif mark in (b"}", b"]") and open_:
            open_.pop()
            if 0 < len(open_) <= len(symbols):
                keys.extend(symbols[len(open_) - 1], end)
        pending = None
    return keys.facts(base)


def _key(keys: Keys, path: list[str], symbols: list[int], level: int, place: tuple[int, int]) -> None:
    start, end = place
    del path[level - 1 :], symbols[level - 1 :]
    raw = keys.text[start + 1 : end - 1]
    if len(raw) > _NAME_BYTES or (level > 1 and len(path) < level - 1):
        return
    path.append(raw.decode("utf-8", "replace"))
    line_end = keys.text.find(b"\n", end)
    symbols.append(keys.add(tuple(path), start, min(line_end if line_end >= 0 else len(keys.text), end + 200)))
