"""Comments of one file: how many lines they fill, what they mark, and which of them document a definition."""

import re

import msgspec

from docrunch.parsing.model import Marker
from docrunch.parsing.parser import Node

_MARKER = re.compile(rb"\b(TODO|FIXME|HACK|XXX)\b(?:\([^)\n]*\))?[:\s-]*([^\n]*)")
_MARKER_WORDS = (b"TODO", b"FIXME", b"HACK", b"XXX")
_MARKER_CHARACTERS = 200


class Comment(msgspec.Struct, frozen=True, gc=False):
    start_byte: int
    end_byte: int
    start_line: int
    end_line: int


class Comments:
    def __init__(self, text: bytes) -> None:
        self._text = text
        self._marked = any(word in text for word in _MARKER_WORDS)  # most files: then no comment is searched
        self._ending: dict[int, Comment] = {}  # last line → the comment that fills it
        self._lines: set[int] = set()
        self.markers: list[Marker] = []

    def add(self, node: Node) -> None:
        row, column = node.start_point
        self.add_range(node.start_byte, node.end_byte, row + 1, column)

    def add_range(self, start: int, end: int, line: int, column: int) -> None:
        """Args: bytes of the comment, its first line, and the byte in that line at which it starts."""
        text = self._text
        body = text[start:end]
        if self._marked and (b"TODO" in body or b"FIXME" in body or b"HACK" in body or b"XXX" in body):
            self._mark(body, line)
        if column and text[start - column : start].strip():
            return
        stripped = body.rstrip(b"\r\n")
        last = line + stripped.count(b"\n")
        end = start + len(stripped)
        if not text.startswith(b"\n", end):
            line_end = text.find(b"\n", end)
            if text[end : line_end if line_end >= 0 else len(text)].strip():
                return
        self._ending[last] = Comment(start, end, line, last)
        if last == line:
            self._lines.add(line)
        else:
            self._lines.update(range(line, last + 1))

    def _mark(self, body: bytes, line: int) -> None:
        for found in _MARKER.finditer(body):
            note = found[2].decode("utf-8", "replace").strip().removesuffix("*/").removesuffix("-->").strip()
            at = line + body.count(b"\n", 0, found.start())
            self.markers.append(Marker(found[1].decode(), at, note[:_MARKER_CHARACTERS]))

    def above(self, line: int) -> list[Comment]:
        """The whole-line comments that end directly above ``line``, without a blank line between, in order."""
        comment = self._ending.get(line - 1)
        if comment is None:
            return []
        found: list[Comment] = []
        while comment is not None:
            found.append(comment)
            comment = self._ending.get(comment.start_line - 1)
        found.reverse()
        return found

    def first(self) -> Comment | None:
        """The first whole-line comment of the file."""
        return next(iter(self._ending.values()), None)

    def counts(self) -> tuple[int, int, int]:
        """(lines, code lines, comment lines); a blank line inside a comment counts as blank."""
        lines = count_lines(self._text)
        blank = blank_lines(self._text)
        return lines, lines - len(blank | self._lines), len(self._lines - blank)


def count_lines(text: bytes) -> int:
    """LF-terminated lines, the last unterminated one included."""
    return text.count(b"\n") + (1 if text and not text.endswith(b"\n") else 0)


def blank_lines(text: bytes) -> set[int]:
    """1-based numbers of the lines that hold only white space."""
    lines = text.split(b"\n")
    if not lines[-1]:
        lines.pop()  # what follows the last LF is no line
    return {number for number, line in enumerate(lines, start=1) if not line or line.isspace()}
