"""Counts of a docpack, computed from its members alone: `pack` writes them, `verify` computes them again."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from docrunch.docpack.schema import (
    ClustersMember,
    ContextsMember,
    Counts,
    EmbeddingsMember,
    GraphMember,
    NodesMember,
    SourceMapMember,
)


class Tally:
    """Counts member after member, so that none need be held for the sake of being counted."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {"embeddings": 0}

    def nodes(self, member: NodesMember) -> NodesMember:
        self._found["nodes"] = _counted(str(node.kind) for node in member.nodes)
        return member

    def graph(self, member: GraphMember) -> GraphMember:
        unresolved: Counter[str] = Counter()
        for row in member.unresolved:
            unresolved.update(row.reasons)
        self._found["unresolved"] = dict(sorted(unresolved.items()))
        self._found["edges"] = _counted(str(edge.kind) for edge in member.edges)
        self._found["confidence"] = _counted(str(edge.confidence) for edge in member.edges)
        return member

    def source_map(self, member: SourceMapMember) -> SourceMapMember:
        files = [found for found in member.files.values() if found.skipped is None]
        self._found["files"] = len(files)
        self._found["skipped"] = len(member.files) - len(files)
        self._found["lines"] = sum(found.lines for found in files)
        self._found["languages"] = _counted(found.language for found in files)
        return member

    def clusters(self, member: ClustersMember) -> ClustersMember:
        self._found["clusters"] = len(member.clusters)
        return member

    def contexts(self, member: ContextsMember) -> ContextsMember:
        self._found["contexts"] = len(member.contexts)
        return member

    def embeddings(self, member: EmbeddingsMember) -> EmbeddingsMember:
        self._found["embeddings"] = member.count
        return member

    def counts(self, pages: int) -> Counts:
        """Once every member but the embeddings, which a docpack may lack, was counted."""
        return Counts(**self._found, pages=pages)


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
