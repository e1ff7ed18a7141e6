"""A marked comment belongs to the symbol around it, or to the one that it documents."""

from docrunch.parsing.markers import attached
from docrunch.parsing.model import Marker, Symbol, SymbolKind


def symbol(start: int, end: int, doc: int = 0) -> Symbol:
    return Symbol("x", SymbolKind.FUNCTION, "x", -1, start, start, end, 0, 1, "", doc_line=doc, doc_end_line=doc)


def scopes(symbols: list[Symbol], *lines: int) -> list[int]:
    found = attached(tuple(Marker("TODO", line, "") for line in lines), tuple(symbols))
    return [marker.scope for marker in found]


def test_the_innermost_symbol_around_a_line() -> None:
    nested = [symbol(2, 20), symbol(4, 8), symbol(5, 6), symbol(10, 12)]
    assert scopes(nested, 1, 2, 4, 5, 7, 9, 11, 15, 21) == [-1, 0, 1, 2, 1, 0, 3, 0, -1]


def test_documentation_counts_as_part_of_its_symbol() -> None:
    assert scopes([symbol(5, 6, doc=3)], 2, 3, 4, 5) == [-1, 0, 0, 0]


def test_symbols_in_any_order_and_on_one_line() -> None:
    assert scopes([symbol(9, 9), symbol(1, 1), symbol(1, 10)], 1, 9, 10) == [1, 0, 2]


def test_many_symbols_cost_no_more_than_their_order() -> None:
    many = [symbol(line, line) for line in range(1, 50_001)]
    assert scopes(many, *range(1, 50_001)) == list(range(50_000))
