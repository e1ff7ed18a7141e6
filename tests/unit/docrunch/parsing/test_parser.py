"""The bound of a parse: counted, so that a file is read or refused on every machine alike."""

import time
from pathlib import Path

import pytest
from tree_sitter import Language, Parser
from tree_sitter_python import language as python

from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.parser import Grammar, ParseBudgetExceeded
from docrunch.pipeline.lost import EMPTY_FACTS_REASONS

# Two kilobytes over which the error recovery of a grammar makes millions of empty nodes, for half a minute.
EXPLODES = (Path(__file__).parents[3] / "fixtures" / "zero-width-explosion.kt").read_bytes()
# From every bracket a scanner looks for an end that never comes: few operations, but 400 MB are read.
SCANS = b"m=${1:" + b"f(" * 20_000
# What once made a reader fail, and with it the child.
DAMAGED = [("kotlin", b"fun g() { f(b, %s) }\n" % piece) for piece in (b"*", b"@", b"=", b"a =", b"* *", b"\xff")]
DAMAGED += [("swift", b"class A { @B%s var x: Int }\n" % piece) for piece in (b"\x8d", b"<\x8d>", b".\x8d", b"(\x8d)")]


@pytest.mark.parametrize(("language", "text"), [("kotlin", EXPLODES), ("bash", SCANS)], ids=["explodes", "scans"])
def test_a_file_that_takes_too_much_is_kept_without_symbols_and_says_why(language: str, text: bytes) -> None:
    started = time.process_time()
    facts = extract(text, language, Limits())
    assert time.process_time() - started < 10
    assert [issue.reason for issue in facts.issues] == ["parse_budget_exceeded"]
    assert facts.issues[0].reason in EMPTY_FACTS_REASONS
    assert (facts.lines, facts.symbols) == (text.count(b"\n") + 1, ())
    assert extract(text, language, Limits()) == facts


def test_the_next_text_is_read_from_its_start() -> None:
    text = b"class A { fun f() = 1 }\n"
    expected = extract(text, "kotlin", Limits())
    extract(EXPLODES, "kotlin", Limits())
    assert extract(text, "kotlin", Limits()) == expected
    assert [symbol.name for symbol in expected.symbols] == ["A", "f"]


def test_the_refusal_names_what_the_text_was_allowed() -> None:
    grammar = Grammar("tree_sitter_kotlin", "language", "(source_file) @x")
    with pytest.raises(ParseBudgetExceeded) as refused:
        grammar.parse(EXPLODES)
    assert refused.value.operations == 100_000 + 50 * len(EXPLODES)


@pytest.mark.parametrize("shift", range(4))
def test_a_tree_does_not_depend_on_where_the_parser_reads_on(shift: int) -> None:
    """Names of several bytes lie over the ends of what the parser reads at once, and bytes that are no text."""
    lines = ["#" * shift, *["naïve_名前 = {'ключ': 'ü'}"] * 700]
    text = "\n".join(lines).encode() + b"\xff\xe2\x80x = 1\n" * 900
    tree = Grammar("tree_sitter_python", "language", "(module) @x").parse(text)
    assert str(tree.root_node) == str(Parser(Language(python())).parse(text).root_node)


@pytest.mark.parametrize(("language", "text"), DAMAGED)
def test_a_damaged_file_is_data(language: str, text: bytes) -> None:
    assert extract(text, language, Limits()).language == language
