"""Symbols and imports: what is in both, only in ours, only in the oracle's."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from benchmarks.accuracy.facts import ImportFact, OracleFacts, OurGraph, SymbolFact
from benchmarks.accuracy.scores import Score

CODE = frozenset({"function", "method", "accessor"})  # kinds that a loose definition may have


class Difference(msgspec.Struct, frozen=True):
    """One thing for a developer to look at: ``path:line`` and what is the matter there."""

    what: str  # wrong | missed
    place: str
    text: str


def symbols(ours: OurGraph, oracle: OracleFacts) -> tuple[Score, list[Difference]]:
    """Equal in file, kind, name, line of the name and last line; of the kinds and files that the oracle knows."""
    files = frozenset(oracle.files.get("symbols", ()))
    theirs = Counter(oracle.symbols or ())
    unread = lines_not_read(oracle)
    loose = {(found.path, found.line) for found in oracle.loose}
    mine = Counter(
        found
        for found in ours.symbols
        if found.path in files
        and (found.path, found.line) not in unread
        and found.kind in oracle.kinds
        and (found in theirs or found.kind not in CODE or (found.path, found.line) not in loose)
    )
    wrong, missed = sorted((mine - theirs).elements()), sorted((theirs - mine).elements())
    score = Score((mine & theirs).total(), len(wrong), len(missed))
    return score, [*_symbol_differences("wrong", wrong, missed), *_symbol_differences("missed", missed, wrong)]


def _symbol_differences(what: str, rows: list[SymbolFact], others: list[SymbolFact]) -> Iterable[Difference]:
    """With the nearest row of the other side: most differences are one field."""
    by_name: dict[tuple[str, str], list[SymbolFact]] = {}
    for row in others:
        by_name.setdefault((row.path, row.name), []).append(row)
    for row in rows:
        near = min(
            by_name.get((row.path, row.name), ()), key=lambda one, line=row.line: abs(one.line - line), default=None
        )
        text = f"{row.kind} {row.name}, ends {row.end_line}"
        if near is not None:
            text += f"; the other side: {near.kind}, line {near.line}, ends {near.end_line}"
        yield Difference(what, f"{row.path}:{row.line}", text)


def lines_not_read(oracle: OracleFacts) -> frozenset[tuple[str, int]]:
    return frozenset((path, line) for path, lines in oracle.unread.items() for line in lines)


def imports(ours: OurGraph, oracle: OracleFacts) -> tuple[Score, list[Difference]]:
    """Pairs of files; an optional pair is neither right nor wrong nor missed, nor one whose target it does not know."""
    files = frozenset(oracle.files.get("imports", ()))
    targets = frozenset(oracle.files.get("import_targets", ()))
    theirs = _pairs(found for found in oracle.imports or () if not found.optional and found.path != found.target)
    optional = _pairs(found for found in oracle.imports or () if found.optional).keys() - theirs.keys()
    unread = lines_not_read(oracle)
    mine = _pairs(
        row
        for row in ours.imports
        if row.path in files and (not targets or row.target in targets) and (row.path, row.line) not in unread
    )
    mine = {pair: line for pair, line in mine.items() if pair not in optional and pair[0] != pair[1]}
    wrong = {pair: line for pair, line in mine.items() if pair not in theirs}
    missed = {pair: line for pair, line in theirs.items() if pair not in mine}
    score = Score(len(mine) - len(wrong), len(wrong), len(missed))
    return score, [
        Difference(what, f"{pair[0]}:{line}", f"imports {pair[1] or '.'}")
        for what, rows in (("wrong", wrong), ("missed", missed))
        for pair, line in sorted(rows.items())
    ]


def _pairs(rows: Iterable[ImportFact]) -> dict[tuple[str, str], int]:
    """(file, target) → first line."""
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        pair = (row.path, row.target)
        found[pair] = min(row.line, found.get(pair, row.line))
    return found
