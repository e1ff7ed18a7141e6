"""The tables: systems by kind, language and package, what each signal is worth, and the bars."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.retrieval.intervals import Estimate, Sample, Stratum, everything, names
from benchmarks.retrieval.metrics import Scores
from benchmarks.retrieval.run import Outcomes
from benchmarks.retrieval.systems.all import HYBRID, OF_BARS, PLAIN, SINGLE, ablations

Wanted = Callable[[Stratum], bool]
OVER_PLAIN = 0.15  # relative MRR
HELD_OUT = "held-out"
FEWEST = 5  # queries of one kind and package: the mean of fewer would weigh as much as that of forty


class Bar(NamedTuple):
    name: str
    measured: str
    wanted: str
    verdict: str  # met | MISSED


class Judged(NamedTuple):
    """The strata that bars are about, and their name."""

    name: str
    wanted: Wanted


def held_out(stratum: Stratum) -> bool:
    return stratum.half == HELD_OUT


ON_HELD_OUT = Judged(f"{HELD_OUT} half", held_out)
ON_ALL = Judged("all packages", everything)


class Report:
    """``samples``: metric → all strata and systems. ``left_out``: strata of too few queries."""

    def __init__(self, outcomes: Outcomes, judged: Judged = ON_HELD_OUT) -> None:
        self.outcomes = outcomes
        self.judged = judged
        self.systems = list(outcomes.outcomes[0].scores) if outcomes.outcomes else []
        rows: dict[Stratum, list[list[Scores]]] = defaultdict(list)
        for each in outcomes.outcomes:
            place = Stratum(each.query.package, each.query.language, each.query.kind, each.half)
            rows[place].append([each.scores[name] for name in self.systems])
        self.left_out = sorted(place for place, found in rows.items() if len(found) < FEWEST)
        for place in self.left_out:
            del rows[place]
        self.samples = {
            metric: Sample({place: np.array([[s[at] for s in row] for row in found]) for place, found in rows.items()})
            for at, metric in enumerate(Scores._fields)
        }

    @property
    def mrr(self) -> Sample:
        return self.samples["mrr"]

    def value(self, metric: str, system: str, wanted: Wanted = everything) -> Estimate | None:
        return self.samples[metric].mean(self.systems.index(system), wanted)

    def difference(self, system: str, other: str, wanted: Wanted = everything, metric: str = "mrr") -> Estimate | None:
        return self.samples[metric].difference(self.systems.index(system), self.systems.index(other), wanted)

    def bars(self) -> list[Bar]:
        """None where a system, or what they are judged on, was left out."""
        if not set(OF_BARS) <= set(self.systems):
            return []
        found = []
        wanted = self.judged.wanted
        hybrid = self.value("mrr", HYBRID, wanted)
        singles = {name: self.value("mrr", name, wanted) for name in SINGLE}
        known = {name: each.value for name, each in singles.items() if each is not None}
        if hybrid is None or not known:
            return []
        best = max(known, key=lambda name: known[name])
        above = self.difference(HYBRID, best, wanted)
        if above is not None:
            verdict = "met" if above.low > 0 else "MISSED"
            found.append(
                Bar(f"hybrid above the best single signal ({best})", interval(above), "interval above 0", verdict)
            )
        for name in PLAIN:
            plain = self.value("mrr", name, wanted)
            if plain is not None:
                gain = hybrid.value / plain.value - 1 if plain.value else float("inf")
                verdict = "met" if gain >= OVER_PLAIN else "MISSED"
                found.append(Bar(f"hybrid above {name}", f"{gain:+.1%}", f"{OVER_PLAIN:+.0%} MRR", verdict))
        return found

    def tables(self) -> Iterator[str]:
        """Markdown lines."""
        yield from self._systems("All packages", everything)
        for half in names(self.mrr.strata, "half"):
            yield from self._systems(f"Half: {half}", _where("half", half))
        for field in ("kind", "language", "package"):
            yield from self._by(field)
        yield from self._signals()
        if bars := self.bars():
            yield from _section(
                f"Bars ({self.judged.name})", ("bar", "measured", "wanted", ""), [tuple(bar) for bar in bars]
            )
        if self.left_out:
            named = ", ".join(f"{each.package} ({each.kind})" for each in self.left_out)
            yield f"- Fewer than {FEWEST} queries, not in the means: {named}"
        for name, reason in sorted(self.outcomes.missing.items()):
            yield f"- {name}: not available: {reason}"

    def _systems(self, title: str, wanted: Wanted) -> Iterator[str]:
        shown = [name for name in self.systems if name not in ablations()]
        rows = []
        for name in shown:
            found = [self.value(metric, name, wanted) for metric in Scores._fields]
            rows.append((name, interval(found[0]), *(_share(each) for each in found[1:])))
        title = f"{title}: {self.mrr.queries(wanted)} queries"
        yield from _section(title, ("system", "MRR [95 %]", "recall@1", "recall@5", "recall@10"), rows)

    def _by(self, field: str) -> Iterator[str]:
        """MRR of each system."""
        shown = [name for name in self.systems if name not in ablations()]
        rows = []
        for each in names(self.mrr.strata, field):
            wanted = _where(field, each)
            cells = [_share(self.value("mrr", name, wanted)) for name in shown]
            rows.append((each, str(self.mrr.queries(wanted)), *cells))
        yield from _section(f"MRR by {field}", (field, "queries", *shown), rows)

    def _signals(self) -> Iterator[str]:
        rows = []
        for name in ablations():
            if name in self.systems and HYBRID in self.systems:
                cells = [
                    interval(self.difference(name, HYBRID, wanted, metric))
                    for metric in ("mrr", "recall_10")
                    for wanted in (everything, held_out)
                ]
                rows.append((name, *cells))
        if rows:
            head = ("system", "MRR, all", f"MRR, {HELD_OUT}", "recall@10, all", f"recall@10, {HELD_OUT}")
            yield from _section("What each signal is worth: less that of hybrid", head, rows)


def _where(field: str, value: str) -> Wanted:
    return lambda stratum: getattr(stratum, field) == value


def interval(found: Estimate | None) -> str:
    return "–" if found is None else f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def _share(found: Estimate | None) -> str:
    return "–" if found is None else f"{found.value:.3f}"


def _section(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    yield f"## {title}"
    yield ""
    for line in (head, ["-" * width for width in widths], *rows):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
    yield ""


def as_json(report: Report) -> dict[str, object]:
    """Every query with its scores and first answers by system, the bars, and the means with their intervals."""
    return {
        "systems": {name: {metric: report.value(metric, name) for metric in Scores._fields} for name in report.systems},
        "bars": [bar._asdict() for bar in report.bars()],
        "missing": report.outcomes.missing,
        "seconds": report.outcomes.seconds,
        "queries": [
            {
                "package": each.query.package,
                "kind": each.query.kind,
                "half": each.half,
                "text": each.query.text,
                "targets": each.query.targets,
                "first": each.first,
                "scores": {name: scores._asdict() for name, scores in each.scores.items()},
            }
            for each in report.outcomes.outcomes
        ],
    }
