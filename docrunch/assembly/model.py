"""What is computed over the whole graph before anything is worded."""

import msgspec

from docrunch.graph.model import GraphMetrics
from docrunch.ids import NodeId


class Cluster(msgspec.Struct, frozen=True):
    """A group of similar items. ``terms`` justify the label: (term, weight) by class-based TF-IDF, best first."""

    id: int
    label: str
    terms: tuple[tuple[str, float], ...]
    members: tuple[NodeId, ...]  # sorted


class Clustering(msgspec.Struct, frozen=True):
    method: str  # hdbscan | kmeans | none
    reason: str  # why that method, one sentence, for the manifest
    items: str  # symbols | files
    clusters: tuple[Cluster, ...]  # by size, then by smallest member
    noise: tuple[NodeId, ...]  # unclustered, sorted


class SymbolContext(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What the generator is told about one symbol (a row of ``symbol_contexts.json``)."""

    id: NodeId
    language: str
    symbol: str  # qualified name
    kind: str
    file: str
    line: int
    end_line: int
    signature: str
    doc: str
    calls: tuple[str, ...]  # qualified names, sorted, repository symbols only
    called_by: tuple[str, ...]
    imports: tuple[str, ...]  # of the symbol's module
    cluster: int  # -1 unclustered
    centrality: float  # PageRank


class Assembly(msgspec.Struct, frozen=True):
    metrics: GraphMetrics
    clustering: Clustering
    related: dict[NodeId, tuple[tuple[NodeId, float], ...]]  # nearest by cosine (≤ 5, ≥ 0.5), never graph edges
    contexts: tuple[SymbolContext, ...]  # by id
