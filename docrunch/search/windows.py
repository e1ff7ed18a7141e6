"""Where the text of a file is cut: at the borders of what a reader would look at as one thing."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from docrunch.graph.model import Node, NodeKind

# What is cut out of what stands around it. Other symbols (fields, constants, keys) stay in the text around them.
_CALLABLE = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CONSTRUCTOR, NodeKind.MACRO})
_CONTAINER = frozenset(
    {
        NodeKind.NAMESPACE,
        NodeKind.CLASS,
        NodeKind.INTERFACE,
        NodeKind.TRAIT,
        NodeKind.STRUCT,
        NodeKind.ENUM,
        NodeKind.TABLE,
        NodeKind.VIEW,
        NodeKind.BLOCK,
    }
)
_WHOLE = 60  # lines: a function of no more is one piece with all that is in it


class Piece(NamedTuple):
    """Lines ``line`` to ``end_line`` (1-based, inclusive). ``symbol``: number of the innermost one, -1 for the file."""

    line: int
    end_line: int
    symbol: int


def cut(places: Sequence[Piece], lines: int, symbols: Sequence[Node]) -> Iterator[Piece]:
    """The lines of a file, each in exactly one piece, in order.

    Args:
        places: of each symbol, in the order of ``symbols``.
    """
    borders = [
        place._replace(end_line=min(place.end_line, lines))
        for place in places
        if place.line <= lines and _is_border(place, symbols)
    ]
    borders.sort(key=lambda each: (each.line, -each.end_line, symbols[each.symbol].symbol))
    open_: list[Piece] = [Piece(1, lines, -1)]
    at = 1
    for place in borders:
        while place.line > open_[-1].end_line:
            yield from _rest(at, open_[-1])
            at = max(at, open_.pop().end_line + 1)
        inside = open_[-1]
        if place.line < at or place.end_line > inside.end_line or _is_whole(inside, symbols):
            continue  # shares a line with what was cut, crosses its border, or is small and inside a function
        yield from _rest(at, inside._replace(end_line=place.line - 1))
        at = place.line
        open_.append(place)
    for place in reversed(open_):
        yield from _rest(at, place)
        at = max(at, place.end_line + 1)


def _rest(at: int, place: Piece) -> Iterator[Piece]:
    if at <= place.end_line:
        yield Piece(at, place.end_line, place.symbol)


def _is_border(place: Piece, symbols: Sequence[Node]) -> bool:
    kind = symbols[place.symbol].kind
    return 0 < place.line <= place.end_line and (kind in _CALLABLE or kind in _CONTAINER)


def _is_whole(place: Piece, symbols: Sequence[Node]) -> bool:
    if place.symbol < 0 or symbols[place.symbol].kind not in _CALLABLE:
        return False
    return place.end_line - place.line < _WHOLE
