"""Who calls what, who inherits from what, what contains what."""

from collections.abc import Callable

from docrunch.graph.model import Edge, EdgeKind, Node
from docrunch.graph.queries.view import GraphView
from docrunch.ids import NodeId

_SUPERTYPES = (EdgeKind.INHERITS, EdgeKind.IMPLEMENTS)


def callers(view: GraphView, node: NodeId) -> list[Edge]:
    """Calls of a node, most certain first."""
    return _ranked(view.incoming(node, (EdgeKind.CALLS,)))


def callees(view: GraphView, node: NodeId) -> list[Edge]:
    """Calls that a node makes, most certain first."""
    return _ranked(view.outgoing(node, (EdgeKind.CALLS,)))


def _ranked(edges: list[Edge]) -> list[Edge]:
    return sorted(edges, key=lambda edge: (-edge.certainty, edge.source, edge.target))


def supertypes(view: GraphView, node: NodeId) -> list[NodeId]:
    """All types above, closest first."""
    return _spread(node, lambda current: [edge.target for edge in view.outgoing(current, _SUPERTYPES)])


def subtypes(view: GraphView, node: NodeId) -> list[NodeId]:
    """All types below, closest first."""
    return _spread(node, lambda current: [edge.source for edge in view.incoming(current, _SUPERTYPES)])


def children(view: GraphView, node: NodeId) -> list[Node]:
    """What a node contains, in source order."""
    found = [view.nodes[edge.target] for edge in view.outgoing(node, (EdgeKind.CONTAINS,))]
    return sorted(found, key=lambda child: (child.path, child.line, child.start_byte, child.id))


def container(view: GraphView, node: NodeId) -> NodeId | None:
    edges = view.incoming(node, (EdgeKind.CONTAINS,))
    return edges[0].source if edges else None


def _spread(start: NodeId, step: Callable[[NodeId], list[NodeId]]) -> list[NodeId]:
    seen = {start}
    found: list[NodeId] = []
    level = [start]
    while level:
        reached = sorted({target for current in level for target in step(current)} - seen)
        seen.update(reached)
        found.extend(reached)
        level = reached
    return found
