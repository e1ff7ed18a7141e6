"""Which tests would tell that a symbol broke."""

from collections.abc import Sequence

import msgspec

from docrunch.graph.queries.faces import Face, face
from docrunch.graph.queries.impact import TestHit, tests_of
from docrunch.graph.queries.reach import MAX_DEPTH, reach
from docrunch.graph.queries.view import GraphView


class Tests(msgspec.Struct, frozen=True):
    symbols: tuple[Face, ...]
    tests: tuple[TestHit, ...]  # in the order of `tests_of`; depth 1 calls or imports it directly
    files: tuple[str, ...]  # of these tests, in the order of their first
    total: int


def who_tests(
    view: GraphView, nodes: Sequence[int], *, max_depth: int = MAX_DEPTH, heuristic: bool = False, limit: int = 0
) -> Tests:
    found = tests_of(view, reach(view, view.within(nodes), max_depth=max_depth, heuristic=heuristic))
    shown = found[:limit] if limit else found
    files = tuple(dict.fromkeys(test.symbol.path for test in shown if test.symbol.path))
    return Tests(tuple(face(view, node) for node in nodes), shown, files, len(found))
