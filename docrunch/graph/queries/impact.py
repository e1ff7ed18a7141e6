"""What a change may break: reverse reachability, less certain with each step, and the tests that would tell."""

import heapq
from collections.abc import Iterable

import msgspec

from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.view import GraphView
from docrunch.ids import NodeId

DECAY = 0.8  # per step: a caller's caller is hit less often than a caller
MIN_IMPACT = 0.05  # below this a hit is noise
MAX_DEPTH = 6
_BY_SOURCE = (
    EdgeKind.CALLS,
    EdgeKind.USES,
    EdgeKind.IMPORTS,
    EdgeKind.INHERITS,
    EdgeKind.IMPLEMENTS,
    EdgeKind.OVERRIDES,
    EdgeKind.EXPORTS,
)


class Hit(msgspec.Struct, frozen=True):
    node: NodeId
    impact: float  # 0–1: product of certainties × DECAY per further step
    through: NodeId  # the node that carries the change here
    kind: EdgeKind


class Impact(msgspec.Struct, frozen=True):
    """``by_depth[0]`` are direct dependents; each list by impact, highest first, then by id."""

    changed: tuple[NodeId, ...]
    by_depth: tuple[tuple[Hit, ...], ...]
    tests: tuple[NodeId, ...]  # test functions and modules to run, by impact
    modules: tuple[str, ...]  # paths that hold a hit, sorted


def impact(view: GraphView, changed: Iterable[NodeId], *, max_depth: int = MAX_DEPTH) -> Impact:
    """Follows edges backwards from the changed nodes and everything inside them."""
    start = _with_content(view, changed)
    reached = dict.fromkeys(start, 1.0)
    found: dict[NodeId, tuple[int, Hit]] = {}
    queue = [(-1.0, 0, node) for node in start]
    heapq.heapify(queue)
    while queue:
        negative, depth, node = heapq.heappop(queue)
        strength = -negative
        if strength < reached[node] or depth >= max_depth:
            continue
        for edge in view.incoming(node, _BY_SOURCE):
            passed = round(strength * edge.certainty * (DECAY if depth else 1.0), 6)
            if passed < MIN_IMPACT or passed <= reached.get(edge.source, 0.0):
                continue
            reached[edge.source] = passed
            found[edge.source] = (depth, Hit(edge.source, passed, node, edge.kind))
            heapq.heappush(queue, (-passed, depth + 1, edge.source))
    return _report(view, start, found)


def _with_content(view: GraphView, changed: Iterable[NodeId]) -> list[NodeId]:
    found: dict[NodeId, None] = {}
    level = [node for node in changed if node in view.nodes]
    while level:
        found.update(dict.fromkeys(level))
        level = [e.target for node in level for e in view.outgoing(node, (EdgeKind.CONTAINS,)) if e.target not in found]
    return sorted(found)


def _report(view: GraphView, start: list[NodeId], found: dict[NodeId, tuple[int, Hit]]) -> Impact:
    groups: dict[int, list[Hit]] = {}
    for depth, hit in found.values():
        groups.setdefault(depth, []).append(hit)
    deepest = max(groups, default=-1)
    by_depth = tuple(
        tuple(sorted(groups.get(depth, ()), key=lambda hit: (-hit.impact, hit.node))) for depth in range(deepest + 1)
    )
    strengths = dict.fromkeys(start, 1.0) | {node: hit.impact for node, (_, hit) in found.items()}
    tests = {
        node: strength
        for node, strength in strengths.items()
        if view.outgoing(node, (EdgeKind.TESTS,)) and view.nodes[node].kind is not NodeKind.EXTERNAL
    }
    modules = sorted({view.nodes[node].path for node in found if view.nodes[node].path})
    ordered = tuple(sorted(tests, key=lambda node: (-tests[node], node)))
    return Impact(tuple(start), by_depth, ordered, tuple(modules))
