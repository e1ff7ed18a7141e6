"""How one symbol leads to another."""

import msgspec
import numpy as np

from docrunch.graph.model import EdgeKind
from docrunch.graph.queries.faces import Face, Link, face, link
from docrunch.graph.queries.view import HEURISTIC, KIND_OF_EDGE, GraphView, Numbers

FOLLOWED = (
    EdgeKind.CALLS,
    EdgeKind.USES,
    EdgeKind.IMPORTS,
    EdgeKind.INHERITS,
    EdgeKind.IMPLEMENTS,
    EdgeKind.OVERRIDES,
)
_FOLLOWED = [KIND_OF_EDGE[kind] for kind in FOLLOWED]


class Path(msgspec.Struct, frozen=True):
    """``links`` is empty where source and target are one symbol; null where nothing leads there."""

    source: Face
    target: Face
    links: tuple[Link, ...] | None


def shortest_path(view: GraphView, sources: list[int], targets: list[int], *, heuristic: bool = False) -> Path:
    """The path with the fewest edges from what the sources hold to what the targets hold.

    Among those the most certain one, then the first by id.
    """
    ends = np.zeros(view.size, bool)
    ends[view.within(targets)] = True
    level = view.within(sources)
    came = np.full(view.size, -1, np.int64)  # the edge by which a node was reached
    doubt = np.full(view.size, np.inf)
    doubt[level] = 0.0
    seen = np.zeros(view.size, bool)
    seen[level] = True
    while len(level) and not ends[level].any():
        edges = view.all_from(level)
        edges = edges[np.isin(view.edge_kind[edges], _FOLLOWED)]
        if not heuristic:
            edges = edges[view.confidence[edges] != HEURISTIC]
        edges = edges[~seen[view.target[edges]]]
        cost = np.round(doubt[view.source[edges]] - np.log(np.maximum(view.certainty[edges], 1) / 1000), 9)
        order = np.lexsort((edges, cost, view.target[edges]))
        edges, cost = edges[order], cost[order]
        reached, first = np.unique(view.target[edges], return_index=True)
        came[reached], doubt[reached] = edges[first], cost[first]
        seen[reached] = True
        level = reached.astype(np.int64)
    hit = level[ends[level]] if len(level) else level
    if not len(hit):
        return Path(face(view, sources[0]), face(view, targets[0]), None)
    found = _trace(view, came, int(hit[np.lexsort((hit, doubt[hit]))[0]]))
    if not found:
        return Path(face(view, sources[0]), face(view, targets[0]), ())
    start, end = int(view.source[found[0]]), int(view.target[found[-1]])
    return Path(face(view, start), face(view, end), tuple(link(view, edge) for edge in found))


def _trace(view: GraphView, came: Numbers, node: int) -> list[int]:
    found: list[int] = []
    while came[node] >= 0:
        found.append(int(came[node]))
        node = int(view.source[found[-1]])
    return found[::-1]
