"""The lines of a hit that say why it is one, with the matching words marked. Stored texts are redacted already."""

from collections.abc import Iterable, Mapping

from docrunch.search.analysis import words
from docrunch.search.model import SearchDocument, Snippet
from docrunch.search.query import Query

LINES = 12
COLUMNS = 240  # of one line: minified files have lines of megabytes
MARKS = 60
HINTS = 24  # terms that choose the lines which are looked at closely
LOOKED = 400  # lines of a hit that are looked at
MARGIN = 40  # columns in front of the first match of a line that is cut


def snippet(text: bytes, document: SearchDocument, query: Query, reached: int = 0, most: int = LINES) -> Snippet:
    """At most ``most`` lines: the head of a symbol where that matches as well as any part of it, else the best part.

    Args:
        text: of the whole file.
        reached: a line that the query names, which is then shown; 0 for none.
    """
    first = max(1, document.line)
    last = max(first, min(document.end_line or first, first + LOOKED - 1))
    lines = text.split(b"\n", last)[first - 1 : last]
    shown = [line[: 8 * COLUMNS].decode("utf-8", "replace").rstrip("\r") for line in lines]
    if not shown:
        return Snippet(first, first, "")
    wanted = query.terms
    hints = _hints(wanted)
    weights = [_weight(line, wanted) if _may_match(line, hints) else 0.0 for line in shown]
    start = _start(weights, reached - first if first <= reached <= last else None, most)
    kept = shown[start : start + most]
    while len(kept) > 1 and not kept[-1].strip():
        kept.pop()
    cut = [_cut(line, wanted) for line in kept]
    marks = [
        (number, column, end) for number, line in enumerate(cut, first + start) for column, end in _marks(line, wanted)
    ]
    return Snippet(first + start, first + start + len(cut) - 1, "\n".join(cut), tuple(marks[:MARKS]))


def _hints(wanted: Mapping[str, float]) -> tuple[str, ...]:
    """What a line must hold to hold one of the heaviest terms: stems begin their words, but for a last ``y``."""
    heaviest = sorted(wanted, key=lambda term: (-wanted[term], term))[:HINTS]
    return tuple({term[:-1] if term.endswith("y") and len(term) > 3 else term for term in heaviest})


def _may_match(line: str, hints: tuple[str, ...]) -> bool:
    """Quick, and now and then wrong: of the whole of an identifier the parts are found."""
    folded = line[: 2 * COLUMNS].lower()
    return any(hint in folded for hint in hints)


def _weight(line: str, wanted: Mapping[str, float]) -> float:
    found = {term for word in words(line[: 2 * COLUMNS]) for term in word.terms if term in wanted}
    return sum(wanted[term] for term in sorted(found))


def _start(weights: list[float], reached: int | None, size: int) -> int:
    """The first line of the window with the most in it; the earliest of equals; the head where it is nearly as good."""
    most = max(0, len(weights) - size)
    if reached is not None:
        return max(0, min(reached - size // 2, most))
    sums = [sum(weights[start : start + size]) for start in range(most + 1)]
    best = max(range(len(sums)), key=lambda start: (sums[start], -start))
    if sums[0] >= 0.6 * sums[best]:
        return 0
    while best < most and not weights[best]:  # a window of equal weight may begin with lines that do not match
        best += 1
    return max(0, best - 1)


def _cut(line: str, wanted: Mapping[str, float]) -> str:
    if len(line) <= COLUMNS:
        return line
    begin = next((max(0, start - MARGIN) for start, _ in _marks(line, wanted)), 0)
    return ("…" if begin else "") + line[begin : begin + COLUMNS] + ("…" if begin + COLUMNS < len(line) else "")


def _marks(line: str, wanted: Mapping[str, float]) -> Iterable[tuple[int, int]]:
    """Words of a line that the query has, by column."""
    for word in words(line):
        if any(term in wanted for term in word.terms):
            yield word.start, word.end
