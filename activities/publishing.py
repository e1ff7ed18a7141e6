"""Graph, facts and texts as the plain rows that `db.publish` takes."""

from collections.abc import Sequence

from db.publish import ChunkRow, FileRow, MetricsRow, PublishRows, RelationshipRow, SymbolRow
from docrunch.embedding.model import TextUnit
from docrunch.graph.model import Graph, GraphMetrics
from docrunch.source.model import TreeReader


def publish_rows(
    tree: TreeReader,
    graph: Graph,
    metrics: GraphMetrics,
    units: Sequence[TextUnit],
) -> PublishRows:
    """All rows of a scan."""
    path_of = {node.id: node.path for node in graph.nodes}
    node_of = {(node.path, node.symbol): node.id for node in graph.nodes if node.path}
    return PublishRows(
        files=[
            FileRow(
                entry.path,
                entry.language,
                entry.size,
                entry.lines,
                str(entry.skip) if entry.skip else None,
                entry.sha256 or None,
                entry.text_sha256 or None,
            )
            for entry in tree.entries
        ],
        symbols=[
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
            for node in graph.nodes
        ],
        relationships=[
            RelationshipRow(
                edge.source,
                edge.target,
                str(edge.kind),
                path_of.get(edge.source, ""),
                str(edge.confidence),
                edge.certainty,
                edge.count,
                edge.lines,
            )
            for edge in graph.edges
        ],
        chunks=[
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
        ],
        metrics=[
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
        ],
    )
