"""The bound of a parse: counted, so that a file is read or refused on every machine alike."""

import time
from pathlib import Path

import pytest
from tree_sitter import Language, Parser
from tree_sitter_python import language

from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.parser import Grammar, ParseBudgetExceeded
from docrunch.pipeline.lost import EMPTY_FACTS_REASONS

# Two kilobytes over which the error recovery of a grammar makes millions of empty nodes, for half a minute.
EXPLODES = (Path(__file__).parents[3] / "fixtures" / "zero-width-explosion.kt").read_bytes()
# Every word may start a here-document, whose end is looked for to the end of the file.
SCANS = b"cat <<a\n" + b"$(cat <<b\n" * 30_000


def test_a_file_that_explodes_is_kept_without_symbols_and_says_why() -> None:
    started = time.process_time()
    facts = extract(EXPLODES, "kotlin", Limits())
    assert time.process_time() - started < 5
    assert [issue.reason for issue in facts.issues] == ["parse_budget_exceeded"]
    assert facts.issues[0].reason in EMPTY_FACTS_REASONS
    assert (facts.lines, facts.symbols) == (84, ())
    assert extract(EXPLODES, "kotlin", Limits()) == facts


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
    text = b"#" * shift + b"\n" + "naïve_名前_\U0001f600 = {'ключ': \"\"\"ü\n\"\"\"}\n".encode() * 700 + b"\xff\xe2\x80x = 1\n" * 900
    tree = Grammar("tree_sitter_python", "language", "(module) @x").parse(text)
    assert str(tree.root_node) == str(Parser(Language(language())).parse(text).root_node)
