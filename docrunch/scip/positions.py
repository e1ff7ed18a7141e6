"""Ranges of an index ↔ bytes of a text: an index counts lines and characters from 0, in a unit that it states."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from docrunch.scip.scip_pb2 import (
    Occurrence,
    UTF8CodeUnitOffsetFromLineStart,
    UTF16CodeUnitOffsetFromLineStart,
    UTF32CodeUnitOffsetFromLineStart,
)

WORD = re.compile(r"[$@#]{0,2}[^\W\d][\w$]*[!?]?")
MAX_LINE_BYTES = 20_000  # a longer line is of a bundle, and its words tell nothing
_IN_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")
_TRIES = 50
_NOWHERE = -1  # inside a character
_RANGE = 4  # numbers of a range at most


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
        self._read: dict[tuple[int, int], tuple[bytes, Sequence[int]]] = {}
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

    def first(self, number: int, name: str, start: int) -> int | None:
        """Byte offset of the first word of a line that is ``name``, at ``start`` or later; None in a line too long.

        None, too, where the name is part of `_TRIES` other words before.
        """
        if not name or self.size(number) > MAX_LINE_BYTES:
            return None
        line = self.line(number)
        base = self.starts[number - 1] if line else 0
        sought, at = name.encode("utf-8", "surrogatepass"), max(0, start - base) - 1
        for _ in range(_TRIES):
            at = line.find(sought, at + 1)
            if at < 0:
                return None
            end = at + len(sought)
            if (at == 0 or line[at - 1] not in _IN_WORD) and (end == len(line) or line[end] not in _IN_WORD):
                return base + at
        return None

    def word(self, occurrence: Occurrence, encoding: int) -> Place | None:
        """The word that a range covers; ``None`` where that is no place in the text, no word, or in a line too long."""
        spot = _spot(occurrence)
        if spot is None:
            return None
        number, start, end = spot
        line, offsets = self._offsets(number + 1, encoding)
        if end >= len(offsets) or _NOWHERE in (offsets[start], offsets[end]):
            return None
        try:
            word = line[offsets[start] : offsets[end]].decode()
        except UnicodeDecodeError:
            return None
        if not WORD.fullmatch(word):
            return None
        return Place(number + 1, self.starts[number] + offsets[start], word)

    def _offsets(self, number: int, encoding: int) -> tuple[bytes, Sequence[int]]:
        """A line, and its byte offsets by character in the unit. Kept: a line is asked for once for each of its words.

        No more is kept than the text is long. Nothing of a line beyond the last, or of one that is too long.
        """
        found = self._read.get((number, encoding))
        if found is None:
            size = self.size(number)
            if not 0 < size <= MAX_LINE_BYTES:
                return b"", ()
            line = self.line(number)
            found = self._read[number, encoding] = line, _offsets(line, encoding)
        return found


def line_of(occurrence: Occurrence) -> int:
    """The line in which a range starts, from 1."""
    if occurrence.range:
        return occurrence.range[0] + 1
    return max(occurrence.single_line_range.line, occurrence.multi_line_range.start_line) + 1


def _spot(occurrence: Occurrence) -> tuple[int, int, int] | None:
    """Line, start and end of a range within one line."""
    found = tuple(occurrence.range) if len(occurrence.range) <= _RANGE else ()
    if not found and occurrence.HasField("single_line_range"):
        one = occurrence.single_line_range
        found = (one.line, one.start_character, one.end_character)
    elif not found and occurrence.HasField("multi_line_range"):
        several = occurrence.multi_line_range
        found = (several.start_line, several.start_character, several.end_line, several.end_character)
    if len(found) == _RANGE and found[0] == found[2]:
        found = (found[0], found[1], found[3])
    if len(found) != 3 or found[0] < 0 or not 0 <= found[1] < found[2]:
        return None
    return found


def _offsets(line: bytes, encoding: int) -> Sequence[int]:
    """Byte offset of each character offset up to the end of the line, `_NOWHERE` inside of a character.

    Without a stated unit only as far as all units agree: up to the first character that is not ASCII.
    """
    if encoding == UTF8CodeUnitOffsetFromLineStart or line.isascii():
        return range(len(line) + 1)
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return ()
    if encoding not in (UTF16CodeUnitOffsetFromLineStart, UTF32CodeUnitOffsetFromLineStart):
        return range(next(at for at, char in enumerate(text) if not char.isascii()) + 1)
    found, at = array("i"), 0
    for char in text:
        found.append(at)
        if encoding == UTF16CodeUnitOffsetFromLineStart and ord(char) > 0xFFFF:
            found.append(_NOWHERE)
        at += len(char.encode("utf-8", "surrogatepass"))
    found.append(at)
    return found
