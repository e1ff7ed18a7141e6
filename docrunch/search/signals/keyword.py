"""Words of the query in names, paths, documentation and bodies (BM25F of the index)."""

import numpy as np

from docrunch.search.query import Query
from docrunch.search.view import Scores, SearchView

WIDE = 600  # best documents that are looked at: several windows speak for one symbol
BODY = 1.3  # what the best window of a symbol adds to the symbol's own score


def keyword(query: Query, view: SearchView) -> Scores:
    """A symbol has its own words and those of its best window; divided by the best score there is."""
    found = view.nothing()
    if not query.terms:
        return found
    documents, scores = view.index.keyword(query.terms, WIDE)
    if not len(documents):
        return found
    windows = ~view.is_hit[documents]
    found[documents[~windows]] = scores[~windows]
    bodies = view.nothing()
    np.maximum.at(bodies, view.speaks_for[documents[windows]], scores[windows])
    found += np.float32(BODY) * bodies
    found[~view.is_hit] = 0.0
    return found / found.max() if found.any() else found
