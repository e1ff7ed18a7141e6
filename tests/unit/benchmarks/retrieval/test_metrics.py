"""Figures against values computed by hand."""

import math

import numpy as np
import pytest

from benchmarks.retrieval.intervals import Sample, Stratum
from benchmarks.retrieval.metrics import judge
from benchmarks.retrieval.systems.bm25 import Bm25


def test_the_first_right_answer_gives_the_reciprocal_rank() -> None:
    found = judge(["a", "b", "c", "d"], {"c"})
    assert (found.mrr, found.recall_1, found.recall_5) == (1 / 3, 0.0, 1.0)


def test_recall_is_of_what_can_be_among_the_first() -> None:
    found = judge(["a", "x", "b", "y", "z", "c"], {"a", "b", "c"})
    assert found == (1.0, 1.0, 2 / 3, 1.0)


def test_an_answer_below_the_depth_is_none() -> None:
    assert judge([str(n) for n in range(200)], {"150"}).mrr == 0.0
    assert judge([], {"a"}) == (0.0, 0.0, 0.0, 0.0)


def test_a_query_without_an_answer_is_an_error() -> None:
    with pytest.raises(ValueError):
        judge(["a"], [])


def test_packages_count_alike_however_many_queries_they_have() -> None:
    one = Stratum("one", "go", "docstring", "tuning")
    two = Stratum("two", "go", "docstring", "held-out")
    more = Stratum("two", "go", "test name", "held-out")
    sample = Sample({one: np.ones((100, 1)), two: np.zeros((1, 1)), more: np.full((3, 1), 0.5)})
    everything = sample.mean(0, lambda _: True)
    assert everything is not None
    assert everything.value == pytest.approx((1 + (0 + 0.5) / 2) / 2)
    assert everything.low == pytest.approx(everything.high)  # no chance in equal scores
    assert sample.mean(0, lambda each: each.package == "three") is None


def test_differences_are_of_the_same_queries() -> None:
    noisy = np.random.default_rng(1).random((50, 1))
    sample = Sample({Stratum("one", "go", "x", "tuning"): np.hstack([noisy + 0.1, noisy])})
    found = sample.difference(0, 1, lambda _: True)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.1, 0.1, 0.1))
    alone = sample.mean(0, lambda _: True)
    assert alone is not None
    assert alone.high - alone.low > 0.05


def test_bm25_by_hand() -> None:
    bm25 = Bm25(["cat dog dog", "cat", "bird bird fish fish fish"], str.split, k1=1.5, b=0.75)
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    wanted = idf * 2 * 2.5 / (2 + 1.5 * (0.25 + 0.75 * 3 / 3))
    assert bm25.scores("dog").tolist() == pytest.approx([wanted, 0.0, 0.0])
    assert bm25.scores("dog dog").tolist() == pytest.approx([2 * wanted, 0.0, 0.0])
    assert bm25.scores("cat")[1] > bm25.scores("cat")[0]  # the shorter one
    assert bm25.scores("nothing of this").tolist() == [0.0, 0.0, 0.0]
