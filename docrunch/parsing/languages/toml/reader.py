"""The tables and keys of the first two levels of a TOML document, by lines."""

import re

from docrunch.parsing.keys import LEVELS, Keys
from docrunch.parsing.model import FileFacts

_PART = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[\w-]+"
_TABLE = re.compile(rf"\s*\[\[?\s*((?:{_PART})(?:\s*\.\s*(?:{_PART}))*)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*((?:{_PART})(?:\s*\.\s*(?:{_PART}))*)\s*=")
_PARTS = re.compile(_PART)
_QUIET = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
_HEAD_BYTES = 300
_LINE_CHARACTERS = 2_000  # what is beyond says nothing about keys


def read(text: bytes, base: FileFacts) -> FileFacts:
    keys = Keys(text)
    if b"@generated" in text[:_HEAD_BYTES]:
        return keys.facts(base)  # a lock file: made by a tool, for a tool
    table: tuple[str, ...] = ()
    symbol = own = -1
    closing = ""  # what ends the string that is open over lines
    depth = 0  # of brackets that are open over lines
    start = 0
    for raw in text.split(b"\n"):
        here, start = start, start + len(raw) + 1
        line = raw[:_LINE_CHARACTERS].decode("utf-8", "replace")
        inside = bool(closing) or depth > 0
        if closing:
            closing = "" if closing in line else closing
        elif depth > 0:
            depth += _brackets(_bare(line))
        elif (found := _TABLE.match(line)) is not None:
            table = tuple(_parts(found[1]))
            symbol = own = -1
            for level in range(1, min(len(table), LEVELS) + 1):
                symbol = keys.add(table[:level], here + _indent(raw), here + len(raw))
        elif (key := _KEY.match(line)) is not None:
            path = (*table, *_parts(key[1]))
            if len(path) <= LEVELS:
                own = keys.add(path, here + _indent(raw), here + len(raw))
            value = line[key.end() :].strip()
            closing = next((mark for mark in ('"""', "'''") if value.startswith(mark) and mark not in value[3:]), "")
            depth = 0 if closing else max(0, _brackets(_bare(value)))
        _comment(keys, line, here, inside and not depth)
        if line.strip() and not line.lstrip().startswith("#"):
            for each in (symbol, own):
                keys.extend(each, here + len(raw.rstrip()))
        if not closing and depth <= 0:
            own = -1
    return keys.facts(base)


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PARTS.findall(dotted)]


def _indent(raw: bytes) -> int:
    return len(raw) - len(raw.lstrip())


def _bare(line: str) -> str:
    """Without strings and comment."""
    return _QUIET.sub("", line).split("#", 1)[0]


def _brackets(line: str) -> int:
    return line.count("[") + line.count("{") - line.count("]") - line.count("}")


def _comment(keys: Keys, line: str, here: int, in_string: bool) -> None:
    if "#" not in line or in_string:
        return
    quiet = _QUIET.sub(lambda found: "_" * len(found[0]), line)
    at = quiet.find("#")
    if at >= 0:
        begin = here + len(line[:at].encode())
        keys.comments.add_range(begin, here + len(line.encode()), keys.lines.at(here), begin - here)
