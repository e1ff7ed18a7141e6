"""Okapi BM25 as textbooks have it (Robertson and Zaragoza 2009), with the idf of Lucene, which is never negative.

Kept here and not taken from a package so that the bench needs nothing that the project does not; a test compares it
with values computed by hand.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

K1 = 1.5
B = 0.75
Tokenise = Callable[[str], list[str]]


class Bm25:
    """Scores of all documents for a query."""

    def __init__(self, documents: Sequence[str], tokenise: Tokenise, k1: float = K1, b: float = B) -> None:
        self._tokenise = tokenise
        self._size = len(documents)
        counts = [Counter(tokenise(text)) for text in documents]
        lengths = np.array([sum(count.values()) for count in counts], np.float64)
        norm = k1 * (1 - b + b * lengths / max(float(lengths.mean()) if len(lengths) else 0.0, 1e-9))
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, count in enumerate(counts):
            for term, times in count.items():
                postings[term].append((number, times))
        self._postings: dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]] = {}
        for term, rows in postings.items():
            numbers = np.array([row[0] for row in rows])
            often = np.array([row[1] for row in rows], np.float64)
            idf = np.log(1 + (self._size - len(rows) + 0.5) / (len(rows) + 0.5))
            self._postings[term] = (numbers, idf * often * (k1 + 1) / (often + norm[numbers]))

    def scores(self, query: str) -> npt.NDArray[np.float64]:
        """(n,) float64 ≥ 0; a term that the query repeats counts as often."""
        found = np.zeros(self._size)
        for term, times in Counter(self._tokenise(query)).items():
            if term in self._postings:
                numbers, worth = self._postings[term]
                found[numbers] += times * worth
        return found
