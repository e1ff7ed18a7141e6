"""The content of each member, from what a scan produced."""

import msgspec

from docrunch.canonical import significant
from docrunch.docpack.model import DocpackInput
from docrunch.docpack.schema import (
    ClusterRow,
    ClustersMember,
    ContextRow,
    ContextsMember,
    EdgeRow,
    EmbeddingsMember,
    EncoderRow,
    GraphMember,
    NodeRow,
    NodesMember,
    SourceFile,
    SourceMapMember,
    SymbolRange,
)
from docrunch.documentation.cite import encode_path
from docrunch.embedding.model import EncoderSpec
from docrunch.graph.model import Graph, Node, NodeKind, NodeMetrics

PLACELESS = (NodeKind.REPOSITORY, NodeKind.PACKAGE, NodeKind.EXTERNAL)


def nodes_member(graph: Graph, lines: dict[str, int]) -> NodesMember:
    ordered = sorted(graph.nodes, key=lambda node: node.id)
    return NodesMember(tuple(_node_row(node, lines) for node in ordered))


def _node_row(node: Node, lines: dict[str, int]) -> NodeRow:
    placed = bool(node.path) and node.kind not in PLACELESS
    last = lines.get(node.path, 0)
    start = min(max(node.start_line or node.line, 1), last)
    citation = f"{encode_path(node.path)}#L{start}-L{min(max(node.end_line, start), last)}" if placed and last else None
    return NodeRow(
        id=node.id,
        kind=node.kind,
        name=node.name,
        qualified_name=node.qualified_name,
        path=node.path or None,
        line=node.line if placed else None,
        end_line=node.end_line if placed else None,
        citation=citation,
        language=node.language,
        signature=node.signature,
        doc=node.doc,
        doc_line=node.doc_line,
        doc_end_line=node.doc_end_line,
        exported=node.exported,
        entry_point=node.entry_point,
        complexity=node.complexity,
        modifiers=node.modifiers,
        start_line=node.start_line,
        start_byte=node.start_byte,
        end_byte=node.end_byte,
        symbol=node.symbol,
        ordinal=node.ordinal,
    )


def node_of(row: NodeRow) -> Node:
    """The inverse of the row, for recomputing the graph's hash from a pack."""
    return Node(
        id=row.id,
        kind=row.kind,
        name=row.name,
        qualified_name=row.qualified_name,
        path=row.path or "",
        line=row.line or 0,
        end_line=row.end_line or 0,
        language=row.language,
        signature=row.signature,
        doc=row.doc,
        exported=row.exported,
        ordinal=row.ordinal,
        start_line=row.start_line,
        start_byte=row.start_byte,
        end_byte=row.end_byte,
        doc_line=row.doc_line,
        doc_end_line=row.doc_end_line,
        complexity=row.complexity,
        modifiers=row.modifiers,
        symbol=row.symbol,
        entry_point=row.entry_point,
    )


def graph_member(data: DocpackInput) -> GraphMember:
    graph, metrics = data.graph, data.assembly.metrics
    edges = sorted(graph.edges, key=lambda edge: (edge.source, edge.target, edge.kind))
    return GraphMember(
        repository=graph.repository,
        commit=graph.commit,
        edges=tuple(
            EdgeRow(e.source, e.target, e.kind, e.confidence, significant(e.certainty), e.count, e.lines) for e in edges
        ),
        metrics={node: _metrics_row(row) for node, row in metrics.nodes.items()},
        cycles=metrics.cycles,
        candidates=tuple(
            msgspec.structs.replace(c, targets=tuple((target, significant(share)) for target, share in c.targets))
            for c in sorted(graph.candidates, key=lambda c: (c.source, c.kind, c.line, c.targets))
        ),
        unresolved=tuple(sorted(graph.unresolved, key=lambda u: u.path)),
    )


def _metrics_row(row: NodeMetrics) -> NodeMetrics:
    return msgspec.structs.replace(row, pagerank=significant(row.pagerank), instability=significant(row.instability))


def clusters_member(data: DocpackInput) -> ClustersMember:
    clustering = data.assembly.clustering
    return ClustersMember(
        method=clustering.method,
        reason=clustering.reason,
        items=clustering.items,
        clusters=tuple(
            ClusterRow(c.id, c.label, tuple((t, significant(w)) for t, w in c.terms), c.members)
            for c in clustering.clusters
        ),
        noise=clustering.noise,
        related={
            node: tuple((other, significant(score)) for other, score in found)
            for node, found in data.assembly.related.items()
        },
    )


def source_map_member(data: DocpackInput) -> SourceMapMember:
    ranges: dict[str, list[SymbolRange]] = {}
    for node in sorted(data.graph.nodes, key=lambda n: (n.start_byte, n.end_byte, n.id)):
        if node.symbol >= 0:
            start = node.start_line or node.line
            ranges.setdefault(node.path, []).append(
                SymbolRange(node.id, start, max(node.end_line, start), node.start_byte, node.end_byte)
            )
    return SourceMapMember(
        {
            e.path: SourceFile(
                e.language, e.sha256, e.text_sha256, e.size, e.lines, tuple(ranges.get(e.path, ())), e.skip
            )
            for e in data.entries
        }
    )


def contexts_member(data: DocpackInput) -> ContextsMember:
    ordered = sorted(data.assembly.contexts, key=lambda context: context.id)
    return ContextsMember(
        tuple(
            msgspec.convert(
                {**msgspec.structs.asdict(context), "centrality": significant(context.centrality)}, ContextRow
            )
            for context in ordered
        )
    )


def embeddings_member(data: DocpackInput, encoder: EncoderSpec) -> EmbeddingsMember:
    at = {(n.path, n.symbol): n.id for n in data.graph.nodes if n.symbol >= 0}
    at |= {(n.path, -1): n.id for n in data.graph.nodes if n.kind is NodeKind.MODULE}
    return EmbeddingsMember(
        encoder_id=encoder.id,
        model=encoder.model,
        dimensions=encoder.dimensions,
        count=len(data.units),
        ids=tuple(unit.id for unit in data.units),
        text_sha256=tuple(unit.text_sha for unit in data.units),
        nodes=tuple(at.get((unit.path, unit.symbol)) for unit in data.units),
        kinds=tuple(str(unit.kind) for unit in data.units),
    )


def encoder_row(spec: EncoderSpec) -> EncoderRow:
    return EncoderRow(
        spec.id,
        spec.model,
        spec.backend,
        spec.precision,
        spec.dimensions,
        spec.max_tokens,
        spec.fingerprint,
        spec.weights_sha256,
        spec.card_version,
        dict(spec.instructions),
    )
