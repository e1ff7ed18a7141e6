"""What changed between two graphs, row by row; metrics never count as a change."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

import msgspec

from docrunch.graph.model import Edge, EdgeKind, Graph, Node
from docrunch.ids import NodeId

_K = TypeVar("_K", bound=Hashable)
_T = TypeVar("_T")
EdgeKey = tuple[NodeId, NodeId, EdgeKind]


class Changes(msgspec.Struct, Generic[_T], frozen=True):
    """Rows in key order; ``changed`` holds the new rows."""

    added: tuple[_T, ...] = ()
    changed: tuple[_T, ...] = ()
    removed: tuple[_T, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class GraphDifference(msgspec.Struct, frozen=True):
    nodes: Changes[Node]
    edges: Changes[Edge]

    def __bool__(self) -> bool:
        return bool(self.nodes) or bool(self.edges)


def difference(old: Graph, new: Graph) -> GraphDifference:
    """Nodes by id, edges by (source, target, kind)."""
    return GraphDifference(
        _changes({node.id: node for node in old.nodes}, {node.id: node for node in new.nodes}),
        _changes(_by_key(old.edges), _by_key(new.edges)),
    )


def _by_key(edges: Iterable[Edge]) -> dict[EdgeKey, Edge]:
    return {(edge.source, edge.target, edge.kind): edge for edge in edges}


def _changes(old: dict[_K, _T], new: dict[_K, _T]) -> Changes[_T]:
    return Changes(
        added=tuple(row for key, row in new.items() if key not in old),
        changed=tuple(row for key, row in new.items() if key in old and old[key] != row),
        removed=tuple(row for key, row in old.items() if key not in new),
    )
