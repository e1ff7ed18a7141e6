"""How near texts are to queries that they answer, and to others: ``python -m benchmarks.retrieval.nearness``.

Cosines on the tuning half, for the floor below which a hit by meaning alone is called weak (`docrunch.search.search`):

- right: the answer of a query, where it is among the ten nearest;
- elsewhere: the nearest answer in each other package, to which the query was never put;
- nonsense: the nearest answer to the letters of a query in reverse.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from benchmarks.accuracy import cache
from benchmarks.retrieval.systems.ours import Views
from benchmarks.retrieval.tune import PER_KIND, Case, cases
from benchmarks.retrieval.vectors import Rows, VectorCache
from docrunch.search.fusion import max_by_file
from docrunch.search.view import Scores

NEAREST = 10
PERCENTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)
FLOORS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-kind", type=int, default=PER_KIND, metavar="N", help="queries per kind and package")
    asked = parser.parse_args()
    base = cache.root()
    with VectorCache(base / "retrieval") as vectors:
        views = Views(vectors)
        given = cases("tuning", views, base, asked.per_kind)
        samples = {
            "right": [near for case in given if (near := _right(case, views)) is not None],
            "elsewhere": list(_elsewhere(given, views)),
            "nonsense": [_nearest(case, views.vector(case.query.text[::-1])) for case in given],
        }
    print(_row("cosine at", (f"{each} %" for each in PERCENTILES)))
    for name, found in samples.items():
        print(_row(name, (f"{each:.2f}" for each in np.percentile(found, PERCENTILES))))
    print(_row("below", FLOORS))
    for name, found in samples.items():
        print(_row(name, (f"{sum(each < floor for each in found) / len(found):.1%}" for floor in FLOORS)))
    print(", ".join(f"{len(found):,} {name}" for name, found in samples.items()))
    return 0


def _row(name: str, values: Iterable[object]) -> str:
    return f"{name:<10}" + "".join(f"{each:>8}" for each in values)


def _right(case: Case, views: Views) -> float | None:
    cosines = _cosines(case, views.vector(case.asked.prose))
    places = (case.view.index.by_id(target) for target in case.query.targets)
    best = max((float(cosines[place]) for place in places if place is not None), default=0.0)
    nearer = int((np.where(case.allowed, cosines, 0) > best).sum())
    return best if best > 0 and nearer < NEAREST else None


def _elsewhere(given: Sequence[Case], views: Views) -> Iterator[float]:
    """One tree of each other package."""
    of_package: dict[str, Case] = {}
    for case in given:
        if case.query.group == "symbol":
            of_package.setdefault(case.query.package, case)
    for case in given:
        for package, other in of_package.items():
            if package != case.query.package:
                yield _nearest(other, views.vector(case.asked.prose))


def _nearest(case: Case, vector: Rows) -> float:
    return float(_cosines(case, vector)[case.allowed].max())


def _cosines(case: Case, vector: Rows) -> Scores:
    """The largest of each document, or of each file where files are the answers."""
    view = case.view
    found = view.nothing()
    if view.vectors is not None:
        np.maximum.at(found, view.vector_document, view.vectors @ vector)
    return max_by_file(found, view) if case.query.group == "file" else found


if __name__ == "__main__":
    sys.exit(main())
