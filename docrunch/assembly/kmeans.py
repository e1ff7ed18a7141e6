"""Spherical k-means on integer vectors (Dhillon and Modha 2001), equal on every machine and for any thread count.

scikit-learn's k-means adds floats in an order that depends on the number of threads; here assignments compare exact
integer products, centroids are directions of exact integer sums, and the first centroids come from a fixed seed.
"""

import numpy as np
import numpy.typing as npt

from docrunch.embedding.quantise import Integers, mean_direction, products

_SEED = 20_170_714
_MAX_ROUNDS = 50
_MAX_CLUSTERS = 40
_BLOCK = 4_096  # rows compared with all centroids at a time

Labels = npt.NDArray[np.intp]


def cluster_count(items: int) -> int:
    """√(n/2), between 2 and 40."""
    return int(min(max(2, round((items / 2) ** 0.5)), _MAX_CLUSTERS))


def kmeans_labels(rows: Integers) -> Labels:
    """Cluster number per row, 0…k-1 without gaps; (n, d) with n ≥ 2."""
    centres = _first_centres(rows, min(cluster_count(len(rows)), len(rows)))
    labels = nearest_centroid(rows, centres)
    for _ in range(_MAX_ROUNDS):
        kept = [label for label in range(len(centres)) if (labels == label).any()]
        centres = np.stack([mean_direction(rows[labels == label]) for label in kept])
        moved = nearest_centroid(rows, centres)
        if len(kept) == labels.max() + 1 and np.array_equal(moved, labels):
            break
        labels = moved
    return _without_gaps(labels)


def nearest_centroid(rows: Integers, centres: Integers) -> Labels:
    """Number of the centroid with the largest product per row; the lower number among equals."""
    found = [products(rows[at : at + _BLOCK], centres).argmax(axis=1) for at in range(0, len(rows), _BLOCK)]
    return np.concatenate(found) if found else np.empty(0, np.intp)


def _first_centres(rows: Integers, count: int) -> Integers:
    """k-means++ (Arthur and Vassilvitskii 2007) over exact integers, so the draws are equal everywhere."""
    draw = np.random.Generator(np.random.PCG64(_SEED))
    chosen = [int(draw.integers(len(rows)))]
    longest = int(products(rows[chosen], rows[chosen])[0, 0])
    away = _distance(rows, rows[chosen[0]], longest)
    while len(chosen) < count:
        totals = np.cumsum(away)
        if totals[-1] == 0:
            break  # fewer distinct rows than centres
        chosen.append(int(np.searchsorted(totals, int(draw.integers(totals[-1])), side="right")))
        away = np.minimum(away, _distance(rows, rows[chosen[-1]], longest))
    return rows[chosen]


def _distance(rows: Integers, centre: Integers, longest: int) -> npt.NDArray[np.int64]:
    """(n,) how much smaller the product with ``centre`` is than that of equal vectors, at least 0."""
    found: npt.NDArray[np.int64] = np.maximum(longest - products(rows, centre[None, :])[:, 0].astype(np.int64), 0)
    found[(rows == centre).all(axis=1)] = 0
    return found


def _without_gaps(labels: Labels) -> Labels:
    found: Labels = np.unique(labels, return_inverse=True)[1].astype(np.intp)
    return found
