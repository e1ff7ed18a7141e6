"""Ranges of an index ↔ bytes of a text: an index counts lines and characters from 0, in a unit that it states."""

import re
from bisect import bisect_right
from typing import NamedTuple

from docrunch.scip.scip_pb2 import (
    Occurrence,
    UTF8CodeUnitOffsetFromLineStart,
    UTF16CodeUnitOffsetFromLineStart,
    UTF32CodeUnitOffsetFromLineStart,
)

WORD = re.compile(r"[$@#]{0,2}[^\W\d][\w$]*[!?]?")
MAX_LINE_BYTES = 20_000  # a longer line is of a bundle: each of its words would cost as much as the line


class Place(NamedTuple):
    """Where a word stands."""

    line: int  # 1-based
    start: int  # byte offset in the text
    word: str


class Lines:
    """A text by lines, which end at LF as everywhere in docrunch."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.starts = [0]
        at = text.find(b"\n")
        while at >= 0:
            self.starts.append(at + 1)
            at = text.find(b"\n", at + 1)

    def line(self, number: int) -> bytes:
        """A line by its number from 1, without its LF; empty beyond the last."""
        size = self.size(number)
        start = self.starts[number - 1] if size else 0
        return self.text[start : start + size]

    def size(self, number: int) -> int:
        """The bytes of a line, without its LF; 0 beyond the last."""
        if not 1 <= number <= len(self.starts):
            return 0
        end = self.starts[number] - 1 if number < len(self.starts) else len(self.text)
        return end - self.starts[number - 1]

    def number_of(self, offset: int) -> int:
        """The line of a byte offset, from 1."""
        return bisect_right(self.starts, offset)

    def word(self, occurrence: Occurrence, encoding: int) -> Place | None:
        """The word that a range covers; ``None`` where that is no place in the text, no word, or in a line too long."""
        spot = _spot(occurrence)
        if spot is None:
            return None
        number, start, end = spot
        line = self.line(number + 1) if self.size(number + 1) <= MAX_LINE_BYTES else b""
        cut = _cut(line, start, end, encoding)
        if cut is None:
            return None
        try:
            word = line[cut[0] : cut[1]].decode()
        except UnicodeDecodeError:
            return None
        if not WORD.fullmatch(word):
            return None
        return Place(number + 1, self.starts[number] + cut[0], word)


def _spot(occurrence: Occurrence) -> tuple[int, int, int] | None:
    """Line, start and end of a range within one line."""
    found = tuple(occurrence.range)
    if not found and occurrence.HasField("single_line_range"):
        one = occurrence.single_line_range
        found = (one.line, one.start_character, one.end_character)
    elif not found and occurrence.HasField("multi_line_range"):
        several = occurrence.multi_line_range
        found = (several.start_line, several.start_character, several.end_line, several.end_character)
    if len(found) == 4 and found[0] == found[2]:
        found = (found[0], found[1], found[3])
    if len(found) != 3 or found[0] < 0 or not 0 <= found[1] < found[2]:
        return None
    return found


def _cut(line: bytes, start: int, end: int, encoding: int) -> tuple[int, int] | None:
    """Character offsets of a line as byte offsets. Without a stated unit only where all units agree."""
    if encoding == UTF8CodeUnitOffsetFromLineStart or line.isascii():
        return (start, end) if end <= len(line) else None
    try:
        if encoding == UTF16CodeUnitOffsetFromLineStart:
            wide = line.decode().encode("utf-16-le")
            before, upto = wide[: 2 * start].decode("utf-16-le"), wide[: 2 * end].decode("utf-16-le")
            inside = 2 * end <= len(wide)
        else:
            text = line.decode()
            before, upto, inside = text[:start], text[:end], end <= len(text)
            if encoding != UTF32CodeUnitOffsetFromLineStart and not upto.isascii():
                return None
    except UnicodeDecodeError:
        return None
    return (len(before.encode()), len(upto.encode())) if inside else None
