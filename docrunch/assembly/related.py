"""Similar symbols and similar files by cosine. Never edges of the graph: nothing here is known from the code."""

from collections.abc import Mapping, Sequence

import numpy as np

from docrunch.assembly.node_vectors import NodeVectors
from docrunch.embedding.quantise import SCALE, rounded_cosines, squares
from docrunch.graph.model import GraphMetrics
from docrunch.ids import NodeId

NEAREST = 5
MIN_COSINE = 0.5
MAX_ITEMS = 20_000  # a quadratic step: 3 s on one core
_MARGIN = 0.999  # below the threshold, so that rounding cannot hide a pair from the exact comparison
_BLOCK = 512  # rows compared with all others at a time

Related = dict[NodeId, tuple[tuple[NodeId, float], ...]]


def related(vectors: NodeVectors) -> Related:
    """Per node at most `NEAREST` others with cosine ≥ `MIN_COSINE`, nearest first, ties by id.

    Nodes without any are absent. Cosines are those of `docrunch.embedding.quantise.cosines`, computed for pairs whose
    exact product lets them be near enough.
    """
    rows = vectors.rows.astype(np.float32)
    lengths = np.sqrt(squares(vectors.rows).astype(np.float64))
    lengths[lengths == 0] = SCALE  # product 0: near to nothing
    found: Related = {}
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK] @ rows.T  # exact integers
        near = block >= _MARGIN * MIN_COSINE * float(lengths.min()) ** 2
        for offset in range(len(block)):
            this = start + offset
            places = np.flatnonzero(near[offset])
            exact = rounded_cosines(block[offset, places], lengths[this] * lengths[places])
            kept = (exact >= MIN_COSINE) & (places != this)
            places, exact = places[kept], exact[kept]
            best = np.argsort(-exact, kind="stable")[:NEAREST]
            if len(best):
                found[vectors.ids[this]] = tuple((vectors.ids[places[b]], float(exact[b])) for b in best.tolist())
    return found


def most_central(vectors: NodeVectors, metrics: GraphMetrics, limit: int = MAX_ITEMS) -> NodeVectors:
    """The vectors of the ``limit`` nodes of highest PageRank (ties by id), all where there are no more."""
    if len(vectors.ids) <= limit:
        return vectors
    return vectors.only(_by_rank(vectors.ids, {id_: m.pagerank for id_, m in metrics.nodes.items()})[:limit])


def _by_rank(ids: Sequence[NodeId], rank: Mapping[NodeId, float]) -> list[NodeId]:
    return sorted(ids, key=lambda id_: (-rank.get(id_, 0.0), id_))
