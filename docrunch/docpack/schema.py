"""The members of a docpack as types: what is written, and what is believed when reading.

Field order is the order in the files; unknown fields are refused, so nothing can hide in a pack.
"""

import msgspec

from docrunch.assembly.model import SymbolContext
from docrunch.graph.model import Candidates, Edge, EntryPoint, Marker, NodeKind, NodeMetrics, Unresolved
from docrunch.ids import NodeId
from docrunch.source.model import Issue, Skip

MANIFEST = "manifest.json"
GRAPH = "graph.json"
NODES = "nodes.json"
CLUSTERS = "clusters.json"
SOURCE_MAP = "source_map.json"
EMBEDDINGS_BIN = "embeddings.bin"
EMBEDDINGS = "embeddings.json"
CONTEXTS = "symbol_contexts.json"
DOCS = "docs/"
ROOT = "docpack/"


class _Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class NodeRow(_Closed, frozen=True, gc=False):
    id: NodeId
    kind: NodeKind
    name: str
    qualified_name: str
    path: str | None  # null for repository, package and external nodes
    line: int | None
    end_line: int | None
    citation: str | None  # path#Lx-Ly of the whole definition
    language: str
    signature: str
    doc: str
    doc_line: int
    doc_end_line: int
    exported: bool
    entry_point: bool
    complexity: int
    cognitive: int
    modifiers: tuple[str, ...]
    start_line: int
    start_byte: int
    end_byte: int
    symbol: int
    ordinal: int


class NodesMember(_Closed, frozen=True):
    nodes: tuple[NodeRow, ...]
    schema: str = "docpack.nodes/1"


class GraphMember(_Closed, frozen=True):
    repository: str
    commit: str
    edges: tuple[Edge, ...]
    metrics: dict[NodeId, NodeMetrics]
    cycles: tuple[tuple[NodeId, ...], ...]
    candidates: tuple[Candidates, ...]
    unresolved: tuple[Unresolved, ...]
    entries: tuple[EntryPoint, ...]
    markers: tuple[Marker, ...] = ()
    schema: str = "docpack.graph/1"


class ClusterRow(_Closed, frozen=True):
    id: int
    label: str
    terms: tuple[tuple[str, float], ...]
    members: tuple[NodeId, ...]


class ClustersMember(_Closed, frozen=True):
    method: str
    reason: str
    items: str
    clusters: tuple[ClusterRow, ...]
    noise: tuple[NodeId, ...]
    related: dict[NodeId, tuple[tuple[NodeId, float], ...]]  # nearest by cosine; no graph edges
    schema: str = "docpack.clusters/1"


class SymbolRange(_Closed, frozen=True, gc=False):
    id: NodeId
    start_line: int
    end_line: int
    start_byte: int  # into the stored text
    end_byte: int


class SourceFile(_Closed, frozen=True):
    language: str
    sha256: str  # of the raw bytes; empty where they were not read
    text_sha256: str  # of the stored text; empty for skipped files
    size: int
    lines: int
    symbols: tuple[SymbolRange, ...]
    skipped: Skip | None = None


class SourceMapMember(_Closed, frozen=True):
    files: dict[str, SourceFile]
    schema: str = "docpack.source_map/1"


class EmbeddingsMember(_Closed, frozen=True):
    """Row i of ``embeddings.bin`` belongs to entry i of each list."""

    encoder_id: str
    model: str
    dimensions: int
    count: int
    ids: tuple[str, ...]
    text_sha256: tuple[str, ...]
    nodes: tuple[NodeId | None, ...]  # the symbol or module that the text is about
    kinds: tuple[str, ...]
    schema: str = "docpack.embeddings/1"


class ContextsMember(_Closed, frozen=True):
    contexts: tuple[SymbolContext, ...]
    schema: str = "docpack.symbol_contexts/1"


class Tool(_Closed, frozen=True):
    name: str
    version: str


class EncoderRow(_Closed, frozen=True):
    id: str
    model: str
    backend: str
    precision: str
    dimensions: int
    max_tokens: int
    fingerprint: str
    weights_sha256: str
    card_version: int
    instructions: dict[str, str]


class MemberRow(_Closed, frozen=True):
    sha256: str
    size: int


class SkippedFile(_Closed, frozen=True):
    path: str
    reason: Skip


class ClusteringRow(_Closed, frozen=True):
    method: str
    reason: str
    items: str
    clusters: int
    noise: int


class Counts(_Closed, frozen=True):
    """All of it can be recomputed from the other members, and `verify` does."""

    files: int
    skipped: int
    lines: int
    languages: dict[str, int]
    nodes: dict[str, int]
    edges: dict[str, int]
    confidence: dict[str, int]
    embeddings: int
    clusters: int
    contexts: int
    pages: int
    unresolved: dict[str, int]


class Manifest(_Closed, frozen=True):
    id: str
    repository: str
    commit: str
    tree_sha256: str
    tool: Tool
    extractor_id: str
    encoder_id: str | None
    encoder: EncoderRow | None
    prompt_versions: dict[str, str]
    options: dict[str, str]
    counts: Counts
    clustering: ClusteringRow
    skipped_files: tuple[SkippedFile, ...]
    issues: tuple[Issue, ...]
    issues_by_reason: dict[str, int]
    graph_sha256: str
    members: dict[str, MemberRow]
    schema: str = "docpack/1"
