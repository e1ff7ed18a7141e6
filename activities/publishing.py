"""Graph, facts and texts as the plain rows that `db.publish` takes."""

from collections.abc import Iterable, Mapping

from db.publish import ChunkRow, FileRow, MetricsRow, RelationshipRow, SymbolRow
from db.publishing.rows import NO_FILE
from docrunch.embedding.model import TextUnit
from docrunch.graph.model import Edge, GraphMetrics, Node
from docrunch.ids import NodeId
from docrunch.source.model import FileEntry


def file_rows(entries: Iterable[FileEntry]) -> list[FileRow]:
    return [
        FileRow(
            entry.path,
            entry.language,
            entry.size,
            entry.lines,
            str(entry.skip) if entry.skip else None,
            entry.sha256 or None,
            entry.text_sha256 or None,
        )
        for entry in entries
    ]


def symbol_rows(nodes: Iterable[Node]) -> list[SymbolRow]:
    return [
        SymbolRow(
            node.id,
            node.path,
            str(node.kind),
            node.name,
            node.qualified_name,
            node.language,
            node.line,
            node.end_line,
            node.start_byte,
            node.end_byte,
            node.signature,
            node.doc,
            node.exported,
        )
        for node in nodes
    ]


def relationship_rows(nodes: Iterable[Node], edges: Iterable[Edge]) -> list[RelationshipRow]:
    """``nodes``: at least those that the edges start from."""
    home = {node.id: node.path for node in nodes if node.kind not in NO_FILE}
    return [
        RelationshipRow(
            edge.source,
            edge.target,
            str(edge.kind),
            home.get(edge.source, ""),
            str(edge.confidence),
            edge.certainty,
            edge.count,
            edge.lines,
        )
        for edge in edges
    ]


def chunk_rows(nodes: Iterable[Node], units: Iterable[TextUnit]) -> list[ChunkRow]:
    """``nodes``: at least those of the files that the texts are of."""
    node_of: Mapping[tuple[str, int], NodeId] = {
        (node.path, node.symbol): node.id for node in nodes if node.kind not in NO_FILE
    }
    return [
        ChunkRow(
            unit.id,
            unit.path,
            node_of.get((unit.path, unit.symbol)),
            str(unit.kind),
            unit.start_line,
            unit.end_line,
            unit.start_byte,
            unit.end_byte,
            unit.text_sha,
        )
        for unit in units
    ]


def metrics_rows(metrics: GraphMetrics) -> list[MetricsRow]:
    return [
        MetricsRow(
            node,
            found.pagerank,
            found.in_degree,
            found.out_degree,
            found.complexity,
            found.afferent,
            found.efferent,
            found.instability,
            found.community,
        )
        for node, found in sorted(metrics.nodes.items())
    ]
