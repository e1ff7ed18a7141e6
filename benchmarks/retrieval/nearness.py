"""How near texts are to queries that they answer, and to others: ``python -m benchmarks.retrieval.nearness``.

Cosines on the tuning half, for the floor below which a hit by meaning alone is called weak (`docrunch.search.search`):

- right: the answer of a query, where it is among the ten nearest;
- elsewhere: the nearest answer in each other package, to which the query was never put;
- nonsense: the nearest answer to the letters of a query in reverse.

Deviations are cosines less the mean of all texts of the tree, by their standard deviation.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.accuracy import cache
from benchmarks.retrieval.systems.ours import Views
from benchmarks.retrieval.tune import PER_KIND, Case, cases
from benchmarks.retrieval.vectors import Rows, VectorCache
from docrunch.search.fusion import Fused, by_file
from docrunch.search.view import Scores

NEAREST = 10
PERCENTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)
FLOORS = tuple(round(0.20 + 0.05 * step, 2) for step in range(11))
DEVIATIONS = tuple(round(1.5 + 0.5 * step, 2) for step in range(9))

Sample = npt.NDArray[np.float64]  # (n, 2): cosine, deviation


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-kind", type=int, default=PER_KIND, metavar="N", help="queries per kind and package")
    asked = parser.parse_args()
    base = cache.root()
    with VectorCache(base / "retrieval") as vectors:
        views = Views(vectors)
        given = [case for case in cases("tuning", views, base, asked.per_kind) if case.vector is not None]
        samples = {
            "right": np.array([found for case in given if (found := _right(case)) is not None]),
            "elsewhere": np.array(list(_elsewhere(given))),
            "nonsense": np.array([_nearest(case, views.vector(case.asked.prose[::-1])) for case in given]),
        }
    for place, (title, floors) in enumerate((("cosine", FLOORS), ("deviations", DEVIATIONS))):
        print(f"{title:<12}" + "".join(f"{f'{each} %':>8}" for each in PERCENTILES))
        for name, found in samples.items():
            print(f"{name:<12}" + "".join(f"{each:>8.2f}" for each in np.percentile(found[:, place], PERCENTILES)))
        print(f"{'below':<12}" + "".join(f"{each:>8}" for each in floors))
        for name, found in samples.items():
            print(f"{name:<12}" + "".join(f"{float((found[:, place] < each).mean()):>8.1%}" for each in floors))
    print(", ".join(f"{len(found):,} {name}" for name, found in samples.items()))
    return 0


def _right(case: Case) -> tuple[float, float] | None:
    assert case.vector is not None
    cosines, mean, deviation = _cosines(case, case.vector)
    known = (case.view.index.by_id(target) for target in case.query.targets)
    places = [place for place in known if place is not None]
    best = max((float(cosines[place]) for place in places), default=0.0)
    nearer = int((np.where(case.allowed, cosines, 0) > best).sum())
    return (best, (best - mean) / deviation) if best > 0 and nearer < NEAREST else None


def _elsewhere(given: Sequence[Case]) -> Iterator[tuple[float, float]]:
    """One tree of each other package."""
    of_package: dict[str, Case] = {}
    for case in given:
        if case.query.group == "symbol":
            of_package.setdefault(case.query.package, case)
    for case in given:
        for package, other in of_package.items():
            if package != case.query.package and case.vector is not None:
                yield _nearest(other, case.vector)


def _nearest(case: Case, vector: Rows) -> tuple[float, float]:
    cosines, mean, deviation = _cosines(case, vector)
    best = float(cosines[case.allowed].max())
    return best, (best - mean) / deviation


def _cosines(case: Case, vector: Rows) -> tuple[Scores, float, float]:
    """By document, as the answers of the query are; mean and standard deviation of all texts."""
    view = case.view
    assert view.vectors is not None
    rows = view.vectors @ vector
    found = view.nothing()
    np.maximum.at(found, view.vector_document, rows)
    if case.query.group == "file":
        found = by_file(Fused(found, {}, None, found), view).cosines
        assert found is not None
    return found, float(rows.mean()), float(rows.std())


if __name__ == "__main__":
    sys.exit(main())
