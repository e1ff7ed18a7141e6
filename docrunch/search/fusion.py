"""How much each signal counts, and how their scores become one ranking.

A weighted sum of scores that are each divided by their best (convex combination: Bruch, Gai, Ingber 2023), times
factors that do not depend on the query. All constants were tuned on the query sets of `benchmarks/retrieval` only.
"""

import heapq
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from docrunch.search.model import SearchMode
from docrunch.search.query import Query
from docrunch.search.signals.dense import dense
from docrunch.search.signals.exact import paths, symbols, traces
from docrunch.search.signals.graph import proximity, top
from docrunch.search.signals.keyword import keyword
from docrunch.search.signals.literal import literal
from docrunch.search.signals.priors import priors
from docrunch.search.signals.recency import recency
from docrunch.search.view import Scores, SearchView


class Weights(msgspec.Struct, frozen=True):
    """0 switches a signal off: it is not computed, and the others do not change.

    ``called``: of the signal ``symbol`` where the query is one name and nothing else, if that is more.
    """

    keyword: float = 1.0
    symbol: float = 0.0
    called: float = 2.0
    literal: float = 0.96
    path: float = 1.2
    trace: float = 1.2
    semantic: float = 0.4
    graph: float = 0.15
    recency: float = 0.02
    priors: bool = True


# Names count in the modes without meaning only: beside words, literal text and the graph they find nothing more, and a
# name that a text mentions is often not what it asks for. A query that is one name asks for what is called so.
NAMED = 0.25
OF_MODE: Mapping[SearchMode, Weights] = {
    SearchMode.HYBRID: Weights(),
    SearchMode.KEYWORD: Weights(symbol=NAMED, semantic=0.0, graph=0.0, recency=0.0),
    SearchMode.SEMANTIC: Weights(
        keyword=0.0, symbol=0.0, called=0.0, literal=0.0, path=0.0, trace=0.0, graph=0.0, recency=0.0
    ),
    SearchMode.GRAPH: Weights(symbol=NAMED, semantic=0.0, recency=0.0, graph=1.0),
}
LITERAL_AMONG = 60  # best documents, in whose files text is looked for letter by letter
GRAPH_ONLY = 0.05  # what the hits that a walk started from keep of their own score in mode `graph`

# Of several hits of one file each further one counts less, so that a class and its methods do not fill the page: the
# n-th hit of a file is worth SAME_FILE^n of its score, and NESTED of that where it holds or lies in an earlier one.
SAME_FILE = 0.96
NESTED = 0.9

SPREAD = 0.1  # of the scores of its other documents is added to the best one of a file, when files are ranked …
SPREAD_MOST = 0.5  # … at most so much of the best one

SPELLED_OUT = ("keyword", "symbol", "literal", "path", "trace")  # signals of what the query itself says


class Fused(NamedTuple):
    """``parts``: signal → what it adds to ``scores``, before the factors. ``closest``: the best cosine, where one was
    asked for; ``cosines``: those of the nearest documents."""

    scores: Scores
    parts: dict[str, Scores]
    closest: float | None = None
    cosines: Scores | None = None

    @property
    def spelled_out(self) -> Scores | None:
        """What each document has of the words, names and places of the query; None where none has any."""
        found = [self.parts[name] for name in SPELLED_OUT if name in self.parts]
        return np.sum(found, axis=0, dtype=np.float32) if found else None


