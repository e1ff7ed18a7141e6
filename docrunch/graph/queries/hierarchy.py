"""Who calls what, and who calls those."""

import msgspec
import numpy as np

from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.faces import Face, Link, face, link
from docrunch.graph.queries.view import HEURISTIC, KIND_OF_EDGE, KIND_OF_NODE, GraphView, Numbers

_CALLS = KIND_OF_EDGE[EdgeKind.CALLS]
_CONSTRUCTOR = KIND_OF_NODE[NodeKind.CONSTRUCTOR]
TYPES = frozenset(
    {NodeKind.CLASS, NodeKind.INTERFACE, NodeKind.TRAIT, NodeKind.STRUCT, NodeKind.ENUM, NodeKind.NAMESPACE}
)


class Step(msgspec.Struct, frozen=True):
    depth: int  # 1: direct
    link: Link


class Calls(msgspec.Struct, frozen=True):
    """Calls by depth, most certain first; ``total`` counts those beyond the limit too."""

    symbols: tuple[Face, ...]
    calls: tuple[Step, ...]
    total: int


def callers(view: GraphView, nodes: list[int], *, depth: int = 1, heuristic: bool = True, limit: int = 0) -> Calls:
    """Calls of these symbols. Of a type: of the type and its constructors; of a constructor: of its type as well, and
    of types that inherit it; of a module: of everything in it."""
    return _spread(view, nodes, _inside(view, nodes), depth, heuristic, limit, incoming=True)


def callees(view: GraphView, nodes: list[int], *, depth: int = 1, heuristic: bool = True, limit: int = 0) -> Calls:
    """Calls that these symbols and what is in them make."""
    return _spread(view, nodes, view.within(nodes), depth, heuristic, limit, incoming=False)


def _inside(view: GraphView, nodes: list[int]) -> Numbers:
    found = dict.fromkeys(nodes)
    for node in nodes:
        kind = view.node_kind(node)
        if kind in (NodeKind.MODULE, NodeKind.PACKAGE):
            found.update(dict.fromkeys(view.within([node]).tolist()))
        elif kind in TYPES:
            made = (child for child in view.children(node) if view.node_kind(child) is NodeKind.CONSTRUCTOR)
            found.update(dict.fromkeys(made))
    return np.array(sorted(found), np.int64)


def _with_types(view: GraphView, level: Numbers, asked: Numbers) -> Numbers:
    """Whoever calls a type runs its constructor. Of a type that is ``asked`` for itself, no call of another is one."""
    constructors = level[view.kind[level] == _CONSTRUCTOR]
    alone = constructors[~np.isin(view.arrays["parent"][constructors], asked)]
    return np.union1d(level, view.made_by(alone)[0]).astype(np.int64)


def _spread(
    view: GraphView, nodes: list[int], level: Numbers, depth: int, heuristic: bool, limit: int, *, incoming: bool
) -> Calls:
    seen = np.zeros(view.size, bool)
    steps: list[tuple[int, int]] = []
    ends = view.source if incoming else view.target
    for step in range(1, depth + 1):
        level = _with_types(view, level, level if step == 1 else level[:0]) if incoming else level
        seen[level] = True
        edges = view.all_to(level) if incoming else view.all_from(level)
        edges = edges[view.edge_kind[edges] == _CALLS]
        if not heuristic:
            edges = edges[view.confidence[edges] != HEURISTIC]
        order = np.lexsort((edges, -view.certainty[edges]))
        steps += [(step, int(edge)) for edge in edges[order]]
        reached = np.unique(ends[edges]).astype(np.int64)
        level = reached[~seen[reached]]
        if not len(level):
            break
    shown = steps[:limit] if limit else steps
    return Calls(
        tuple(face(view, node) for node in nodes),
        tuple(Step(number, link(view, edge)) for number, edge in shown),
        len(steps),
    )
