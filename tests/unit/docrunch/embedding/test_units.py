import pytest

from docrunch.embedding.model import TextKind
from docrunch.embedding.units import plain_prose, text_units
from docrunch.errors import InvalidConfig
from docrunch.ids import text_sha
from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.model import FileFacts, Section

PYTHON = b'''"""Tools."""


def twice(x: int) -> int:
    """Double a number."""
    return 2 * x


def twice(x: str) -> str:
    return x + x
'''
MARKDOWN = b"""A first paragraph about it.

# Guide

## Install

Run the `setup` command now.

## Install

[Docs](http://x.y) tell you more.
"""
GUIDE, FIRST, SECOND = (
    MARKDOWN.find(b"# Guide"),
    MARKDOWN.find(b"## Install"),
    MARKDOWN.rfind(b"## Install"),
)
SECTIONS = FileFacts(
    language="markdown",
    lines=11,
    sections=(
        Section("Guide", 1, 3, 4, GUIDE, FIRST),
        Section("Install", 2, 5, 8, FIRST, SECOND),
        Section("Install", 2, 9, 11, SECOND, len(MARKDOWN)),
    ),
)


def test_a_module_card_and_one_card_per_symbol_with_the_place_it_came_from() -> None:
    facts = extract(PYTHON, "python", Limits())
    units = text_units("pkg/tools.py", facts, PYTHON, mode="card", instructions={})
    assert [(unit.symbol, unit.kind, unit.start_line, unit.end_line) for unit in units] == [
        (-1, TextKind.CARD, 1, facts.lines),
        (0, TextKind.CARD, 4, 6),
        (1, TextKind.CARD, 9, 10),
    ]
    assert len({unit.id for unit in units}) == 3  # equal names differ by ordinal
    assert all(unit.text_sha == text_sha(unit.text) for unit in units)
    assert units == text_units("pkg/tools.py", facts, PYTHON, mode="card", instructions={})


def test_bodies_come_on_request_and_keep_the_ids_of_the_cards() -> None:
    facts = extract(PYTHON, "python", Limits())
    cards = text_units("pkg/tools.py", facts, PYTHON, mode="card", instructions={})
    both = text_units("pkg/tools.py", facts, PYTHON, mode="card+body", instructions={})
    bodies = [unit for unit in both if unit.kind is TextKind.BODY]
    assert [unit for unit in both if unit.kind is TextKind.CARD] == cards
    assert [unit.symbol for unit in bodies] == [0, 1]
    assert "return 2 * x" in bodies[0].text
    assert bodies[0].text.startswith("twice: ")


def test_sections_carry_their_titles_and_equal_titles_have_different_ids() -> None:
    units = text_units("README.md", SECTIONS, MARKDOWN, mode="card", instructions={})
    assert [(unit.text, unit.start_line) for unit in units] == [
        ("A first paragraph about it.", 1),
        ("Guide › Install: Run the setup command now.", 5),
        ("Guide › Install: Docs tell you more.", 9),
    ]
    assert len({unit.id for unit in units}) == 3


def test_prose_without_headings_is_one_section() -> None:
    text = b"Some words about this project.\n"
    units = text_units("README.rst", FileFacts(language="rst", lines=1), text, mode="card", instructions={})
    assert [unit.text for unit in units] == ["Some words about this project."]


def test_code_that_is_called_readme_is_code() -> None:
    text = b"def make() -> str:\n    return 'some words of a template'\n"
    units = text_units("readme.py", extract(text, "python", Limits()), text, mode="card", instructions={})
    assert {unit.kind for unit in units} == {TextKind.CARD}


def test_an_instruction_is_part_of_the_text_and_of_its_hash() -> None:
    plain = text_units("README.md", SECTIONS, MARKDOWN, mode="card", instructions={"card": "query: "})
    told = text_units("README.md", SECTIONS, MARKDOWN, mode="card", instructions={"section": "passage: "})
    assert all(unit.text.startswith("passage: ") for unit in told)
    assert {unit.text_sha for unit in plain}.isdisjoint(unit.text_sha for unit in told)
    assert [unit.id for unit in plain] == [unit.id for unit in told]


def test_data_files_have_nothing_worth_embedding() -> None:
    assert text_units("a.csv", FileFacts(language="csv", lines=1), b"1,2\n", mode="card", instructions={}) == []


def test_an_unknown_mode_is_refused_by_name() -> None:
    with pytest.raises(InvalidConfig, match="bodies"):
        text_units("a.py", FileFacts(language="python", lines=0), b"", mode="bodies", instructions={})


def test_markup_without_meaning_is_removed() -> None:
    assert plain_prose("## **Hi** [![ci](a.svg)](http://b) <br/> see <https://c.d> `x`\n|---|:--:|") == "Hi ci see x"
