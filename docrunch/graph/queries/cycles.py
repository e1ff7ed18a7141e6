"""Modules that import each other in a circle."""

from collections import deque

import msgspec
import numpy as np

from docrunch.graph.model import EdgeKind
from docrunch.graph.queries.view import KIND_OF_EDGE, GraphView, Numbers

_IMPORTS = KIND_OF_EDGE[EdgeKind.IMPORTS]


class Import(msgspec.Struct, frozen=True):
    source: str  # paths
    target: str
    lines: tuple[int, ...]


class Cycle(msgspec.Struct, frozen=True):
    """``modules`` all import each other, directly or not; ``example`` is a shortest circle through the first."""

    modules: tuple[str, ...]
    example: tuple[Import, ...]
    imports: int  # between these modules


def cycles(view: GraphView) -> tuple[Cycle, ...]:
    """The largest first, then by path."""
    modules = np.flatnonzero(view.arrays["cycle"] >= 0)
    cycle_of = np.full(len(view.texts["path"]), -1, np.int64)  # by path
    cycle_of[view.path_of[modules]] = view.arrays["cycle"][modules]
    edges = np.flatnonzero(view.edge_kind == _IMPORTS)
    source, target = view.path_of[view.source[edges]], view.path_of[view.target[edges]]
    inside = (cycle_of[source] >= 0) & (cycle_of[source] == cycle_of[target]) & (source != target)
    edges, source, target = edges[inside], source[inside], target[inside]
    found = []
    for number in np.unique(view.arrays["cycle"][modules]).tolist():
        here = cycle_of[source] == number
        members = np.flatnonzero(cycle_of == number)  # paths are numbered in their order
        found.append(_cycle(view, members.tolist(), edges[here], source[here], target[here]))
    return tuple(sorted(found, key=lambda each: (-len(each.modules), each.modules)))


def _cycle(view: GraphView, members: list[int], edges: Numbers, source: Numbers, target: Numbers) -> Cycle:
    paths = view.texts["path"]
    pairs = np.unique(source.astype(np.int64) * len(paths) + target)
    importing, imported = np.divmod(pairs, len(paths))
    starts = np.searchsorted(importing, np.arange(len(paths) + 1)).tolist()
    circle = _shortest(members[0], starts, imported.tolist())
    example = []
    for here, there in zip(circle, [*circle[1:], circle[0]], strict=True):
        between = edges[(source == here) & (target == there)]
        lines = {line for edge in between.tolist() for line in view.edge(edge).lines}
        example.append(Import(paths[here], paths[there], tuple(sorted(lines))))
    return Cycle(tuple([paths[member] for member in members]), tuple(example), len(pairs))


def _shortest(start: int, starts: list[int], targets: list[int]) -> list[int]:
    """A shortest circle through ``start``, which is in one. What n leads to is ``targets[starts[n]:starts[n + 1]]``."""
    came: dict[int, int] = {}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for other in targets[starts[here] : starts[here + 1]]:
            if other == start:
                found = [here]
                while found[-1] != start:
                    found.append(came[found[-1]])
                return found[::-1]
            if other not in came:
                came[other] = here
                queue.append(other)
    return [start]
