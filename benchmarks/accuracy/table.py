"""One table per language: precision and recall side by side, bars met or missed, classes beside what they state."""

import functools
import operator
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from benchmarks.accuracy.bars import BARS
from benchmarks.accuracy.scores import CallScore, GraphScore, Score, TraceScore, share

ALL = "all"
MET = "met"
MISSED = "MISSED"


class PackageScore(msgspec.Struct, frozen=True):
    """None where there is no oracle; ``missing`` says why. ``parsed`` of ``files`` have symbols of ours."""

    language: str
    package: str
    oracle: str
    files: int = 0
    parsed: int = 0
    symbols: Score | None = None
    imports: Score | None = None
    calls: CallScore | None = None
    traced: TraceScore | None = None
    graphs: dict[str, GraphScore] = {}
    missing: dict[str, str] = {}
    notes: tuple[str, ...] = ()


def total(rows: Sequence[PackageScore]) -> PackageScore:
    """The packages of one language together, by counts."""
    return PackageScore(
        language=rows[0].language,
        package=ALL,
        oracle=rows[0].oracle,
        files=sum(row.files for row in rows),
        parsed=sum(row.parsed for row in rows),
        symbols=_sum([row.symbols for row in rows]),
        imports=_sum([row.imports for row in rows]),
        calls=_sum([row.calls for row in rows]),
        traced=_sum([row.traced for row in rows]),
        graphs={
            name: sum((row.graphs[name] for row in rows if name in row.graphs), GraphScore())
            for name in sorted({name for row in rows for name in row.graphs})
        },
    )


_Counts = TypeVar("_Counts", Score, CallScore, TraceScore)


def _sum(scores: Sequence[_Counts | None]) -> _Counts | None:
    known = [score for score in scores if score is not None]
    return functools.reduce(operator.add, known) if known else None


def table(language: str, rows: Sequence[PackageScore]) -> str:
    """Markdown: shares, bars, classes, then what is not available and why."""
    if not any(row.oracle for row in rows):
        return "\n".join(
            [f"## {language}", "", *(f"{row.package}: {reason}" for row in rows for reason in _reasons(row))]
        )
    shown = [row for row in rows if row.oracle]
    together = total(shown)
    parts = [
        f"## {language}",
        "",
        f"Oracle: {together.oracle}",
        *([] if together.parsed else ["Our scan parses no file of this language yet."]),
        "",
        *_grid(_HEAD, [_cells(row) for row in [*shown, together]]),
        "",
        *_grid(("bar", "measured", "wanted", ""), bar_rows(together)),
    ]
    if together.calls is not None and together.calls.classes:
        head = ("calls", "right", "wrong", "not judged", "precision", "stated certainty")
        parts += ["", *_grid(head, _class_rows(together.calls))]
    if together.graphs:
        parts += ["", *_grid(_GRAPH_HEAD, [cells for row in [*shown, together] for cells in _graph_rows(row)])]
    remarks = [f"- {row.package}: {note}" for row in rows for note in [*_reasons(row), *row.notes]]
    return "\n".join([*parts, "", *remarks]) if remarks else "\n".join(parts)


_HEAD = (
    "package",
    "files",
    "parsed",
    "symbols P",
    "R",
    "F1",
    "imports P",
    "R",
    "F1",
    "calls P",
    "R",
    "R firm",
    "sites",
    "judged",
    "traced R",
    "R written",
)


def _cells(row: PackageScore) -> tuple[str, ...]:
    cells = [row.package, str(row.files), str(row.parsed)]
    for score in (row.symbols, row.imports):
        cells += [percent(score.precision), percent(score.recall), percent(score.f1)] if score else ["–"] * 3
    if row.calls is None:
        cells += ["–"] * 5
    else:
        whole = row.calls.all
        judged, edges = whole.right + whole.wrong, whole.right + whole.wrong + whole.unjudged
        cells += [percent(whole.precision), percent(row.calls.recall)]
        cells += [percent(row.calls.firm / row.calls.resolvable if row.calls.resolvable else None)]
        cells += [str(row.calls.resolvable), percent(judged / edges if edges else None)]
    if row.traced is None or not row.traced.pairs:
        return (*cells, "–", "–")
    written = row.traced.written_found / row.traced.written if row.traced.written else None
    return (*cells, percent(row.traced.found / row.traced.pairs), percent(written))


def bar_rows(row: PackageScore) -> list[tuple[str, str, str, str]]:
    """(bar, measured, wanted, verdict); see `verdict`."""
    bars = BARS[row.language]
    measured = (
        ("symbols F1", row.symbols.f1 if row.symbols else None, bars.symbols),
        ("imports F1", row.imports.f1 if row.imports else None, bars.imports),
        ("calls precision", row.calls.all.precision if row.calls else None, bars.precision),
        ("calls recall", row.calls.recall if row.calls else None, bars.recall),
    )
    return [(name, percent(value), percent(bar) if bar else "–", verdict(value, bar)) for name, value, bar in measured]


def verdict(value: float | None, bar: float | None) -> str:
    if bar is None:
        return ""
    return "not available" if value is None else (MET if value >= bar else MISSED)


def _class_rows(calls: CallScore) -> list[tuple[str, ...]]:
    order = ("exact", "inferred", "heuristic")
    rows = [(name, calls.classes[name]) for name in order if name in calls.classes]
    return [
        (name, str(c.right), str(c.wrong), str(c.unjudged), percent(c.precision), percent(c.certainty))
        for name, c in rows
    ]


_GRAPH_HEAD = (
    "package",
    "call graph",
    "direct calls",
    "R",
    "dispatched",
    "R",
    "of function values",
    "R",
    "offered for dispatch",
    "confirmed",
)


def _graph_rows(row: PackageScore) -> list[tuple[str, ...]]:
    rows = []
    for name, found in row.graphs.items():
        cells = [row.package, name]
        for part, whole in (
            (found.direct_found, found.direct),
            (found.dispatched_found, found.dispatched),
            (found.through_values_found, found.through_values),
            (found.confirmed, found.offered),
        ):
            cells += [str(whole), percent(share(part, whole))]
        rows.append(tuple(cells))
    return rows


def _reasons(row: PackageScore) -> list[str]:
    return [f"not available: {aspect}: {reason}" for aspect, reason in sorted(row.missing.items())]


def percent(value: float | None) -> str:
    """Three digits after the point of a share: a bar of .995 must be told from .994."""
    return "–" if value is None else f"{value:.3f}"


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
