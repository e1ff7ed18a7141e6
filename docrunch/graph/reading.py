"""Exported JSONL back to a graph. The file may come from anywhere."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

import msgspec

from docrunch.errors import InvalidArchive
from docrunch.graph.model import (
    Candidates,
    Edge,
    EntryPoint,
    Graph,
    GraphMetrics,
    Marker,
    Node,
    NodeMetrics,
    Unresolved,
)
from docrunch.graph.rows import (
    SCHEMA,
    CandidatesRow,
    EdgeRow,
    EntryRow,
    GraphRow,
    MarkerRow,
    NodeRow,
    Row,
    UnresolvedRow,
)
from docrunch.ids import NodeId

MAX_LINE_BYTES = 16_000_000
MAX_ROWS = 20_000_000
_ID = re.compile(r"n_[a-z2-7]{26}\Z")
_decoder = msgspec.json.Decoder(Row)


def read_jsonl(stream: BinaryIO) -> tuple[Graph, GraphMetrics]:
    """The graph and metrics of an export; what exports do not carry (byte ranges, ordinals) has its default.

    Raises:
        InvalidArchive: a row is malformed, too long, out of order, unknown, doubled, or leads to no node.
    """
    rows = _rows(stream)
    head = next(rows, None)
    if not isinstance(head, GraphRow) or head.schema != SCHEMA:
        raise InvalidArchive(f"The graph does not start with a {SCHEMA} row.")
    nodes: dict[NodeId, Node] = {}
    edges: list[Edge] = []
    candidates: list[Candidates] = []
    metrics: dict[NodeId, NodeMetrics] = {}
    entries: list[EntryPoint] = []
    markers: list[Marker] = []
    unresolved: list[Unresolved] = []
    for row in rows:
        if isinstance(row, NodeRow):
            _add_node(row, nodes, metrics)
        elif isinstance(row, EdgeRow):
            edges.append(_edge(row, nodes))
        elif isinstance(row, EntryRow):
            entries.append(_entry(row, nodes))
        elif isinstance(row, MarkerRow):
            markers.append(_marker(row, nodes))
        elif isinstance(row, UnresolvedRow):
            unresolved.append(Unresolved(row.path, row.language, row.reasons, row.names))
        elif isinstance(row, CandidatesRow):
            candidates.append(_candidates(row, nodes))
        else:
            raise InvalidArchive("The graph has a second head.")
    ordered = tuple(nodes.values())
    _check_order([(node.id,) for node in ordered], "nodes")
    _check_order([(edge.source, edge.target, edge.kind) for edge in edges], "edges")
    if entries != sorted(entries):
        raise InvalidArchive("The entry points of the graph are not sorted.")
    if markers != sorted(markers):
        raise InvalidArchive("The markers of the graph are not sorted.")
    graph = Graph(
        head.repository,
        head.commit,
        ordered,
        tuple(edges),
        tuple(candidates),
        tuple(unresolved),
        tuple(entries),
        tuple(markers),
    )
    return graph, GraphMetrics(metrics)


def _rows(stream: BinaryIO) -> Iterator[Row]:
    for number in range(1, MAX_ROWS + 2):
        line = stream.readline(MAX_LINE_BYTES + 1)
        if not line:
            return
        if number > MAX_ROWS or len(line) > MAX_LINE_BYTES:
            raise InvalidArchive(f"The graph is too large at line {number}.")
        try:
            yield _decoder.decode(line)
        except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
            raise InvalidArchive(f"Line {number} of the graph is not a valid row.") from error


def _add_node(row: NodeRow, nodes: dict[NodeId, Node], metrics: dict[NodeId, NodeMetrics]) -> None:
    if not _ID.match(row.id) or row.id in nodes:
        raise InvalidArchive("The graph has a malformed or doubled node id.")
    path = row.path or ""
    if path.startswith("/") or "\\" in path or "\0" in path or ".." in path.split("/"):
        raise InvalidArchive("The graph names a path outside the repository.")
    if (row.line or 0) < 0 or (row.end_line or 0) < 0 or (row.start_line or 0) < 0:
        raise InvalidArchive("The graph has a negative line.")
    nodes[row.id] = Node(
        id=row.id,
        kind=row.kind,
        name=row.name,
        qualified_name=row.qualified_name,
        path=path,
        line=row.line or 0,
        end_line=row.end_line or 0,
        language=row.language or "",
        signature=row.signature,
        doc=row.doc,
        exported=row.exported,
        start_line=row.start_line or 0,
        modifiers=row.modifiers,
    )
    if row.metrics:
        try:
            metrics[row.id] = msgspec.convert(row.metrics, NodeMetrics)
        except msgspec.ValidationError as error:
            raise InvalidArchive("A node of the graph has malformed metrics.") from error


def _edge(row: EdgeRow, nodes: dict[NodeId, Node]) -> Edge:
    if row.source not in nodes or row.target not in nodes:
        raise InvalidArchive("An edge of the graph leads to no node.")
    if not 0 <= row.certainty <= 1 or row.count < 1 or list(row.lines) != sorted(set(row.lines)):
        raise InvalidArchive("An edge of the graph has impossible values.")
    return Edge(row.source, row.target, row.kind, row.confidence, row.certainty, row.count, row.lines)


def _entry(row: EntryRow, nodes: dict[NodeId, Node]) -> EntryPoint:
    if row.place not in nodes or row.handler not in nodes:
        raise InvalidArchive("An entry point of the graph leads to no node.")
    return EntryPoint(row.place, row.line, row.kind, row.label, row.framework, row.handler)


def _marker(row: MarkerRow, nodes: dict[NodeId, Node]) -> Marker:
    if row.place not in nodes or row.line < 1:
        raise InvalidArchive("A marker of the graph leads to no line of a node.")
    return Marker(row.place, row.line, row.kind, row.text)


def _candidates(row: CandidatesRow, nodes: dict[NodeId, Node]) -> Candidates:
    if row.source not in nodes or any(target not in nodes for target, _ in row.targets):
        raise InvalidArchive("A candidates row of the graph leads to no node.")
    return Candidates(row.source, row.kind, row.line, row.targets)


def _check_order(keys: list[tuple[str, ...]], what: str) -> None:
    if any(first >= second for first, second in pairwise(keys)):
        raise InvalidArchive(f"The {what} of the graph are not sorted and unique.")
