"""The typed code graph: nodes, edges with confidence, and what could not be resolved."""

from enum import StrEnum

import msgspec

from docrunch.ids import NodeId


class NodeKind(StrEnum):
    REPOSITORY = "repository"
    PACKAGE = "package"
    MODULE = "module"  # one per inventoried file
    NAMESPACE = "namespace"
    CLASS = "class"
    INTERFACE = "interface"
    TRAIT = "trait"
    STRUCT = "struct"
    ENUM = "enum"
    FUNCTION = "function"
    METHOD = "method"
    CONSTRUCTOR = "constructor"
    PROPERTY = "property"
    CONSTANT = "constant"
    TYPE = "type"
    VARIABLE = "variable"
    MACRO = "macro"
    TABLE = "table"
    VIEW = "view"
    COLUMN = "column"
    KEY = "key"
    BLOCK = "block"
    TARGET = "target"
    EXTERNAL = "external"


class EdgeKind(StrEnum):
    CONTAINS = "contains"
    IMPORTS = "imports"
    EXPORTS = "exports"
    INHERITS = "inherits"
    IMPLEMENTS = "implements"
    CALLS = "calls"
    USES = "uses"
    OVERRIDES = "overrides"
    TESTS = "tests"


class Confidence(StrEnum):
    EXACT = "exact"  # the language's own rules leave one target
    INFERRED = "inferred"  # follows from types reasoned from syntax
    HEURISTIC = "heuristic"  # the only candidate of that name, or similar


class Node(msgspec.Struct, frozen=True, gc=False):
    """Positions are null for ``external`` and ``repository`` and ``package`` nodes (``line`` 0 in memory)."""

    id: NodeId
    kind: NodeKind
    name: str
    qualified_name: str
    path: str = ""
    line: int = 0  # 1-based line of the name; 1 for modules
    end_line: int = 0
    language: str = ""
    signature: str = ""
    doc: str = ""
    exported: bool = False
    ordinal: int = 0
    start_line: int = 0
    start_byte: int = 0
    end_byte: int = 0
    doc_line: int = 0
    doc_end_line: int = 0
    complexity: int = 0
    modifiers: tuple[str, ...] = ()  # those of the facts; decorators as written, with "@"
    symbol: int = -1  # index in the file's FileFacts.symbols; -1 for modules and above
    entry_point: bool = False
    cognitive: int = 0


class Edge(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Unique by (source, target, kind); ``lines`` are sorted and unique lines in the source's file."""

    source: NodeId
    target: NodeId
    kind: EdgeKind
    confidence: Confidence
    certainty: float  # 0–1, three digits
    count: int  # number of occurrences
    lines: tuple[int, ...]


class EntryPoint(msgspec.Struct, frozen=True, order=True):
    """Where something outside starts code of the repository: a program, a framework, a test runner."""

    place: NodeId  # the symbol or module in whose text it says so
    line: int
    kind: str  # main | command | script | route | test
    label: str  # "GET /users/{id}", the name of a command or test; "" for main
    framework: str  # "" where the text does not tell
    handler: NodeId  # what is started; the place itself where that has no name


class Marker(msgspec.Struct, frozen=True, order=True):
    """TODO, FIXME, HACK or XXX in a comment."""

    place: NodeId  # the innermost symbol around or below the comment, else the module
    line: int
    kind: str
    text: str  # what follows the word, at most 200 characters


class Candidates(msgspec.Struct, frozen=True):
    """An ambiguous reference: several targets, none chosen."""

    source: NodeId
    kind: EdgeKind
    line: int
    targets: tuple[tuple[NodeId, float], ...]


class Unresolved(msgspec.Struct, frozen=True):
    """References of one file that found no target, by reason (`no_candidate`, `dynamic_receiver`, `ambiguous`, …)."""

    path: str
    language: str
    reasons: dict[str, int]
    names: tuple[str, ...] = ()  # the last parts of those on receivers nobody knows: what they may mean; sorted


class Graph(msgspec.Struct, frozen=True):
    """A pure function of the facts. Nodes sorted by id, edges by (source, target, kind)."""

    repository: str
    commit: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    candidates: tuple[Candidates, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    entries: tuple[EntryPoint, ...] = ()  # sorted
    markers: tuple[Marker, ...] = ()  # sorted


class NodeMetrics(msgspec.Struct, frozen=True, gc=False):
    """Functions of the whole graph, kept apart from the facts. Floats at 6 significant digits."""

    pagerank: float = 0.0
    in_degree: int = 0
    out_degree: int = 0
    complexity: int = 0
    afferent: int = 0  # Ca: other modules that depend on this module (modules and packages only)
    efferent: int = 0  # Ce
    instability: float = 0.0  # Ce / (Ca + Ce), 0 where both are 0 (Martin 1994)
    community: int = -1  # Leiden community number, by size then smallest id; -1 outside the dependency graph
    cognitive: int = 0  # of a symbol its own; of a module the sum of its symbols


class GraphMetrics(msgspec.Struct, frozen=True):
    nodes: dict[NodeId, NodeMetrics]
    cycles: tuple[tuple[NodeId, ...], ...] = ()  # strongly connected modules (imports), each sorted, of size > 1
