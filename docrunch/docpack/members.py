"""The content of each member, from what a scan produced."""

from operator import attrgetter

from docrunch.canonical import significant
from docrunch.docpack.model import DocpackInput
from docrunch.docpack.schema import (
    ClusterRow,
    ClustersMember,
    ContextsMember,
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
from docrunch.graph.model import Graph, Node, NodeKind

PLACELESS = (NodeKind.REPOSITORY, NodeKind.PACKAGE, NodeKind.EXTERNAL)


def nodes_member(graph: Graph, lines: dict[str, int]) -> NodesMember:
    paths = {path: encode_path(path) for path in lines}
    return NodesMember(tuple(_node_row(node, lines, paths) for node in graph.nodes))


def _node_row(node: Node, lines: dict[str, int], paths: dict[str, str]) -> NodeRow:
    path = node.path
    placed = bool(path) and node.kind not in PLACELESS
    citation = None
    if placed and (last := lines.get(path, 0)):
        start = min(max(node.start_line or node.line, 1), last)
        citation = f"{paths[path]}#L{start}-L{min(max(node.end_line, start), last)}"
    return NodeRow(  # by position: a large repository has hundreds of thousands
        node.id,
        node.kind,
        node.name,
        node.qualified_name,
        path or None,
        node.line if placed else None,
        node.end_line if placed else None,
        citation,
        node.language,
        node.signature,
        node.doc,
        node.doc_line,
        node.doc_end_line,
        node.exported,
        node.entry_point,
        node.complexity,
        node.cognitive,
        node.modifiers,
        node.start_line,
        node.start_byte,
        node.end_byte,
        node.symbol,
        node.ordinal,
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
        cognitive=row.cognitive,
        modifiers=row.modifiers,
        symbol=row.symbol,
        entry_point=row.entry_point,
    )


def graph_of(nodes: NodesMember, member: GraphMember) -> Graph:
    """The graph that a pack holds."""
    return Graph(
        repository=member.repository,
        commit=member.commit,
        nodes=tuple([node_of(row) for row in nodes.nodes]),
        edges=member.edges,
        candidates=member.candidates,
        unresolved=member.unresolved,
        entries=member.entries,
        markers=member.markers,
    )


def graph_member(data: DocpackInput) -> GraphMember:
    """Edges, metrics and candidates are written as they are: they were sorted and rounded when they were made."""
    graph, metrics = data.graph, data.assembly.metrics
    return GraphMember(
        repository=graph.repository,
        commit=graph.commit,
        edges=graph.edges,
        metrics=metrics.nodes,
        cycles=metrics.cycles,
        candidates=tuple(sorted(graph.candidates, key=attrgetter("source", "kind", "line", "targets"))),
        unresolved=tuple(sorted(graph.unresolved, key=attrgetter("path"))),
        entries=graph.entries,
        markers=graph.markers,
    )


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
        related=data.assembly.related,
    )


def source_map_member(data: DocpackInput) -> SourceMapMember:
    ranges: dict[str, list[SymbolRange]] = {}
    symbols = [node for node in data.graph.nodes if node.symbol >= 0]
    for node in sorted(symbols, key=attrgetter("start_byte", "end_byte", "id")):
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
    return ContextsMember(tuple(sorted(data.assembly.contexts, key=attrgetter("id"))))


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
