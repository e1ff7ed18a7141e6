"""One row per promise: what was measured, against what, in the same run."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """``bar`` is the promise in words; ``met`` is None where there is none, and the number is only shown."""

    name: str
    measured: str
    baseline: str = ""
    ratio: float | None = None
    bar: str = ""
    met: bool | None = None
    note: str = ""


def as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]


def as_markdown(rows: Sequence[Row]) -> str:
    head = ("benchmark", "measured", "baseline of the same run", "ratio", "bar", "", "note")
    body = [_cells(row) for row in rows]
    widths = [max(len(line[column]) for line in (head, *body)) for column in range(len(head))]
    lines = [_line(head, widths), _line(tuple("-" * width for width in widths), widths)]
    return "\n".join([*lines, *(_line(line, widths) for line in body)])


def _line(cells: tuple[str, ...], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return (row.name, row.measured, row.baseline, ratio, row.bar, _mark(row.met), row.note)


def _mark(met: bool | None) -> str:
    return "" if met is None else ("met" if met else "MISSED")
