"""HDBSCAN whose result does not depend on the machine.

scikit-learn sorts the edges of the minimum spanning tree with an unstable sort, whose order of equal distances
depends on the instruction set, and mutual reachability makes many distances equal (all edges below a core distance).
So the mutual reachability matrix is computed here, from exact integers, and made free of ties by an amount that is
smaller than any real difference and grows with the position of the pair.
"""

import numpy as np
import numpy.typing as npt
from sklearn.cluster import HDBSCAN

from docrunch.embedding.quantise import Integers, cosines

NEIGHBOURS = 2  # the nearest item besides itself; with 5, half as many real symbols are in any cluster
_CLOSEST = 0.05  # distances below are equal: exact duplicates would otherwise be infinitely dense
_TIE = 1e-7  # spread over all pairs; the cosine is rounded to 1e-6

Distances = npt.NDArray[np.float64]


def min_cluster_size(items: int) -> int:
    """5 up to 1,000 items, then 0.5 %."""
    return max(5, items // 200)


def density_labels(rows: Integers) -> npt.NDArray[np.intp]:
    """Cluster number per row, -1 for noise. Needs more than `NEIGHBOURS` rows.

    Memory: 3 matrices of n × n float64, 216 MB at 3,000 rows.
    """
    found: npt.NDArray[np.intp] = (
        HDBSCAN(
            metric="precomputed",
            algorithm="brute",
            min_cluster_size=min_cluster_size(len(rows)),
            min_samples=1,  # reachability is in the matrix already
            cluster_selection_method="eom",
            copy=False,
        )
        .fit(mutual_reachability(rows))
        .labels_.astype(np.intp)
    )
    return found


def mutual_reachability(rows: Integers) -> Distances:
    """(n, n) symmetric, zero diagonal, no two pairs equal: max(core(a), core(b), d(a, b)), d the chord √(2 − 2·cos)."""
    distances = np.sqrt(np.maximum(2.0 - 2.0 * cosines(rows, rows), _CLOSEST**2))
    np.fill_diagonal(distances, 0.0)
    core = np.partition(distances, NEIGHBOURS - 1, axis=1)[:, NEIGHBOURS - 1]
    np.maximum(distances, core[:, None], out=distances)
    np.maximum(distances, core[None, :], out=distances)
    _break_ties(distances)
    np.fill_diagonal(distances, 0.0)
    return distances


def _break_ties(distances: Distances) -> None:
    """Add ``_TIE × (number of the pair) / n²`` to both entries of each pair."""
    size = len(distances)
    step = _TIE / (size * size)
    for row in range(size):
        number = np.arange(row + 1, size) + row * size
        distances[row, row + 1 :] += number * step
        distances[row + 1 :, row] = distances[row, row + 1 :]
