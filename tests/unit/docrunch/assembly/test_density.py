import numpy as np

from docrunch.assembly.density import density_labels, mutual_reachability
from docrunch.embedding.quantise import to_integers
from tests.unit.docrunch.assembly.worlds import directions


def test_no_two_pairs_are_equally_far_so_no_sort_can_decide() -> None:
    rows = to_integers(np.repeat(directions(40, groups=40, spread=0), 3, axis=0))
    found = mutual_reachability(rows)
    assert np.array_equal(found, found.T)
    above = found[np.triu_indices(len(found), 1)]
    assert len(np.unique(above)) == len(above)
    assert above.min() > 0


def test_exact_duplicates_form_a_cluster_each() -> None:
    rows = to_integers(np.repeat(directions(4, groups=4, spread=0), 10, axis=0))
    assert len(set(density_labels(rows).tolist())) == 4
