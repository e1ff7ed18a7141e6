"""Every query to every system, package by package; one world is in memory at a time."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from benchmarks.accuracy.errors import NotAvailable
from benchmarks.retrieval.material import Material
from benchmarks.retrieval.metrics import Scores, judge
from benchmarks.retrieval.model import Query
from benchmarks.retrieval.queries import PER_KIND, queries_of
from benchmarks.retrieval.subjects import Subject
from benchmarks.retrieval.systems import System

LIMIT = 100


class Outcome(msgspec.Struct, frozen=True):
    """What all systems, by name, made of a query; ``first``: what each put first, for who looks at misses."""

    query: Query
    half: str
    scores: dict[str, Scores]
    first: dict[str, tuple[str, ...]]


class Outcomes(msgspec.Struct, frozen=True):
    """``missing``: package → why it could not be measured. ``seconds``: system → time of all its rankings."""

    outcomes: tuple[Outcome, ...]
    missing: dict[str, str]
    seconds: dict[str, float]


def run(
    subjects: Sequence[Subject],
    systems: Sequence[System],
    base: Path,
    cache: Path,
    say: Callable[[str], None],
    per_kind: int = PER_KIND,
) -> Outcomes:
    found: list[Outcome] = []
    missing: dict[str, str] = {}
    seconds: dict[str, float] = defaultdict(float)
    for subject in subjects:
        material = Material(subject, base, cache)
        try:
            queries = queries_of(material, per_kind)
        except NotAvailable as error:
            missing[subject.name] = str(error)
            continue
        say(f"{subject.name}: {len(queries)} queries")
        found += _ask(material, queries, systems, seconds)
    return Outcomes(tuple(found), missing, {name: round(spent, 1) for name, spent in seconds.items()})


def _ask(
    material: Material, queries: Sequence[Query], systems: Sequence[System], seconds: dict[str, float]
) -> list[Outcome]:
    by_tree: dict[tuple[str, str], list[Query]] = defaultdict(list)
    for query in queries:
        by_tree[query.view, query.release].append(query)
    found = []
    for asked in by_tree.values():
        world = material.world(asked[0].view, asked[0].release)
        rankers = {system.name: system.open(world) for system in systems}
        for query in asked:
            scores, first = {}, {}
            for name, ranker in rankers.items():
                started = time.perf_counter()
                ranking = ranker.rank(query.text, query.group, LIMIT)
                seconds[name] += time.perf_counter() - started
                scores[name], first[name] = judge(ranking, query.targets), tuple(ranking[:3])
            found.append(Outcome(query, material.subject.half, scores, first))
    return found
