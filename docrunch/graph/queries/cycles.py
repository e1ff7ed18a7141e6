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
    """The largest first, then by path. Near linear: what is inside of cycles is sorted once and cut into them."""
    modules = np.flatnonzero(view.arrays["cycle"] >= 0)
    cycle_of = np.full(len(view.texts["path"]), -1, np.int64)  # by path
    cycle_of[view.path_of[modules]] = view.arrays["cycle"][modules]
    inside = _Inside(view, cycle_of)
    members = np.flatnonzero(cycle_of >= 0)  # paths are numbered in their order
    members = members[np.argsort(cycle_of[members], kind="stable")]
    found = [inside.cycle(group.tolist()) for group in _cut(members, cycle_of[members])]
    return tuple(sorted(found, key=lambda each: (-len(each.modules), each.modules)))


def _cut(values: Numbers, keys: Numbers) -> list[Numbers]:
    """The values in groups of equal keys, which are sorted."""
    return np.split(values, np.flatnonzero(np.diff(keys)) + 1) if len(values) else []


class _Inside:
    """The imports between modules of one cycle, by (importing, imported)."""

    def __init__(self, view: GraphView, cycle_of: Numbers) -> None:
        self._view = view
        self._paths = view.texts["path"]
        edges = np.flatnonzero(view.edge_kind == _IMPORTS)
        source = view.path_of[view.source[edges]].astype(np.int64)
        target = view.path_of[view.target[edges]].astype(np.int64)
        inside = (cycle_of[source] >= 0) & (cycle_of[source] == cycle_of[target]) & (source != target)
        pairs = source[inside] * len(self._paths) + target[inside]
        order = np.argsort(pairs, kind="stable")
        self._edges, self._edge_pairs = edges[inside][order], pairs[order]
        self._pairs = np.unique(pairs)
        importing, imported = np.divmod(self._pairs, max(len(self._paths), 1))
        self._starts = np.searchsorted(importing, np.arange(len(self._paths) + 1)).tolist()
        self._imported = imported.tolist()

    def cycle(self, members: list[int]) -> Cycle:
        circle = _shortest(members[0], self._starts, self._imported)
        example = tuple(self._import(here, there) for here, there in zip(circle, [*circle[1:], circle[0]], strict=True))
        imports = sum(self._starts[member + 1] - self._starts[member] for member in members)
        return Cycle(tuple([self._paths[member] for member in members]), example, imports)

    def _import(self, here: int, there: int) -> Import:
        pair = here * len(self._paths) + there
        start, end = np.searchsorted(self._edge_pairs, [pair, pair + 1]).tolist()
        lines = {line for edge in self._edges[start:end].tolist() for line in self._view.edge(edge).lines}
        return Import(self._paths[here], self._paths[there], tuple(sorted(lines)))


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
