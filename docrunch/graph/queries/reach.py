"""How far a change reaches: reverse reachability, less certain with each step.

A step along an edge passes on `WEIGHTS` × the certainty of the edge, every step after the first × `DECAY`; a symbol has
the strongest of its paths. An import carries a change one step only: it is what the importing file calls and uses that
carries it further. A method that overrides another is reached by the callers of that one (`DISPATCH`), unless that is
an outside one: what calls any ``io.Writer`` says little of this one. What is declared inside of a function carries a
change to that function. Whoever calls a type runs its constructor.
"""

import msgspec
import numpy as np
import numpy.typing as npt

from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.view import HEURISTIC, KIND_OF_EDGE, KIND_OF_NODE, GraphView, Numbers

DECAY = 0.8  # per step: a caller's caller is hit less often than a caller
MIN_IMPACT = 0.05  # below this a hit is noise
MAX_DEPTH = 6
WEIGHTS = {
    EdgeKind.CALLS: 1.0,
    EdgeKind.INHERITS: 1.0,
    EdgeKind.IMPLEMENTS: 1.0,
    EdgeKind.OVERRIDES: 1.0,
    EdgeKind.EXPORTS: 1.0,
    EdgeKind.USES: 0.9,
    EdgeKind.TESTS: 1.0,
    EdgeKind.IMPORTS: 0.5,
}
ENCLOSED = 0.9  # what a callable encloses runs as part of it, or is handed on by it
DISPATCH = 0.5  # a call of the overridden method may run this one, or another
_WEIGHTS = np.array([WEIGHTS.get(kind, 0.0) for kind in KIND_OF_EDGE])
_CONSTRUCTOR, _EXTERNAL = KIND_OF_NODE[NodeKind.CONSTRUCTOR], KIND_OF_NODE[NodeKind.EXTERNAL]
_CALLS, _IMPORTS = KIND_OF_EDGE[EdgeKind.CALLS], KIND_OF_EDGE[EdgeKind.IMPORTS]
_OVERRIDES, _CONTAINS = KIND_OF_EDGE[EdgeKind.OVERRIDES], KIND_OF_EDGE[EdgeKind.CONTAINS]

Floats = npt.NDArray[np.float64]


class Reach(msgspec.Struct, frozen=True):
    """Arrays by node; what was not reached has strength 0 and depth -1, the start strength 1 and depth 0."""

    start: Numbers
    strength: Floats
    depth: npt.NDArray[np.int32]  # the fewest steps
    through: Numbers  # the edge of the strongest path that leads here, -1 at the start
    skipped: int  # heuristic edges that were met and not followed


def reach(view: GraphView, start: Numbers, *, max_depth: int = MAX_DEPTH, heuristic: bool = False) -> Reach:
    """From these symbols, against the edges. `GraphView.within` gives what is inside of some."""
    found = Reach(
        start,
        np.zeros(view.size),
        np.full(view.size, -1, np.int32),
        np.full(view.size, -1, np.int64),
        0,
    )
    found.strength[start], found.depth[start] = 1.0, 0
    carried = found.strength.copy()  # without what came by an import last
    level, skipped = start, np.zeros(0, np.int64)
    for step in range(1, max_depth + 1):
        edges, sources, targets, weights = _steps(view, level)
        if not heuristic:
            guessed = view.confidence[edges] == HEURISTIC
            skipped = np.union1d(skipped, edges[guessed])
            edges, sources, targets, weights = (each[~guessed] for each in (edges, sources, targets, weights))
        passed = np.round(carried[targets] * weights * (DECAY if step > 1 else 1.0), 6)
        imports = view.edge_kind[edges] == _IMPORTS
        _best(found, edges, sources, passed, step)
        level = _carry(carried, sources[~imports], passed[~imports])
        if not len(level):
            break
    return msgspec.structs.replace(found, skipped=len(skipped))


def _steps(view: GraphView, level: Numbers) -> tuple[Numbers, Numbers, Numbers, Floats]:
    """Edges, where the change goes, where it comes from, and how much of it passes."""
    backwards = view.all_to(level)
    made, constructors = _instantiations(view, level)
    forwards = view.all_from(level)
    forwards = forwards[view.edge_kind[forwards] == _OVERRIDES]
    forwards = forwards[view.kind[view.target[forwards]] != _EXTERNAL]
    edges = np.concatenate((backwards, made, forwards))
    weights = np.concatenate((_backwards(view, backwards), _WEIGHTS[view.edge_kind[made]],
                              np.full(len(forwards), DISPATCH)))  # fmt: skip
    kept = weights > 0
    sources = np.concatenate((view.source[backwards], view.source[made], view.target[forwards])).astype(np.int64)
    targets = np.concatenate((view.target[backwards], constructors, view.source[forwards])).astype(np.int64)
    return edges[kept], sources[kept], targets[kept], (weights * view.certainty[edges] / 1000)[kept]


def _backwards(view: GraphView, edges: Numbers) -> Floats:
    """What passes on to the sources of these edges."""
    encloses = (view.edge_kind[edges] == _CONTAINS) & view.in_callables[view.source[edges]]
    return np.where(encloses, ENCLOSED, _WEIGHTS[view.edge_kind[edges]])


def _instantiations(view: GraphView, level: Numbers) -> tuple[Numbers, Numbers]:
    """Calls of the types of these constructors, and the constructor that each runs."""
    constructors = level[view.kind[level] == _CONSTRUCTOR]
    calls = [view.all_to(view.arrays["parent"][[each]].astype(np.int64)) for each in constructors]
    calls = [edges[view.edge_kind[edges] == _CALLS] for edges in calls]
    runs = np.repeat(constructors, [len(edges) for edges in calls])
    return np.concatenate([np.zeros(0, np.int64), *calls]), runs


def _best(found: Reach, edges: Numbers, sources: Numbers, passed: Floats, step: int) -> None:
    """Keep the strongest step to each node, the first by edge among equal ones."""
    strong = passed >= MIN_IMPACT
    edges, sources, passed = edges[strong], sources[strong], passed[strong]
    order = np.lexsort((edges, -passed, sources))
    nodes, first = np.unique(sources[order], return_index=True)
    best, via = passed[order][first], edges[order][first]
    better = best > found.strength[nodes]
    nodes, best, via = nodes[better], best[better], via[better]
    new = nodes[found.depth[nodes] < 0]
    found.depth[new] = step
    found.strength[nodes], found.through[nodes] = best, via


def _carry(carried: Floats, sources: Numbers, passed: Floats) -> Numbers:
    """Raise what these nodes pass on; returns those that pass on more than before."""
    before = carried[sources]
    better = (passed >= MIN_IMPACT) & (passed > before)
    np.maximum.at(carried, sources[better], passed[better])
    return np.unique(sources[better])
