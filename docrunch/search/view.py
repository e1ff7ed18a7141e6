"""One scan, ready to be searched: documents in arrays, the graph between them, vectors, texts, what is known of files.

Documents keep the numbers that the index gave them. A view is immutable and holds nothing of another scan, so that one
search sees one version, whatever is published meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from docrunch.embedding.model import Vectors
from docrunch.graph.model import EdgeKind, Graph, NodeKind
from docrunch.graph.testing import is_test_file
from docrunch.search.abbreviations import Names
from docrunch.search.index import SearchIndex
from docrunch.search.model import DocumentKind, SearchDocument
from docrunch.search.origin import is_foreign

Scores = npt.NDArray[np.float32]  # one for each document, ≥ 0
Numbers = npt.NDArray[np.int32]

# How much an edge says that its ends are about the same thing. Tests lead to what they test by calls as well.
EDGE_WEIGHT: Mapping[EdgeKind, float] = {
    EdgeKind.CALLS: 1.0,
    EdgeKind.INHERITS: 0.8,
    EdgeKind.IMPLEMENTS: 0.8,
    EdgeKind.OVERRIDES: 0.6,
    EdgeKind.USES: 0.5,
    EdgeKind.CONTAINS: 0.5,
    EdgeKind.TESTS: 0.4,
    EdgeKind.IMPORTS: 0.3,
}
DOCUMENT_BYTES = 1_500  # of an index, by document: measured 30 MB for 20,000 symbols
NODE_KINDS = tuple(str(kind) for kind in NodeKind)
_NODE_KIND = {kind: number for number, kind in enumerate(NODE_KINDS)}
FRIENDS = 64  # neighbours beyond which a document passes less to each: what everything calls says little


class Churned(NamedTuple):
    commits: int
    days: int  # since the last change, counted from the newest one of the repository


class SearchView:
    """Documents keep their numbers; those of one file follow each other by line. Args:

    graph: None where it is missing: then nothing is near to anything, and nothing is popular.
    text: the stored, redacted text of a file; raises a DocrunchError for one that is not kept.
    vectors: ``(m, d)`` float32 of norm 1; None without embeddings.
    rows: the document that each vector speaks of, -1 for none (`SearchIndex.of_rows`).
    churn: by path.
    """

    def __init__(
        self,
        index: SearchIndex,
        graph: Graph | None,
        text: Callable[[str], bytes],
        vectors: Vectors | None = None,
        rows: Numbers | None = None,
        churn: Mapping[str, Churned] | None = None,
        *,
        repository: str = "",
        commit: str = "",
        encoder_id: str = "",
    ) -> None:
        self.index, self.text, self.encoder_id = index, text, encoder_id
        self.documents = index.documents
        self.size = len(self.documents)
        self.churn = churn or {}
        self.repository = repository or (graph.repository if graph else "")
        self.commit = commit or (graph.commit if graph else "")
        self.kinds = index.kinds
        self.is_hit = ~index.of_kinds([DocumentKind.WINDOW])
        columns = _columns(self.documents)
        self.speaks_for, self.file_of, self.node_kinds = columns.owner, columns.file, columns.node_kind
        self.parent = np.full(self.size, -1, np.int32)
        self.popularity: Scores = self.nothing()
        self.exported = np.zeros(self.size, bool)
        self.edges = _edges([], self.size)
        if graph is not None:
            self._connect(graph, columns)
        languages = {node.path: node.language for node in graph.nodes if node.kind is NodeKind.MODULE} if graph else {}
        self.paths = columns.paths
        self.names = columns.names
        self.is_test = self.by_path(lambda path: is_test_file(path, languages.get(path, "")))
        self.is_foreign = self.by_path(is_foreign)
        self.vectors, self.vector_document = _about(vectors, rows)

    @property
    def nbytes(self) -> int:
        """Roughly, with the index."""
        arrays = (*self.edges, self.speaks_for, self.parent, self.popularity, self.vector_document)
        vectors = self.vectors.nbytes if self.vectors is not None else 0
        return sum(each.nbytes for each in arrays) + vectors + DOCUMENT_BYTES * self.size

    def with_churn(self, churn: Mapping[str, Churned]) -> "SearchView":
        """The same, knowing what changed lately; it shares everything else."""
        found = copy(self)
        found.churn = churn
        return found

    def of_kind(self, kind: DocumentKind) -> npt.NDArray[np.bool_]:
        return self.index.of_kinds([kind])

    def nothing(self) -> Scores:
        return np.zeros(self.size, np.float32)

    def by_path(self, holds: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
        """Which documents are in files for whose path something holds."""
        found = np.array([holds(path) for path in self.paths.names] or [False], bool)
        return found[self.paths.number]

    def _connect(self, graph: Graph, columns: "_Columns") -> None:
        place_of = {node.id: columns.number[node.path] for node in graph.nodes
                    if node.kind is NodeKind.MODULE and node.path in columns.number}  # fmt: skip
        place_of |= {node.id: columns.number[node.id] for node in graph.nodes if node.id in columns.number}
        for node in graph.nodes:
            if node.exported and node.id in place_of:
                self.exported[place_of[node.id]] = True
        rows: list[tuple[int, int, float]] = []
        used = np.zeros(self.size, np.float64)
        for edge in graph.edges:
            source, target = place_of.get(edge.source), place_of.get(edge.target)
            weight = EDGE_WEIGHT.get(edge.kind)
            if source is None or target is None or weight is None or source == target:
                continue
            rows.append((source, target, weight * edge.certainty))
            if edge.kind is EdgeKind.CONTAINS:
                self.parent[target] = source
            elif edge.kind is not EdgeKind.TESTS:
                used[target] += weight
        popular = np.log1p(used)
        self.popularity = (popular / max(float(popular.max(initial=0.0)), 1.0)).astype(np.float32)
        self.edges = _edges(rows, self.size)


class Edges(NamedTuple):
    """Both directions, by source: those of a document are ``starts[document]`` to ``starts[document + 1]``.

    ``weight`` is what part of its score a document hands to the target.
    """

    starts: npt.NDArray[np.int64]
    target: Numbers
    weight: Scores


class Paths(NamedTuple):
    """The distinct paths, and which of them each document has."""

    names: Sequence[str]
    number: Numbers


class _Columns(NamedTuple):
    number: dict[str, int]  # of symbols, sections and files by id
    owner: Numbers  # the document that is shown for each
    file: Numbers  # that of its file; itself where there is none
    node_kind: npt.NDArray[np.int8]  # number in `NODE_KINDS`, -1 for what is no symbol
    paths: Paths
    names: Names  # of symbols


def _columns(documents: Sequence[SearchDocument]) -> _Columns:
    number: dict[str, int] = {}
    path_number: dict[str, int] = {}
    windows: list[tuple[int, str, str]] = []
    names: set[str] = set()
    path_of = np.zeros(len(documents), np.int32)
    kind_of = np.full(len(documents), -1, np.int8)
    file = np.arange(len(documents), dtype=np.int32)
    owner = np.arange(len(documents), dtype=np.int32)
    files: dict[str, int] = {}
    for place, each in enumerate(documents):
        path_of[place] = path_number.setdefault(each.path, len(path_number))
        kind_of[place] = _NODE_KIND.get(each.node_kind, -1)
        if each.kind is DocumentKind.WINDOW:
            windows.append((place, each.symbol, each.path))
            continue
        number[each.id] = place
        if each.kind is DocumentKind.SYMBOL:
            names.add(each.name)
        if each.kind is DocumentKind.FILE:
            files[each.path] = place
    known_paths = list(path_number)
    of_path = np.array([files.get(path, -1) for path in known_paths], np.int32)
    if len(known_paths):
        file = np.where(of_path[path_of] >= 0, of_path[path_of], file).astype(np.int32)
    for place, symbol, path in windows:
        owner[place] = number.get(symbol, files.get(path, place))
    return _Columns(number, owner, file, kind_of, Paths(known_paths, path_of), Names(names))


def _edges(rows: Sequence[tuple[int, int, float]], size: int) -> Edges:
    source = np.array([row[0] for row in rows], np.int32)
    target = np.array([row[1] for row in rows], np.int32)
    weight = np.array([row[2] for row in rows], np.float64)
    both_from, both_to = np.concatenate([source, target]), np.concatenate([target, source])
    doubled = np.concatenate([weight, weight])
    degree = np.bincount(both_from, doubled, size)
    crowd = np.maximum(np.bincount(both_to, minlength=size) / FRIENDS, 1.0)
    share = doubled / np.maximum(degree, 1.0)[both_from] / crowd[both_to]
    order = np.lexsort((both_to, both_from))
    starts = np.searchsorted(both_from[order], np.arange(size + 1))
    return Edges(starts, both_to[order], share[order].astype(np.float32))


def _about(vectors: Vectors | None, rows: Numbers | None) -> tuple[Vectors | None, Numbers]:
    """Vectors that speak of a document, and of which."""
    if vectors is None or rows is None or not len(vectors):
        return None, np.zeros(0, np.int32)
    if len(vectors) != len(rows):
        raise ValueError(f"{len(rows)} places for {len(vectors)} vectors")
    kept = rows >= 0
    chosen = vectors if kept.all() else vectors[kept]
    return np.ascontiguousarray(chosen, np.float32), rows[kept].astype(np.int32)
