import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from docrunch.assembly import cluster
from docrunch.assembly.cluster import group
from docrunch.assembly.node_vectors import NodeVectors
from tests.unit.docrunch.assembly.worlds import directions, node_vectors

NOTHING = node_vectors(directions(0, groups=1, spread=0))


def by_group(vectors: NodeVectors, groups: int) -> list[set[str]]:
    return [{id_ for place, id_ in enumerate(vectors.ids) if place % groups == g} for g in range(groups)]


def test_clear_groups_are_found_by_density() -> None:
    vectors = node_vectors(directions(120, groups=4, spread=0.2))
    found = group(vectors, NOTHING)
    assert (found.method, found.items) == ("hdbscan", "symbols")
    assert sorted(map(sorted, found.groups)) == sorted(map(sorted, by_group(vectors, 4)))
    assert found.noise == ()


def test_loners_stay_unclustered() -> None:
    rows = np.concatenate([directions(100, groups=2, spread=0.2), directions(3, groups=3, spread=0, seed=99)])
    vectors = node_vectors(rows)
    found = group(vectors, NOTHING)
    assert found.method == "hdbscan"
    assert found.noise  # one that is nearer to a group than the groups are to each other may belong to it
    assert set(found.noise) <= set(vectors.ids[100:])


def test_mostly_noise_falls_back_to_kmeans_and_says_so() -> None:
    vectors = node_vectors(directions(200, groups=200, spread=0))
    found = group(vectors, NOTHING)
    assert found.method == "kmeans"
    assert "200 symbols" in found.reason
    assert found.noise == ()
    assert sum(len(members) for members in found.groups) == 200


def test_few_items_are_not_judged_by_density() -> None:
    vectors = node_vectors(directions(8, groups=2, spread=0.1))
    found = group(vectors, NOTHING)
    assert (found.method, len(found.groups)) == ("kmeans", 2)
    assert "too few" in found.reason
    assert group(node_vectors(directions(3, groups=1, spread=0)), NOTHING).method == "none"


def test_too_many_symbols_are_clustered_as_files_and_the_rest_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "MAX_ITEMS", 60)
    symbols = node_vectors(directions(61, groups=1, spread=0.1))
    files = node_vectors(directions(90, groups=3, spread=0.2))
    found = group(symbols, files)
    assert (found.method, found.items) == ("hdbscan", "files")
    assert "the other 30 joined the nearest centroid" in found.reason
    assert sorted(map(sorted, found.groups)) == sorted(map(sorted, by_group(files, 3)))


def test_largest_cluster_first_then_smallest_member() -> None:
    rows = np.concatenate([directions(40, groups=1, spread=0.2), directions(80, groups=2, spread=0.2, seed=3)])
    found = group(node_vectors(rows[:119]), NOTHING)
    sizes = [len(members) for members in found.groups]
    assert sizes == sorted(sizes, reverse=True)
    assert found.groups[0][0] < found.groups[1][0]


@pytest.mark.parametrize("groups", [6, 400])  # density, k-means
def test_the_number_of_threads_changes_nothing(groups: int) -> None:
    vectors = node_vectors(directions(400, groups=groups, spread=0.3))
    with threadpool_limits(1):
        one = group(vectors, NOTHING)
    with threadpool_limits(2):
        assert group(vectors, NOTHING) == one
