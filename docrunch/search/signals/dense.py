"""Meaning: cosines between the query and the texts of symbols, sections and files."""

from typing import NamedTuple

import numpy as np

from docrunch.embedding.model import Vectors
from docrunch.search.view import Scores, SearchView

NEAREST = 300  # texts that count; the least of them is the zero of the scale
FLOOR = 0.1  # cosine below which a text says nothing about the query


class Nearness(NamedTuple):
    """``closest``: the largest cosine, which says how much there is about the query at all; 0 without vectors.
    ``cosines``: of the documents with a score."""

    scores: Scores
    closest: float
    cosines: Scores


def dense(vector: Vectors, view: SearchView) -> Nearness:
    """Args: ``vector``: ``(d,)`` float32 of norm 1, of the query. The best text of a document speaks for it."""
    found = view.nothing()
    if view.vectors is None:
        return Nearness(found, 0.0, found)
    cosines = view.vectors @ vector
    count = min(NEAREST, len(cosines))
    rows = np.argpartition(-cosines, count - 1)[:count]
    top, low = float(cosines[rows].max()), max(float(cosines[rows].min()), FLOOR)
    if top <= FLOOR:
        return Nearness(found, max(top, 0.0), found)
    scale = max(top - low, 1e-6) if count == NEAREST else top
    np.maximum.at(found, view.vector_document[rows], np.clip(1.0 - (top - cosines[rows]) / scale, 0.0, 1.0))
    near = view.nothing()
    np.maximum.at(near, view.vector_document[rows], cosines[rows])
    return Nearness(found, top, near)
