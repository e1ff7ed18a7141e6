"""Proximity in the code graph: what the best hits call, contain, inherit from, and what does so to them.

Personalised PageRank (Haveliwala 2002) by a few power steps from the best hits of the other signals.
"""

import numpy as np
import numpy.typing as npt

from docrunch.search.view import Numbers, Scores, SearchView

SEEDS = 24  # best hits from which the walk starts
STEPS = 3  # further than that everything is related to everything
ONWARD = 0.6  # of the score that goes on with each step


def proximity(start: Scores, view: SearchView) -> Scores:
    """Args: ``start``: scores of the other signals. Only what arrives by an edge counts, not the start itself."""
    seeds = top(start, SEEDS)
    found = view.nothing()
    if not len(seeds) or not len(view.edges.target):
        return found
    reached = np.zeros(view.size, np.float64)
    places, scores = seeds, start[seeds].astype(np.float64) ** 2  # the surest hit leads
    scores /= scores.sum()
    for _ in range(STEPS):
        places, scores = _onward(places, ONWARD * scores, view)
        reached[places] += scores
    best = reached.max()
    return (reached / best).astype(np.float32) if best > 0 else found


def _onward(
    places: Numbers, scores: npt.NDArray[np.float64], view: SearchView
) -> tuple[Numbers, npt.NDArray[np.float64]]:
    """What arrives where, one edge further; only the edges of these places are looked at."""
    first = view.edges.starts[places]
    counts = view.edges.starts[places + 1] - first
    edges = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
    carried = np.repeat(scores, counts) * view.edges.weight[edges]
    targets, slot = np.unique(view.edges.target[edges], return_inverse=True)
    return targets, np.bincount(slot, carried, len(targets)).astype(np.float64)


def top(scores: Scores, count: int) -> Numbers:
    """Numbers of the best documents with a score, best first, equal ones by number."""
    wanted = np.flatnonzero(scores > 0)
    order = np.lexsort((wanted, -scores[wanted]))
    return wanted[order[:count]].astype(np.int32)
