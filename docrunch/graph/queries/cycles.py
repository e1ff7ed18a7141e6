"""Modules that import each other in a circle."""

from collections import deque

import msgspec
import numpy as np

from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.view import KIND_OF_EDGE, GraphView


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
    number = view.arrays["cycle"]
    found = []
    for cycle in range(int(number.max(initial=-1)) + 1):
        members = np.flatnonzero(number == cycle)
        found.append(_cycle(view, sorted(view.path(int(node)) for node in members)))
    return tuple(sorted(found, key=lambda each: (-len(each.modules), each.modules)))


def _cycle(view: GraphView, paths: list[str]) -> Cycle:
    inside = set(paths)
    lines: dict[tuple[str, str], set[int]] = {}
    for path in paths:
        nodes = np.array(view.in_path(path), np.int64)
        edges = view.all_from(nodes)
        for edge in edges[view.edge_kind[edges] == KIND_OF_EDGE[EdgeKind.IMPORTS]].tolist():
            target = int(view.target[edge])
            other = view.path(target)
            if other != path and other in inside and view.node_kind(target) is not NodeKind.PACKAGE:
                start, end = view.arrays["line_start"][edge : edge + 2]
                lines.setdefault((path, other), set()).update(view.arrays["lines"][start:end].tolist())
    targets: dict[str, list[str]] = {}
    for source, other in sorted(lines):
        targets.setdefault(source, []).append(other)
    circle = _shortest(paths[0], targets)
    example = tuple(
        Import(source, other, tuple(sorted(lines[source, other])))
        for source, other in zip(circle, [*circle[1:], circle[0]], strict=True)
    )
    return Cycle(tuple(paths), example, len(lines))


def _shortest(start: str, targets: dict[str, list[str]]) -> list[str]:
    """A shortest circle through ``start``, which is in one."""
    came: dict[str, str] = {}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for other in targets.get(here, ()):
            if other == start:
                found = [here]
                while found[-1] != start:
                    found.append(came[found[-1]])
                return found[::-1]
            if other not in came:
                came[other] = here
                queue.append(other)
    return [start]
