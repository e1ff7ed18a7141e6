"""Long texts cut into windows of whole lines."""

from collections.abc import Iterator

import msgspec

from docrunch.embedding.words import estimate_tokens

_BREAK_SHARE = 0.6  # of the budget; from here on a blank line ends a window


class Window(msgspec.Struct, frozen=True):
    """Lines ``start_line``–``end_line`` (1-based, inclusive) of the file; bytes ``[start_byte, end_byte)``."""

    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    text: str  # decoded, untouched


class _Piece(msgspec.Struct, frozen=True):
    line: int
    start: int
    end: int
    cost: int
    blank: bool


def windows(data: bytes, start: int, end: int, line: int, budget: int) -> list[Window]:
    """Cut ``data[start:end]``, whose first byte is on ``line``, into windows of about ``budget`` tokens at most.

    Windows end at line ends, at blank lines where one is near; a line longer than the budget is cut between words.
    Blank windows are left out.
    """
    found: list[Window] = []
    held: list[_Piece] = []
    cost = 0
    for piece in _pieces(data, start, end, line, budget):
        if held and (cost + piece.cost > budget or (piece.blank and cost > budget * _BREAK_SHARE)):
            found += _window(data, held)
            held, cost = [], 0
        if held or not piece.blank:
            held.append(piece)
            cost += piece.cost
    return found + _window(data, held)


def _window(data: bytes, pieces: list[_Piece]) -> list[Window]:
    last = len(pieces) - 1
    while last >= 0 and pieces[last].blank:
        last -= 1
    if last < 0:
        return []
    start, end = pieces[0].start, pieces[last].end
    return [Window(pieces[0].line, pieces[last].line, start, end, data[start:end].decode("utf-8", "replace"))]


def _pieces(data: bytes, start: int, end: int, line: int, budget: int) -> Iterator[_Piece]:
    at = start
    while at < end:
        stop = data.find(b"\n", at, end)
        stop = end if stop < 0 else stop + 1
        text = data[at:stop].decode("utf-8", "replace")
        cost = estimate_tokens(text)
        if cost <= budget:
            yield _Piece(line, at, stop, cost, not text.strip())
        else:
            yield from _split_line(data, at, stop, line, budget)
        at = stop
        line += 1


def _split_line(data: bytes, start: int, stop: int, line: int, budget: int) -> Iterator[_Piece]:
    """Cut one long line between words, and words beyond any reason every ``4 × budget`` bytes."""
    at, cost = start, 0
    cursor = start
    for word in _chunks(data[start:stop], budget * 4):
        price = estimate_tokens(word.decode("utf-8", "replace"))
        if cost and cost + price > budget:
            yield _Piece(line, at, cursor, cost, blank=False)
            at, cost = cursor, 0
        cursor += len(word)
        cost += price
    yield _Piece(line, at, stop, cost, not data[at:stop].strip())


def _chunks(text: bytes, longest: int) -> Iterator[bytes]:
    """Words with the space behind them; the concatenation is the text."""
    at = 0
    while at < len(text):
        space = text.find(b" ", at, at + longest)
        stop = space + 1 if space >= 0 else _character_end(text, min(at + longest, len(text)))
        yield text[at:stop]
        at = stop


def _character_end(text: bytes, at: int) -> int:
    """The first position from ``at`` on that does not split a UTF-8 character."""
    while at < len(text) and text[at] & 0xC0 == 0x80:
        at += 1
    return at
