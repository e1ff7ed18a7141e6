"""The knowledge graph as a derived store: entities, relations and texts in LightRAG, without a language model."""

from activities.projections.lightrag.target import LightRAGTarget
from activities.projections.target import TargetContext


def make(context: TargetContext) -> LightRAGTarget:
    return LightRAGTarget(context)


__all__ = ["LightRAGTarget", "make"]
