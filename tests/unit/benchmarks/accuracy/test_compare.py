"""Symbols and imports: every way to differ costs exactly what it should, and nothing outside the oracle's knowledge."""

import msgspec

from benchmarks.accuracy.compare import imports, symbols
from benchmarks.accuracy.facts import ImportFact, OracleFacts, OurGraph, SymbolFact
from benchmarks.accuracy.scores import Score

RUN = SymbolFact("a.py", 3, 9, "function", "run")
KINDS = ("function", "class")


def judged(ours: list[SymbolFact], theirs: list[SymbolFact], **more: tuple[SymbolFact, ...]) -> Score:
    oracle = OracleFacts("o", symbols=tuple(theirs), files={"symbols": ("a.py",)}, kinds=KINDS, **more)
    return symbols(OurGraph(symbols=tuple(ours)), oracle)[0]


def test_equal_symbols_are_right() -> None:
    assert judged([RUN], [RUN]) == Score(1, 0, 0)


def test_each_field_counts() -> None:
    changes = {"line": 4, "end_line": 8, "kind": "class", "name": "walk"}
    for field, value in changes.items():
        other = msgspec.structs.replace(RUN, **{field: value})
        assert judged([other], [RUN]) == Score(0, 1, 1), field


def test_a_symbol_found_twice_is_wrong_once() -> None:
    assert judged([RUN, RUN], [RUN]) == Score(1, 1, 0)


def test_files_and_kinds_the_oracle_does_not_know_are_not_judged() -> None:
    elsewhere = msgspec.structs.replace(RUN, path="b.py")
    value = msgspec.structs.replace(RUN, kind="variable")
    assert judged([RUN, elsewhere, value], [RUN]) == Score(1, 0, 0)


def test_loose_definitions_are_neither_right_nor_wrong() -> None:
    loose = (SymbolFact("a.py", 5, 6, "", ""),)
    assigned = SymbolFact("a.py", 5, 6, "function", "handler")
    assert judged([RUN, assigned], [RUN], loose=loose) == Score(1, 0, 0)
    assert judged([RUN], [RUN], loose=loose) == Score(1, 0, 0)
    assert judged([RUN, SymbolFact("a.py", 5, 6, "class", "K")], [RUN], loose=loose) == Score(1, 1, 0)


def test_a_difference_names_the_place_and_the_other_side() -> None:
    short = msgspec.structs.replace(RUN, end_line=8)
    oracle = OracleFacts("o", symbols=(RUN,), files={"symbols": ("a.py",)}, kinds=KINDS)
    _, found = symbols(OurGraph(symbols=(short,)), oracle)
    assert [(one.what, one.place) for one in found] == [("wrong", "a.py:3"), ("missed", "a.py:3")]
    assert found[0].text == "function run, ends 8; the other side: function, line 3, ends 9"


def imported(ours: list[tuple[str, str]], theirs: list[ImportFact], **scope: tuple[str, ...]) -> Score:
    files = {"imports": ("a.py", "b.py"), **scope}
    mine = tuple(ImportFact(path, target, 1) for path, target in ours)
    return imports(OurGraph(imports=mine), OracleFacts("o", imports=tuple(theirs), files=files))[0]


def test_imports_are_pairs_of_files() -> None:
    twice = [ImportFact("a.py", "b.py", 1), ImportFact("a.py", "b.py", 7)]
    assert imported([("a.py", "b.py"), ("a.py", "b.py")], twice) == Score(1, 0, 0)
    assert imported([("a.py", "c.py")], twice) == Score(0, 1, 1)


def test_an_optional_import_is_free() -> None:
    optional = [ImportFact("a.py", "b.py", 1, optional=True)]
    assert imported([("a.py", "b.py")], optional) == Score(0, 0, 0)
    assert imported([], optional) == Score(0, 0, 0)


def test_an_import_that_is_optional_once_and_meant_once_counts() -> None:
    both = [ImportFact("a.py", "b.py", 1, optional=True), ImportFact("a.py", "b.py", 2)]
    assert imported([("a.py", "b.py")], both) == Score(1, 0, 0)
    assert imported([], both) == Score(0, 0, 1)


def test_a_file_does_not_import_itself() -> None:
    assert imported([("a.py", "a.py")], [ImportFact("a.py", "a.py", 1)]) == Score(0, 0, 0)


def test_targets_the_oracle_cannot_name_are_not_judged() -> None:
    assert imported([("a.py", "namespace/c.py")], [], import_targets=("a.py", "b.py")) == Score(0, 0, 0)
