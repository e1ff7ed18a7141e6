"""How good one ranking is."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

DEPTH = 100  # a right answer below is none


class Scores(NamedTuple):
    """``mrr``: 1 / rank of the first right answer. ``recall_k``: right answers among the first k, of at most k."""

    mrr: float
    recall_1: float
    recall_5: float
    recall_10: float


def judge(ranking: Sequence[str], targets: Collection[str]) -> Scores:
    """Raises:
    ValueError: there is no right answer.
    """
    if not targets:
        raise ValueError("a query without a right answer")
    right = frozenset(targets)
    first = next((rank for rank, id_ in enumerate(ranking[:DEPTH], 1) if id_ in right), 0)
    recalls = [len(right.intersection(ranking[:k])) / min(k, len(right)) for k in (1, 5, 10)]
    return Scores(1 / first if first else 0.0, *recalls)
