"""What the graph is to reach, per language."""

from typing import NamedTuple


class Bars(NamedTuple):
    """Shares; None where nothing is promised."""

    symbols: float  # F1
    imports: float | None  # F1
    precision: float  # of call edges inside the repository
    recall: float | None  # of the call sites that the oracle resolves to one definition of the repository


_TYPED = Bars(symbols=0.985, imports=0.98, precision=0.97, recall=0.70)

BARS = {
    "python": _TYPED._replace(symbols=0.995),
    "typescript": _TYPED,
    "tsx": _TYPED,
    "javascript": Bars(symbols=0.985, imports=0.98, precision=0.93, recall=None),
    "go": _TYPED,
    "rust": _TYPED._replace(imports=None),
    "java": _TYPED,
    "c": Bars(symbols=0.985, imports=0.98, precision=0.93, recall=None),
    "cpp": Bars(symbols=0.985, imports=0.98, precision=0.93, recall=None),
    "csharp": Bars(symbols=0.985, imports=None, precision=0.93, recall=None),
    "scala": Bars(symbols=0.985, imports=None, precision=0.93, recall=None),
    "php": Bars(symbols=0.985, imports=None, precision=0.93, recall=None),
    "ruby": Bars(symbols=0.985, imports=None, precision=0.93, recall=None),
    "kotlin": Bars(symbols=0.985, imports=0.98, precision=0.93, recall=None),
}
