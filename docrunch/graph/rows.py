"""The rows of an exported graph (architecture §6), in the key order that other tools rely on."""

import msgspec

from docrunch.canonical import significant
from docrunch.graph.model import (
    Candidates,
    Confidence,
    Edge,
    EdgeKind,
    EntryPoint,
    Graph,
    Marker,
    Node,
    NodeKind,
    NodeMetrics,
    Unresolved,
)
from docrunch.ids import NodeId

SCHEMA = "docrunch.graph/1"


class GraphRow(msgspec.Struct, frozen=True, tag_field="type", tag="graph"):
    schema: str
    repository: str
    commit: str


class NodeRow(msgspec.Struct, frozen=True, tag_field="type", tag="node"):
    """``path`` is null for what is outside; ``line`` is null for what is no place in a file."""

    id: NodeId
    kind: NodeKind
    name: str
    qualified_name: str
    path: str | None
    line: int | None
    end_line: int | None
    language: str | None
    signature: str
    doc: str
    exported: bool
    metrics: dict[str, int | float]  # the fields of NodeMetrics, or empty
    start_line: int | None = None  # of the whole definition, decorators included
    modifiers: tuple[str, ...] = ()


class EdgeRow(msgspec.Struct, frozen=True, tag_field="type", tag="edge"):
    source: NodeId
    target: NodeId
    kind: EdgeKind
    confidence: Confidence
    certainty: float
    count: int
    lines: tuple[int, ...]


class EntryRow(msgspec.Struct, frozen=True, tag_field="type", tag="entry"):
    place: NodeId
    line: int
    kind: str
    label: str
    framework: str
    handler: NodeId


class MarkerRow(msgspec.Struct, frozen=True, tag_field="type", tag="marker"):
    place: NodeId
    line: int
    kind: str
    text: str


class UnresolvedRow(msgspec.Struct, frozen=True, tag_field="type", tag="unresolved"):
    path: str
    language: str
    reasons: dict[str, int]
    names: tuple[str, ...]


class CandidatesRow(msgspec.Struct, frozen=True, tag_field="type", tag="candidates"):
    source: NodeId
    kind: EdgeKind
    line: int
    targets: tuple[tuple[NodeId, float], ...]


Row = GraphRow | NodeRow | EdgeRow | EntryRow | MarkerRow | UnresolvedRow | CandidatesRow


def graph_row(graph: Graph) -> GraphRow:
    return GraphRow(SCHEMA, graph.repository, graph.commit)


def node_row(node: Node, metrics: NodeMetrics | None) -> NodeRow:
    return NodeRow(
        node.id,
        node.kind,
        node.name,
        node.qualified_name,
        node.path or None,
        node.line or None,
        node.end_line or None,
        node.language or None,
        node.signature,
        node.doc,
        node.exported,
        msgspec.structs.asdict(metrics) if metrics is not None else {},
        node.start_line or None,
        node.modifiers,
    )


def edge_row(edge: Edge) -> EdgeRow:
    certainty = significant(edge.certainty, 3)
    return EdgeRow(edge.source, edge.target, edge.kind, edge.confidence, certainty, edge.count, edge.lines)


def entry_row(found: EntryPoint) -> EntryRow:
    return EntryRow(found.place, found.line, found.kind, found.label, found.framework, found.handler)


def marker_row(found: Marker) -> MarkerRow:
    return MarkerRow(found.place, found.line, found.kind, found.text)


def unresolved_row(found: Unresolved) -> UnresolvedRow:
    return UnresolvedRow(found.path, found.language, found.reasons, found.names)


def candidates_row(found: Candidates) -> CandidatesRow:
    return CandidatesRow(found.source, found.kind, found.line, found.targets)
