"""Call graphs of whole-program analyses: what they reach against our edges, and what overrides the edges' targets."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from benchmarks.accuracy.facts import GraphCall, OurGraph, Place
from benchmarks.accuracy.scores import GraphScore


def graphs(ours: OurGraph, theirs: Mapping[str, Sequence[GraphCall]]) -> dict[str, GraphScore]:
    """By the name of the analysis."""
    below = _below(ours)
    edges: dict[tuple[str, int], set[Place]] = defaultdict(set)
    for call in ours.calls:
        edges[call.path, call.line].add(call.target)
    for place, target in ours.outside:
        edges[place.path, place.line].add(target)
    return {
        name: _score([row for row in rows if row.path not in ours.skipped], edges, below)
        for name, rows in theirs.items()
    }


def _score(
    rows: Sequence[GraphCall], edges: Mapping[tuple[str, int], set[Place]], below: Mapping[Place, frozenset[Place]]
) -> GraphScore:
    counts = {"static": [0, 0], "interface": [0, 0], "value": [0, 0]}
    reached: dict[tuple[str, int], set[Place]] = defaultdict(set)
    for row in rows:
        at = (row.path, row.line)
        targets = edges.get(at, set())
        found = row.callee in targets or any(row.callee in below.get(target, ()) for target in targets)
        counts[row.through][0] += 1
        counts[row.through][1] += found
        if row.through == "interface":
            reached[at].add(row.callee)
    offered = confirmed = 0
    for at, callees in reached.items():
        for target in edges.get(at, ()):
            run = below.get(target, frozenset())
            if run & callees:  # another call of the line may dispatch, not this one
                offered += len(run)
                confirmed += len(run & callees)
    return GraphScore(*counts["static"], *counts["interface"], *counts["value"], offered, confirmed)


def _below(ours: OurGraph) -> dict[Place, frozenset[Place]]:
    """A method → all that override or implement it, however far down."""
    direct: dict[Place, set[Place]] = defaultdict(set)
    for method, above in ours.overridden:
        direct[above].add(method)
    found: dict[Place, frozenset[Place]] = {}
    for above in direct:
        seen: set[Place] = set()
        left = [above]
        while left:
            new = direct.get(left.pop(), set()) - seen
            seen |= new
            left += new
        found[above] = frozenset(seen)
    return found
