"""One line per module is what a newcomer reads first: it must describe, not license or configure."""

import pytest

from docrunch.documentation.reader import Reader
from docrunch.documentation.summaries import describe, first_sentence, shortened
from docrunch.documentation.world import World
from tests.support.world import make_documentation


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("Takes money. Gives change.", "Takes money."),
        ("Reads e.g. files. More.", "Reads e.g. files."),
        ("Copyright 2020 Someone.\n\nParses headers.", "Parses headers."),
        ("SPDX-License-Identifier: MIT\n\nReal text here", "Real text here"),
        ("eslint-disable no-console", ""),
        ("Title\n=====\n\nThe body.", "Title"),
        ("Version 3.1 of the thing\nover two lines", "Version 3.1 of the thing over two lines"),
        (":param x: the x", ""),
        ("Shared between\n:class:`~a.B` and others.\n\nMore.", "Shared between a.B and others."),
        ("Implements {@link Observer} well.", "Implements Observer well."),
        ("TERMS AND CONDITIONS\n\nhttps://example.invalid\n\nParses.", "Parses."),
        ("Makes x.\n:param x: the x", "Makes x."),
        ("", ""),
        ("x" * 500, "x" * 219 + " …"),
    ],
)
def test_the_first_sentence_that_describes(doc: str, expected: str) -> None:
    assert first_sentence(doc) == expected


@pytest.mark.parametrize(
    ("number", "documented", "expected"),
    [
        (1, True, "Defines `f0`: Does it."),
        (1, False, "Defines `f0`."),
        (2, True, "Defines `f0`, `f1`. `f0`: Does it."),
        (5, False, "Defines `f0`, `f1`, `f2` and 2 more."),
    ],
)
def test_a_module_without_documentation_says_what_it_defines_once(number: int, documented: bool, expected: str) -> None:
    doc = '    """Does it. Well."""\n' if documented else ""
    text = "".join(f"def f{i}():\n{doc}    return {i}\n\n\n" for i in range(number))
    world = World(make_documentation({"a.py": text}))
    assert describe(Reader(world), world.modules[0]) == expected


def test_what_is_cut_shows_that_it_is() -> None:
    assert shortened("abc def", 7) == "abc def"
    assert shortened("abc defg", 7) == "abc d …"
