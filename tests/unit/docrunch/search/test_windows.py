"""Every line of a file is in exactly one piece, and a piece is what a reader would look at as one thing."""

import random

from docrunch.graph.model import Node, NodeKind
from docrunch.ids import NodeId
from docrunch.search.windows import Piece, cut


def symbol(kind: NodeKind, line: int, end_line: int) -> Node:
    return Node(NodeId(f"n{line}-{end_line}-{kind}"), kind, "name", "name", start_line=line, end_line=end_line)


def pieces(lines: int, *symbols: Node) -> list[tuple[int, int, int]]:
    places = [Piece(each.start_line, each.end_line, number) for number, each in enumerate(symbols)]
    return [tuple(each) for each in cut(places, lines, symbols)]


def test_methods_are_pieces_and_what_is_between_them_belongs_to_the_class() -> None:
    till = symbol(NodeKind.CLASS, 3, 20)
    first, second = symbol(NodeKind.METHOD, 5, 9), symbol(NodeKind.METHOD, 12, 20)
    assert pieces(25, till, first, second) == [
        (1, 2, -1), (3, 4, 0), (5, 9, 1), (10, 11, 0), (12, 20, 2), (21, 25, -1),
    ]  # fmt: skip


def test_a_small_function_is_whole_and_a_large_one_is_cut_at_what_it_holds() -> None:
    inner = symbol(NodeKind.FUNCTION, 4, 6)
    assert pieces(10, symbol(NodeKind.FUNCTION, 1, 10), inner) == [(1, 10, 0)]
    assert pieces(90, symbol(NodeKind.FUNCTION, 1, 90), inner) == [(1, 3, 0), (4, 6, 1), (7, 90, 0)]


def test_fields_and_constants_stay_in_the_text_around_them() -> None:
    assert pieces(10, symbol(NodeKind.CONSTANT, 2, 2), symbol(NodeKind.PROPERTY, 4, 5)) == [(1, 10, -1)]


def test_no_line_is_lost_or_doubled_whatever_the_symbols_claim() -> None:
    random_ = random.Random(11)
    kinds = [NodeKind.CLASS, NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CONSTANT, NodeKind.NAMESPACE]
    for _ in range(300):
        lines = random_.randint(0, 200)
        symbols = [
            symbol(random_.choice(kinds), start := random_.randint(0, 210), start + random_.randint(-3, 120))
            for _ in range(random_.randint(0, 12))
        ]
        found = [line for first, last, _ in pieces(lines, *symbols) for line in range(first, last + 1)]
        assert found == list(range(1, lines + 1))
