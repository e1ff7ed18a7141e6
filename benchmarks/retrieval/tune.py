"""Constants of the fusion by coordinate ascent on the tuning half: ``python -m benchmarks.retrieval.tune``.

Each constant in turn is tried at the values beside its own; a value is taken when the mean MRR over packages rises by
more than `LEAST_GAIN` and most packages do not lose. Cross-validation: the same ascent without a package, judged on
that package. The held-out half is asked once, at the end, with the constants of before and after. Nothing is written:
constants are changed by hand, with the printed figures in the commit.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

import docrunch.search.fusion as fusion
from benchmarks.accuracy import cache
from benchmarks.retrieval.constants import CONSTANTS, Setting, at_present, remembered, use
from benchmarks.retrieval.material import Material
from benchmarks.retrieval.metrics import judge
from benchmarks.retrieval.model import Half, Query
from benchmarks.retrieval.queries import queries_of
from benchmarks.retrieval.report import FEWEST
from benchmarks.retrieval.subjects import SUBJECTS
from benchmarks.retrieval.systems.ours import Views
from benchmarks.retrieval.vectors import Rows, VectorCache
from docrunch.search.model import DocumentKind, SearchMode
from docrunch.search.query import Query as Asked
from docrunch.search.query import understand
from docrunch.search.view import SearchView

PER_KIND = 15
DEPTH = 30  # of rankings: deeper answers move the mean by less than what is told apart
LEAST_GAIN = 0.001  # of MRR; less is chance
ROUNDS = 2


@dataclass(frozen=True)
class Case:
    query: Query
    asked: Asked
    vector: Rows | None
    view: SearchView
    allowed: npt.NDArray[np.bool_]  # documents that are answers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-kind", type=int, default=PER_KIND, metavar="N", help="queries per kind and package")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="times that all constants are tried")
    parser.add_argument("--only", action="append", metavar="NAME", help="only these constants; may repeat")
    parser.add_argument("--no-validation", action="store_true", help="leave the cross-validation out")
    asked = parser.parse_args()
    names = [name for name in CONSTANTS if not asked.only or name in asked.only]
    base = cache.root()
    with VectorCache(base / "retrieval") as vectors, remembered():
        views = Views(vectors)
        tuning = Scored(cases("tuning", views, base, asked.per_kind))
        before = at_present()
        after = ascend(tuning, before, names, asked.rounds, tuning.packages)
        said: dict[str, object] = {
            "changed": {name: [before[name], after[name]] for name in names if before[name] != after[name]},
            "tuning": [tuning.mean(before, tuning.packages), tuning.mean(after, tuning.packages)],
        }
        if not asked.no_validation:
            said["left out in turn"] = {
                left: [
                    tuning.mean(before, [left]),
                    tuning.mean(_without(tuning, left, before, names, asked.rounds), [left]),
                ]
                for left in tuning.packages
            }
        held = Scored(cases("held-out", views, base, asked.per_kind))
        said["held-out"] = [held.mean(before, held.packages), held.mean(after, held.packages)]
        said["held-out by package"] = {
            name: [held.mean(before, [name]), held.mean(after, [name])] for name in held.packages
        }
    print(json.dumps(said, indent=2))
    return 0


def _without(tuning: "Scored", left: str, before: Setting, names: Sequence[str], rounds: int) -> Setting:
    return ascend(tuning, before, names, rounds, [name for name in tuning.packages if name != left])


class Scored:
    """MRR of settings by package; a setting is computed once."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases = cases
        self.packages = sorted({case.query.package for case in cases})
        self._known: dict[tuple[tuple[str, float], ...], dict[str, float]] = {}

    def by_package(self, setting: Setting) -> Mapping[str, float]:
        """Mean over kinds of the mean over queries."""
        key = tuple(sorted(setting.items()))
        if key not in self._known:
            rows: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
            with use(setting) as weights:
                for case in self._cases:
                    found = judge(_ranking(case, weights), case.query.targets).mrr
                    rows[case.query.package][case.query.kind].append(found)
            self._known[key] = {
                package: float(np.mean([np.mean(each) for each in kinds.values() if len(each) >= FEWEST]))
                for package, kinds in rows.items()
            }
        return self._known[key]

    def mean(self, setting: Setting, packages: Sequence[str]) -> float:
        found = self.by_package(setting)
        return float(np.mean([found[package] for package in packages]))


def ascend(scored: Scored, start: Setting, names: Sequence[str], rounds: int, packages: Sequence[str]) -> Setting:
    """The best setting reached from ``start``, judged on ``packages`` only."""
    best = dict(start)
    for _ in range(rounds):
        was = dict(best)
        for name in names:
            best = _along(scored, best, name, packages)
        if best == was:
            break
    return best


def _along(scored: Scored, best: Setting, name: str, packages: Sequence[str]) -> dict[str, float]:
    """Steps along one constant while it gets better."""
    values = sorted({*CONSTANTS[name].values, best[name]})
    found = dict(best)
    for step in (1, -1):
        while 0 <= (place := values.index(found[name]) + step) < len(values):
            tried = {**found, name: values[place]}
            if not _is_better(scored, tried, found, packages):
                break
            found = tried
            print(f"{name} = {values[place]}: {scored.mean(found, packages):.4f}", file=sys.stderr, flush=True)
        if found[name] != best[name]:
            break
    return found


def _is_better(scored: Scored, tried: Setting, found: Setting, packages: Sequence[str]) -> bool:
    new, old = scored.by_package(tried), scored.by_package(found)
    losing = sum(new[package] < old[package] - LEAST_GAIN for package in packages)
    gain = scored.mean(tried, packages) - scored.mean(found, packages)
    return gain > LEAST_GAIN and losing <= len(packages) / 2


def _ranking(case: Case, weights: fusion.Weights) -> list[str]:
    fused = fusion.fuse(case.asked, case.view, weights, SearchMode.HYBRID, case.vector)
    if case.query.group == "file":
        fused = fusion.by_file(fused, case.view)
    ranked = fusion.spread_out(fused.scores, case.view, DEPTH, case.allowed)
    return [case.view.documents[number].id for number, _score in ranked]


def cases(half: Half, views: Views, base: Path, per_kind: int) -> list[Case]:
    found: list[Case] = []
    for subject in SUBJECTS:
        if subject.half != half:
            continue
        material = Material(subject, base, base / "retrieval")
        trees: dict[tuple[str, str], list[Query]] = defaultdict(list)
        for query in queries_of(material, per_kind):
            trees[query.view, query.release].append(query)
        for queries in trees.values():
            world = material.world(queries[0].view, queries[0].release)
            view = views.of(world)
            known = (view.index.by_id(id_) for id_ in (*world.answers, *world.answer_paths))
            answers = np.zeros(view.size, bool)
            answers[[number for number in known if number is not None]] = True
            files = view.of_kind(DocumentKind.FILE)
            for query in queries:
                asked = understand(query.text)
                vector = views.vector(asked.prose) if asked.prose else None
                allowed = answers & (files if query.group == "file" else ~files)
                found.append(Case(query, asked, vector, view, allowed))
        print(f"{subject.name}: ready", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
