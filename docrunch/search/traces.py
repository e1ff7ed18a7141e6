"""Frames of stack traces inside a text, in the forms of nine languages.

Every pattern reads one line and has no nested repetition, so the time is linear in the text.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_FRAMES = 64  # of one query; a recursion repeats the same frames


class Frame(NamedTuple):
    """``path`` as the trace spells it, often absolute, maybe empty; ``line`` 0 where it is not told."""

    path: str
    line: int
    function: str = ""


_FILE = r"(?P<path>[^\s:()\[\]'\"<>|]{1,400})"
_PATH = r"(?P<path>[^\s:()\[\]'\"<>|]{0,300}[./\\][^\s:()\[\]'\"<>|]{1,200})"  # no time of day
_SPACED = r"(?P<path>[^\n:\"<>|]{1,400})"
_NAME = r"(?P<function>[\w$.<>~#*\\/:-]{1,300})"

# In order: the first that matches a line wins.
_PATTERNS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        r'^\s*File "(?P<path>[^"\n]{1,400})", line (?P<line>\d{1,8})(?:, in (?P<function>[\w<>.]{1,200}))?',  # Python
        rf"^\s*at {_NAME}\([^()\n]{{0,300}}\) in (?:[A-Za-z]:)?{_SPACED}:line (?P<line>\d{{1,8}})",  # C#
        rf"^\s*at {_NAME}\((?P<path>[\w$.-]{{1,200}}\.\w{{1,8}}):(?P<line>\d{{1,8}})\)",  # Java, Kotlin, Scala
        rf"^\s*at (?:async |new )?{_NAME}(?: \[as [^\]\n]{{1,100}}\])? \((?:file://)?{_FILE}:(?P<line>\d{{1,8}})",  # JS
        rf"^\s*at (?:async )?(?:file://)?{_PATH}:(?P<line>\d{{1,8}})",  # JS without a name, Rust
        rf"^#\d{{1,4}}\s+{_FILE}\((?P<line>\d{{1,8}})\): {_NAME}",  # PHP
        rf"^\s*(?:from )?{_FILE}:(?P<line>\d{{1,8}}):in [`'](?P<function>[^'\n]{{1,200}})'",  # Ruby
        rf"^\s+{_FILE}\.go:(?P<line>\d{{1,8}})(?: \+0x[0-9a-f]{{1,16}})?$",  # Go, below its function
        rf"panicked at (?:'[^'\n]{{0,300}}', )?{_FILE}:(?P<line>\d{{1,8}})",  # Rust
        rf" in {_FILE} on line (?P<line>\d{{1,8}})",  # PHP, its warnings
        rf"(?:Exception|Error)\b.{{0,400}} in {_FILE}:(?P<line>\d{{1,8}})$",  # PHP, what nobody caught
    )
)
_PYTHON, _GO, _RUST = 0, 7, 4
_GO_FUNCTION = re.compile(
    r"^(?:created by )?(?P<function>[^\s()]{1,200}(?:\(\*?\w{1,100}\)[^\s()]{0,200})?)(?:\(.{0,400}\))?"
    r"(?: in goroutine \d+)?$"
)
_RUST_FUNCTION = re.compile(r"^\s*\d{1,4}:\s+(?:0x[0-9a-f]{1,16} - )?(?P<function>[\w:<>$.]{1,300})\s*$")


def frames(text: str) -> tuple[Frame, ...]:
    """The frames of a text, innermost first: what Python and others print last stands first."""
    found: list[Frame] = []
    python: list[Frame] = []
    for kind, frame in _read(text):
        if kind == _PYTHON:
            python.append(frame)
        else:
            found.append(frame)
        if len(found) + len(python) >= 4 * MAX_FRAMES:
            break
    return tuple(dict.fromkeys([*reversed(python), *found]))[:MAX_FRAMES]


def _read(text: str) -> Iterator[tuple[int, Frame]]:
    before = ""
    for line in text.splitlines():
        for kind, pattern in enumerate(_PATTERNS):
            match = pattern.search(line)
            if match is not None:
                yield kind, _frame(kind, match, before)
                break
        before = line


def _frame(kind: int, match: re.Match[str], before: str) -> Frame:
    values = match.groupdict()
    path, function = values["path"] or "", values.get("function") or ""
    if kind == _GO:
        path += ".go"
        above = _GO_FUNCTION.match(before.strip())
        function = above["function"] if above else ""
    elif kind == _RUST and not function:
        above = _RUST_FUNCTION.match(before)
        function = above["function"] if above else ""
    return Frame(path.strip().replace("\\", "/"), int(values["line"]), function)