def fuse(query: Query, view: SearchView, weights: Weights, mode: SearchMode, vector: Scores | None) -> Fused:
    """Scores of all documents."""
    parts: dict[str, Scores] = {}
    closest: float | None = None
    cosines: Scores | None = None

    def add(name: str, weight: float, scores: Scores) -> None:
        if scores.any():
            parts[name] = np.float32(weight) * scores

    if weights.keyword:
        add("keyword", weights.keyword, keyword(query, view))
    named = max(weights.symbol, weights.called) if query.is_name else weights.symbol
    if named and query.names:
        add("symbol", named, symbols(query, view))
    if weights.path and query.paths:
        add("path", weights.path, paths(query, view))
    if weights.trace and query.frames:
        add("trace", weights.trace, traces(query, view))
    if weights.semantic and vector is not None and view.vectors is not None:
        near = dense(vector, view)
        closest, cosines = near.closest, near.cosines
        add("semantic", weights.semantic, near.scores)
    factors = priors(query, view) if weights.priors else np.ones(view.size, np.float32)
    factors = factors * view.is_hit
    start = _sum(parts, view) * factors
    if weights.literal:
        add("literal", weights.literal, literal(query, view, top(start, LITERAL_AMONG)))
        start = _sum(parts, view) * factors
    if weights.graph:
        if mode is SearchMode.GRAPH:
            parts = {name: np.float32(GRAPH_ONLY) * scores for name, scores in parts.items()}
            add("graph", weights.graph, proximity(start, view))
        elif (doubt := 1.0 - _placed(parts, weights)) > 0:
            add("graph", doubt * weights.graph, proximity(start, view))
    total = _sum(parts, view)
    if weights.recency and total.any():
        changed = recency(view)
        add("recency", weights.recency, np.where(total > 0, changed, np.float32(0)))
        total = _sum(parts, view)
    return Fused(np.round(total * factors, 6), parts, closest, cosines)


def _placed(parts: Mapping[str, Scores], weights: Weights) -> float:
    """0–1: how surely the query says itself where to look: what is near that place is less likely meant."""
    share = {"literal": weights.literal, "path": weights.path, "trace": weights.trace}
    return min(1.0, max((float(parts[name].max()) / share[name] for name in share if name in parts), default=0.0))


def _sum(parts: Mapping[str, Scores], view: SearchView) -> Scores:
    found = view.nothing()
    for scores in parts.values():
        found += scores
    return found


def by_file(fused: Fused, view: SearchView) -> Fused:
    """Scores of files: that of the best document in each, and a little of the others."""
    best = view.nothing()
    np.maximum.at(best, view.file_of, fused.scores)
    total = np.bincount(view.file_of, fused.scores, view.size).astype(np.float32)
    scores = best + np.minimum(np.float32(SPREAD) * (total - best), np.float32(SPREAD_MOST) * best)
    parts = {name: max_by_file(each, view) for name, each in fused.parts.items()}
    cosines = max_by_file(fused.cosines, view) if fused.cosines is not None else None
    return Fused(np.round(scores, 6), parts, fused.closest, cosines)


def max_by_file(scores: Scores, view: SearchView) -> Scores:
    found = view.nothing()
    np.maximum.at(found, view.file_of, scores)
    return found


def spread_out(scores: Scores, view: SearchView, limit: int, allowed: npt.NDArray[np.bool_]) -> list[tuple[int, float]]:
    """The best documents and their scores, each one less the more of its file stand above it; ties by path and line,
    in the order of which documents are numbered."""
    ranked = top(np.where(allowed, scores, np.float32(0)), max(4 * limit, 100))
    queue = [(-float(scores[number]), int(number)) for number in ranked]
    heapq.heapify(queue)
    of_file: dict[int, int] = {}
    shown: set[int] = set()
    around: set[int] = set()  # what the shown ones lie in
    found: list[tuple[int, float]] = []
    while queue and len(found) < limit:
        was, number = heapq.heappop(queue)
        now = -float(scores[number]) * _discount(view, number, of_file, shown, around)
        if now > was + 1e-9:  # others of its file came first since: it goes back in line
            heapq.heappush(queue, (now, number))
            continue
        found.append((number, -now))
        shown.add(number)
        around.add(int(view.parent[number]))
        file = int(view.file_of[number])
        of_file[file] = of_file.get(file, 0) + 1
    return found


def _discount(view: SearchView, number: int, of_file: Mapping[int, int], shown: set[int], around: set[int]) -> float:
    made = SAME_FILE ** of_file.get(int(view.file_of[number]), 0)
    parent = int(view.parent[number])
    nested = parent in shown or number in around
    return float(made * NESTED) if nested else float(made)
