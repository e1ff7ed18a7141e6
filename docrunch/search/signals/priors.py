"""What is likely asked for whatever the query: public, much used, written by hand, no test unless tests are meant."""

import numpy as np

from docrunch.search.query import Query
from docrunch.search.view import Scores, SearchView

EXPORTED = 0.08
POPULAR = 0.08  # of the most used symbol
TEST = 0.55  # factor of a test where the query is not about tests
FOREIGN = 0.4  # factor of generated and vendored files


def priors(query: Query, view: SearchView) -> Scores:
    """A factor around 1 for each document."""
    found = 1.0 + EXPORTED * view.exported + POPULAR * view.popularity
    if not query.about_tests:
        found = np.where(view.is_test, found * TEST, found)
    return np.where(view.is_foreign, found * FOREIGN, found).astype(np.float32)
