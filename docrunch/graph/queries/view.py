"""A graph indexed by node and by edges in both directions: built once, asked often."""

from collections.abc import Iterable

from docrunch.graph.model import Edge, EdgeKind, Graph, Node
from docrunch.ids import NodeId


class GraphView:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: dict[NodeId, Node] = {node.id: node for node in graph.nodes}
        self._outgoing: dict[NodeId, list[Edge]] = {}
        self._incoming: dict[NodeId, list[Edge]] = {}
        for edge in graph.edges:
            self._outgoing.setdefault(edge.source, []).append(edge)
            self._incoming.setdefault(edge.target, []).append(edge)

    def outgoing(self, node: NodeId, kinds: Iterable[EdgeKind] | None = None) -> list[Edge]:
        """Edges from a node, by target and kind."""
        return _of(self._outgoing.get(node, []), kinds)

    def incoming(self, node: NodeId, kinds: Iterable[EdgeKind] | None = None) -> list[Edge]:
        """Edges to a node, by source and kind."""
        return _of(self._incoming.get(node, []), kinds)


def _of(edges: list[Edge], kinds: Iterable[EdgeKind] | None) -> list[Edge]:
    if kinds is None:
        return edges
    wanted = frozenset(kinds)
    return [edge for edge in edges if edge.kind in wanted]
