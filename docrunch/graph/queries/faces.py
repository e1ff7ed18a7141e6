"""How answers name symbols and edges."""

import msgspec

from docrunch.graph.model import Confidence, EdgeKind, NodeKind
from docrunch.graph.queries.view import CONFIDENCES, EDGE_KINDS, GraphView
from docrunch.ids import NodeId


class Face(msgspec.Struct, frozen=True):
    """A node. ``path`` and ``line`` are null for what is in no file."""

    id: NodeId
    kind: NodeKind
    qualified_name: str
    path: str | None
    line: int | None


class Link(msgspec.Struct, frozen=True):
    """An edge, or several that lead the same way."""

    source: Face
    target: Face
    kind: EdgeKind
    confidence: Confidence
    certainty: float
    count: int
    lines: tuple[int, ...]  # in the file of the source


def face(view: GraphView, node: int) -> Face:
    return Face(
        view.id(node),
        view.node_kind(node),
        view.qualified_name(node) or view.name(node),
        view.path(node) or None,
        view.line(node) or None,
    )


def link(view: GraphView, edge: int) -> Link:
    start, end = view.arrays["line_start"][edge : edge + 2]
    return Link(
        face(view, int(view.source[edge])),
        face(view, int(view.target[edge])),
        EDGE_KINDS[view.edge_kind[edge]],
        CONFIDENCES[view.confidence[edge]],
        int(view.certainty[edge]) / 1000,
        int(view.arrays["count"][edge]),
        tuple(view.arrays["lines"][start:end].tolist()),
    )
