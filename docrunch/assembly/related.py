"""Similar symbols and similar files by cosine. Never edges of the graph: nothing here is known from the code."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

from docrunch.assembly.nearest import Nearest, nearest_of
from docrunch.assembly.node_vectors import NodeVectors
from docrunch.graph.model import GraphMetrics
from docrunch.ids import NodeId

MAX_ITEMS = 20_000  # a quadratic step: 3 s on one core
KEPT = 4  # comparisons (symbols and files of two repositories), at most 5 MB each

Related = dict[NodeId, tuple[tuple[NodeId, float], ...]]


def related(vectors: NodeVectors, before: Nearest | None = None) -> tuple[Related, Nearest]:
    """Per node at most 5 others with cosine ≥ 0.5, nearest first, ties by id; nodes without any are absent.

    Args:
        before: what an earlier call returned, for any vectors: what has not changed since is not compared again.
    """
    made = nearest_of(vectors, before)
    ids = made.ids
    found: Related = {}
    rows = zip(made.places.tolist(), made.cosines.tolist(), made.counts.tolist(), strict=True)
    for this, (places, scores, count) in enumerate(rows):
        if count:
            found[ids[this]] = tuple(zip(map(ids.__getitem__, places[:count]), scores[:count], strict=True))
    return found, made


class Comparisons:
    """The last comparisons by name, so that the next of that name compares only what changed. Results stay equal."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, Nearest] = OrderedDict()
        self._lock = Lock()  # assemblies of two repositories run in two threads

    def related(self, name: str, vectors: NodeVectors) -> Related:
        found, made = related(vectors, self._last.get(name))
        with self._lock:
            self._last[name] = made
            self._last.move_to_end(name)
            while len(self._last) > KEPT:
                self._last.popitem(last=False)
        return found


def most_central(vectors: NodeVectors, metrics: GraphMetrics, limit: int = MAX_ITEMS) -> NodeVectors:
    """The vectors of the ``limit`` nodes of highest PageRank (ties by id), all where there are no more."""
    if len(vectors.ids) <= limit:
        return vectors
    return vectors.only(_by_rank(vectors.ids, {id_: m.pagerank for id_, m in metrics.nodes.items()})[:limit])


def _by_rank(ids: Sequence[NodeId], rank: Mapping[NodeId, float]) -> list[NodeId]:
    return sorted(ids, key=lambda id_: (-rank.get(id_, 0.0), id_))
