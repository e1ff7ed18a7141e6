"""How risky a change is: a sum of points whose parts are shown.

| part | points |
|---|---|
| dependents | 6 × log2(1 + direct dependents outside tests), at most 30 |
| modules | 5 × log2(1 + affected files outside tests), at most 25 |
| exported | 15 where something changed is exported API |
| entry points | 5 for each one reached (routes, commands, programs), at most 15 |
| untested | 15 × the share of changed symbols that no test reaches |

`high` from 60 points, `medium` from 30, else `low`.
"""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.entrypoints import EntryFace
from docrunch.graph.queries.reach import Reach
from docrunch.graph.queries.view import EXPORTED, HEURISTIC, KIND_OF_EDGE, KIND_OF_NODE, TEST, GraphView, Numbers

LEVELS = ("low", "medium", "high")
HIGH, MEDIUM = 60, 30
_CALLABLE = [KIND_OF_NODE[kind] for kind in (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CONSTRUCTOR)]
_LEADING = [KIND_OF_EDGE[kind] for kind in (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.TESTS, EdgeKind.INHERITS)]


class Risk(msgspec.Struct, frozen=True):
    level: str  # low | medium | high
    score: int  # 0–100
    points: dict[str, float]  # part → its points; they sum to the score before rounding
    dependents: int  # direct ones, tests aside
    modules: int  # affected files, tests aside
    exported: int  # changed symbols that are exported
    entry_points: int
    untested: int  # changed functions that no test reaches
    changed: int  # symbols, with what is in them
    depth: int  # steps to the farthest hit
    heuristic_skipped: int  # guessed edges that were not followed


def risk(view: GraphView, found: Reach, entries: Sequence[EntryFace], *, heuristic: bool) -> Risk:
    product = (view.flags & TEST) == 0
    start = found.start[product[found.start]]
    hits = np.flatnonzero((found.depth > 0) & product)
    dependents = int((found.depth[hits] == 1).sum())
    modules = len(np.unique(view.path_of[hits]))
    exported = int(((view.flags[start] & EXPORTED) > 0).sum())
    functions = start[np.isin(view.kind[start], _CALLABLE)]
    untested = _untested(view, functions, found, heuristic)
    reached = len({(entry.kind, entry.label, entry.place.id, entry.line) for entry in entries})
    points = {
        "dependents": min(30.0, 6 * math.log2(1 + dependents)),
        "modules": min(25.0, 5 * math.log2(1 + modules)),
        "exported": 15.0 if exported else 0.0,
        "entry_points": min(15.0, 5.0 * reached),
        "untested": 15.0 * untested / len(functions) if len(functions) else 0.0,
    }
    score = round(math.fsum(points.values()))
    return Risk(
        level="high" if score >= HIGH else "medium" if score >= MEDIUM else "low",
        score=score,
        points={name: round(value, 1) for name, value in points.items()},
        dependents=dependents,
        modules=modules,
        exported=exported,
        entry_points=reached,
        untested=untested,
        changed=len(found.start),
        depth=max(0, int(found.depth.max(initial=0))),
        heuristic_skipped=found.skipped,
    )


def _untested(view: GraphView, functions: Numbers, found: Reach, heuristic: bool) -> int:
    """How many of these functions no test leads to, within what was reached."""
    unseen = found.depth >= 0
    level = np.flatnonzero(unseen & ((view.flags & TEST) > 0))
    unseen[level] = False
    while len(level):
        edges = view.all_from(level)
        edges = edges[np.isin(view.edge_kind[edges], _LEADING)]
        if not heuristic:
            edges = edges[view.confidence[edges] != HEURISTIC]
        reached = np.unique(view.target[edges]).astype(np.int64)
        level = reached[unseen[reached]]
        unseen[level] = False
    return int(unseen[functions].sum())
