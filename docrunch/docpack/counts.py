"""Counts of a docpack, computed from its members alone: `pack` writes them, `verify` computes them again."""

from collections import Counter
from collections.abc import Iterable

from docrunch.docpack.schema import (
    ClustersMember,
    ContextsMember,
    Counts,
    EmbeddingsMember,
    GraphMember,
    NodesMember,
    SourceMapMember,
)


def count(
    nodes: NodesMember,
    graph: GraphMember,
    source_map: SourceMapMember,
    clusters: ClustersMember,
    contexts: ContextsMember,
    embeddings: EmbeddingsMember | None,
    pages: int,
) -> Counts:
    files = [found for found in source_map.files.values() if found.skipped is None]
    unresolved: Counter[str] = Counter()
    for row in graph.unresolved:
        unresolved.update(row.reasons)
    return Counts(
        files=len(files),
        skipped=len(source_map.files) - len(files),
        lines=sum(found.lines for found in files),
        languages=_counted(found.language for found in files),
        nodes=_counted(str(node.kind) for node in nodes.nodes),
        edges=_counted(str(edge.kind) for edge in graph.edges),
        confidence=_counted(str(edge.confidence) for edge in graph.edges),
        embeddings=embeddings.count if embeddings else 0,
        clusters=len(clusters.clusters),
        contexts=len(contexts.contexts),
        pages=pages,
        unresolved=dict(sorted(unresolved.items())),
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
