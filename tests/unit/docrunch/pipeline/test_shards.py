"""Ranges that cover a tree once, and are of equal work."""

import random
from itertools import pairwise

import pytest

from docrunch.pipeline.shards import plan_ranges


@pytest.mark.parametrize("seed", range(20))
def test_ranges_cover_everything_once_within_the_limits(seed: int) -> None:
    chance = random.Random(seed)
    sizes = [chance.choice([0, 10, 500, 4_000, 90_000]) for _ in range(chance.randrange(1, 400))]
    ranges = plan_ranges(sizes, 40, 200_000)
    assert ranges[0][0] == 0
    assert ranges[-1][1] == len(sizes)
    assert all(before[1] == after[0] for before, after in pairwise(ranges))
    assert all(0 < high - low <= 40 for low, high in ranges)


def test_equal_files_make_equal_ranges() -> None:
    assert plan_ranges([100] * 9, 4, 10**9) == [(0, 3), (3, 6), (6, 9)]


def test_one_huge_file_does_not_make_the_others_wait_for_it() -> None:
    ranges = plan_ranges([10, 10, 10_000, 10, 10], 100, 5_000)
    assert len(ranges) >= 2
    assert any(low <= 2 < high for low, high in ranges)


def test_a_tree_without_files_is_one_empty_range() -> None:
    assert plan_ranges([], 10, 10) == [(0, 0)]


def test_a_limit_that_admits_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one file"):
        plan_ranges([1], 0, 10)
