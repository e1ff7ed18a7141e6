"""How one node leads to another."""

import heapq
import math
from collections.abc import Collection

from docrunch.graph.model import Edge, EdgeKind
from docrunch.graph.queries.view import GraphView
from docrunch.ids import NodeId

FOLLOWED = frozenset(
    {EdgeKind.CALLS, EdgeKind.USES, EdgeKind.IMPORTS, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS, EdgeKind.OVERRIDES}
)


def shortest_path(
    view: GraphView, source: NodeId, target: NodeId, kinds: Collection[EdgeKind] = FOLLOWED
) -> list[Edge] | None:
    """The path with the fewest edges; among those the most certain, then the first by id. ``None`` without one.

    An empty list means that source and target are the same.
    """
    best: dict[NodeId, tuple[int, float]] = {source: (0, 0.0)}
    came: dict[NodeId, Edge] = {}
    queue: list[tuple[int, float, NodeId]] = [(0, 0.0, source)]
    while queue:
        steps, doubt, node = heapq.heappop(queue)
        if node == target:
            return _trace(came, source, target)
        if best[node] < (steps, doubt):
            continue
        for edge in view.outgoing(node, kinds):
            cost = (steps + 1, round(doubt - math.log(max(edge.certainty, 1e-3)), 9))
            if edge.target not in best or cost < best[edge.target]:
                best[edge.target] = cost
                came[edge.target] = edge
                heapq.heappush(queue, (*cost, edge.target))
    return None


def _trace(came: dict[NodeId, Edge], source: NodeId, target: NodeId) -> list[Edge]:
    found: list[Edge] = []
    while target != source:
        edge = came[target]
        found.append(edge)
        target = edge.source
    return found[::-1]
