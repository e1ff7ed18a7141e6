"""Proximity in the code graph: what the best hits call, contain, inherit from, and what does so to them.

Personalised PageRank (Haveliwala 2002) by a few power steps from the best hits of the other signals.
"""

import numpy as np

from docrunch.search.view import Numbers, Scores, SearchView

SEEDS = 12  # best hits from which the walk starts
STEPS = 3  # further than that everything is related to everything
ONWARD = 0.6  # of the score that goes on with each step


def proximity(start: Scores, view: SearchView) -> Scores:
    """Args: ``start``: scores of the other signals. Only what arrives by an edge counts, not the start itself."""
    seeds = top(start, SEEDS)
    found = view.nothing()
    if not len(seeds) or not len(view.edges.source):
        return found
    begin = view.nothing()
    begin[seeds] = start[seeds] ** 2  # the surest hit leads
    begin /= begin.sum()
    reached = np.zeros(view.size, np.float64)
    walking = begin.astype(np.float64)
    for _ in range(STEPS):
        carried = walking[view.edges.source] * view.edges.weight
        walking = ONWARD * np.bincount(view.edges.target, carried, view.size).astype(np.float64)
        reached += walking
    best = reached.max()
    return (reached / best).astype(np.float32) if best > 0 else found


def top(scores: Scores, count: int) -> Numbers:
    """Numbers of the best documents with a score, best first, equal ones by number."""
    wanted = np.flatnonzero(scores > 0)
    order = np.lexsort((wanted, -scores[wanted]))
    return wanted[order[:count]].astype(np.int32)
