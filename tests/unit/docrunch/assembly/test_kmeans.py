import numpy as np

from docrunch.assembly.kmeans import cluster_count, kmeans_labels, nearest_centroid
from docrunch.embedding.quantise import to_integers
from tests.unit.docrunch.assembly.worlds import directions


def test_every_row_gets_a_cluster_and_numbers_have_no_gaps() -> None:
    labels = kmeans_labels(to_integers(directions(300, groups=12, spread=0.3)))
    assert len(labels) == 300
    assert sorted(set(labels.tolist())) == list(range(labels.max() + 1))


def test_rows_of_one_group_stay_together() -> None:
    labels = kmeans_labels(to_integers(directions(8, groups=2, spread=0.05)))
    assert labels.tolist() in ([0, 1] * 4, [1, 0] * 4)


def test_identical_rows_are_one_cluster() -> None:
    assert set(kmeans_labels(to_integers(directions(50, groups=1, spread=0))).tolist()) == {0}


def test_a_tie_goes_to_the_lower_number() -> None:
    rows = to_integers(np.eye(3, dtype=np.float32))
    assert nearest_centroid(rows, rows[[0, 0]]).tolist() == [0, 0, 0]
    assert [cluster_count(n) for n in (4, 200, 100_000)] == [2, 10, 40]
