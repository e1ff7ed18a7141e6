"""Extraction as a whole: truth, limits, determinism, hostile texts."""

import ast
import asyncio
import email
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docrunch.options import Limits
from docrunch.parsing.codec import encode_facts
from docrunch.parsing.extract import extract

LANGUAGES = ("python", "javascript", "typescript", "tsx", "go", "rust")
Definition = tuple[str, str, int, int]


def definitions(tree: ast.AST) -> Iterator[Definition]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, "function", node.lineno, node.end_lineno or 0
        elif isinstance(node, ast.ClassDef):
            yield node.name, "class", node.lineno, node.end_lineno or 0


@pytest.mark.parametrize("package", [json, email, asyncio], ids=lambda package: package.__name__)
def test_python_definitions_are_those_that_python_itself_sees(package: object) -> None:
    right = wrong = missed = 0
    for path in sorted(Path(package.__file__).parent.rglob("*.py")):  # type: ignore[attr-defined]
        text = path.read_bytes()
        truth = set(definitions(ast.parse(text)))
        found = {
            (symbol.name, "function" if symbol.complexity else "class", symbol.line, symbol.end_line)
            for symbol in extract(text, "python", Limits()).symbols
            if symbol.complexity or symbol.kind in ("class", "enum", "interface")
        }
        right += len(truth & found)
        wrong += len(found - truth)
        missed += len(truth - found)
    assert right > 20
    assert 2 * right / (2 * right + wrong + missed) >= 0.995


def test_a_deeply_nested_file_is_listed_and_not_followed() -> None:
    text = b"x = " + b"[" * 3000 + b"]" * 3000
    facts = extract(text, "python", Limits(max_depth=1000))
    assert [issue.reason for issue in facts.issues] == ["too_deep"]
    assert (facts.lines, facts.symbols) == (1, ())


def test_depth_counts_levels_and_not_length() -> None:
    text = b"\n".join(b"x%d = [%d, (1, 2)]" % (n, n) for n in range(3000))
    assert extract(text, "python", Limits(max_depth=50)).issues == ()


def test_a_file_with_too_many_nodes_keeps_its_line_counts() -> None:
    facts = extract(b"a = 1\n" * 1000, "python", Limits(max_nodes=500))
    assert [issue.reason for issue in facts.issues] == ["too_many_nodes"]
    assert (facts.lines, facts.code_lines, facts.symbols) == (1000, 1000, ())


def test_a_file_beyond_the_byte_limit_is_listed() -> None:
    facts = extract(b"a = 1\n" * 1000, "python", Limits(max_file_bytes=100))
    assert [issue.reason for issue in facts.issues] == ["too_large"]


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("python", b"def good():\n    pass\n\ndef bad(:\n    pass\n", "good"),
        ("javascript", b"function good() {}\nfunction bad( {\n", "good"),
        ("typescript", b"class Good {}\ninterface {\n", "Good"),
        ("go", b"package p\nfunc good() {}\nfunc bad( {\n", "good"),
        ("rust", b"fn good() {}\nfn bad( {\n", "good"),
    ],
)
def test_a_file_with_syntax_errors_keeps_what_can_be_read(language: str, text: bytes, name: str) -> None:
    facts = extract(text, language, Limits())
    assert [issue.reason for issue in facts.issues] == ["syntax_errors"]
    assert facts.issues[0].line > 0
    assert name in [symbol.name for symbol in facts.symbols]


def test_a_long_fluent_chain_is_read_in_bounded_time_with_all_its_calls() -> None:
    text = b"x = a" + b".b()" * 400 + b"\n"
    calls = [reference for reference in extract(text, "python", Limits()).references if reference.kind == "call"]
    assert len(calls) == 400
    assert max(len(reference.chain) for reference in calls) <= 33
    assert ("a", "b") in {reference.chain for reference in calls}


def test_other_languages_are_inventoried_with_their_lines() -> None:
    facts = extract(b"a\n\n b\nc", "cobol", Limits())
    assert (facts.language, facts.lines, facts.code_lines, facts.symbols) == ("cobol", 4, 3, ())


def test_line_counts_tell_code_comments_and_blank_lines_apart() -> None:
    facts = extract(b'"""Doc."""\n\n# one\nx = 1  # trailing\n   \n# two\r\n', "python", Limits())
    assert (facts.lines, facts.code_lines, facts.comment_lines) == (6, 2, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_equal_texts_give_equal_bytes(language: str) -> None:
    fixture = next(path for path in sorted((Path(__file__).parent / "fixtures" / language).iterdir()))
    text = fixture.read_bytes()
    assert len({encode_facts(extract(text, language, Limits())) for _ in range(20)}) == 1


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(LANGUAGES), st.data())
def test_no_text_makes_extraction_fail(language: str, data: st.DataObject) -> None:
    folder = Path(__file__).parent / "fixtures" / language
    text = next(path for path in sorted(folder.iterdir()) if path.suffix != ".facts").read_bytes()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    junk = data.draw(
        st.binary(max_size=12) | st.sampled_from([b"(", b"}", b"@", b"=>", b"'", b"\xff", b"\r\n", b"class "])
    )
    facts = extract(text[:start] + junk + text[end:], language, Limits())
    assert facts.language == language
    encode_facts(facts)


def test_text_beyond_ascii_keeps_names_and_byte_ranges() -> None:
    text = 'größe = "ß"\n\nclass Ünï:\n    """Dök."""\n'.encode()
    constant, unicode_class = extract(text, "python", Limits()).symbols
    assert (constant.name, unicode_class.name, unicode_class.doc) == ("größe", "Ünï", "Dök.")
    assert text[unicode_class.start_byte : unicode_class.end_byte].decode().startswith("class Ünï")


@pytest.mark.parametrize(
    ("language", "text", "program"),
    [
        ("python", b"#!/usr/bin/env python3\nprint(1)\n", True),
        ("bash", b"#! /bin/sh\necho\n", True),
        ("rust", b'#![cfg(feature = "x")]\nfn go() {}\n', False),
    ],
)
def test_a_line_that_names_an_interpreter_makes_a_program(language: str, text: bytes, program: bool) -> None:
    facts = extract(text, language, Limits())
    assert facts.entry_point == program
    assert any(entry.kind == "main" for entry in facts.entries) == program
