"""What a change may break: symbols by depth, modules, entry points, tests to run, and how risky that is."""

from collections.abc import Sequence

import msgspec
import numpy as np

from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.entrypoints import EntryFace, entries_of
from docrunch.graph.queries.faces import Face, face
from docrunch.graph.queries.reach import MAX_DEPTH, Reach, reach
from docrunch.graph.queries.risk import Risk, risk
from docrunch.graph.queries.view import EDGE_KINDS, KIND_OF_NODE, TEST, GraphView, Numbers

_NOT_SHOWN = [KIND_OF_NODE[kind] for kind in (NodeKind.PACKAGE, NodeKind.REPOSITORY, NodeKind.EXTERNAL)]


class Hit(msgspec.Struct, frozen=True):
    symbol: Face
    confidence: float  # 0–1, see `reach`
    through: Face  # what carries the change here
    by: EdgeKind


class ModuleHit(msgspec.Struct, frozen=True):
    path: str
    confidence: float  # of its strongest symbol
    symbols: int


class TestHit(msgspec.Struct, frozen=True):
    symbol: Face
    relevance: float
    depth: int  # 0: the test itself is changed


class Impact(msgspec.Struct, frozen=True):
    changed: tuple[Face, ...]
    by_depth: tuple[tuple[Hit, ...], ...]  # [0] are direct dependents; each by confidence, then by id
    affected: int  # symbols in `by_depth`
    modules: tuple[ModuleHit, ...]  # files with something affected, tests aside; by confidence, then by path
    entry_points: tuple[EntryFace, ...]  # whose handler is changed or affected; tests aside
    tests: tuple[TestHit, ...]  # to run, in the order of `tests_of`
    test_files: tuple[str, ...]  # of these tests, in the order of their first
    risk: Risk


def impact(
    view: GraphView,
    changed: Sequence[int],
    *,
    parts: Sequence[int] = (),
    max_depth: int = MAX_DEPTH,
    heuristic: bool = False,
) -> Impact:
    """Args:
    changed: symbols, modules or packages; what is in them is changed too.
    parts: symbols and modules of which only what is in no symbol inside them is changed.
    max_depth: steps.
    heuristic: follow guessed edges as well.
    """
    start = np.union1d(view.within(changed), np.array(parts, np.int64)).astype(np.int64)
    found = reach(view, start, max_depth=max_depth, heuristic=heuristic)
    hits = np.flatnonzero((found.depth > 0) & ~np.isin(view.kind, _NOT_SHOWN))
    entry_points = tuple(entry for entry in entries_of(view, np.flatnonzero(found.depth >= 0)) if entry.kind != "test")
    tests = tests_of(view, found)
    modules = _modules(view, found, hits)
    return Impact(
        changed=tuple(face(view, node) for node in dict.fromkeys((*changed, *parts))),
        by_depth=_by_depth(view, found, hits),
        affected=len(hits),
        modules=modules,
        entry_points=entry_points,
        tests=tests,
        test_files=tuple(dict.fromkeys(test.symbol.path for test in tests if test.symbol.path)),
        risk=risk(view, found, entry_points, heuristic=heuristic),
    )


def _by_depth(view: GraphView, found: Reach, hits: Numbers) -> tuple[tuple[Hit, ...], ...]:
    levels: list[tuple[Hit, ...]] = []
    for depth in range(1, int(found.depth.max(initial=0)) + 1):
        here = hits[found.depth[hits] == depth]
        order = here[np.lexsort((here, -found.strength[here]))]
        levels.append(tuple(_hit(view, found, int(node)) for node in order))
    while levels and not levels[-1]:
        levels.pop()
    return tuple(levels)


def _hit(view: GraphView, found: Reach, node: int) -> Hit:
    edge = int(found.through[node])
    ends = (int(view.source[edge]), int(view.target[edge]))
    carrier = ends[1] if ends[0] == node else ends[0]
    return Hit(face(view, node), float(found.strength[node]), face(view, carrier), EDGE_KINDS[view.edge_kind[edge]])


def _modules(view: GraphView, found: Reach, hits: Numbers) -> tuple[ModuleHit, ...]:
    inside = hits[(view.flags[hits] & TEST) == 0]
    paths, number = np.unique(view.path_of[inside], return_inverse=True)
    counts = np.bincount(number, minlength=len(paths))
    best = np.zeros(len(paths))
    np.maximum.at(best, number, found.strength[inside])
    rows = [
        ModuleHit(view.texts["path"][int(path)], float(strength), int(count))
        for path, strength, count in zip(paths, best, counts, strict=True)
        if view.texts["path"][int(path)]
    ]
    return tuple(sorted(rows, key=lambda row: (-row.confidence, row.path)))


def tests_of(view: GraphView, found: Reach) -> tuple[TestHit, ...]:
    """Tests that were reached: what a runner calls, and behind these files with tests none of which was reached by
    itself; such a file imports what was changed, or what leads to it, and may do no more with it."""
    reached = np.flatnonzero((found.depth >= 0) & ((view.flags & TEST) > 0)).tolist()
    named = set(view.arrays["entry_handler"][view.entries("test")].tolist())
    files = {view.path(node) for node in named}
    functions = [node for node in reached if node in named and view.node_kind(node) is not NodeKind.MODULE]
    covered = {view.path(node) for node in functions}
    modules = [
        node
        for node in reached
        if view.node_kind(node) is NodeKind.MODULE and view.path(node) in files and view.path(node) not in covered
    ]

    def relevance(node: int) -> tuple[float, int, str, int, int]:
        return -found.strength[node], int(found.depth[node]), view.path(node), view.line(node), node

    return tuple(
        TestHit(face(view, node), float(found.strength[node]), int(found.depth[node]))
        for node in (*sorted(functions, key=relevance), *sorted(modules, key=relevance))
    )
