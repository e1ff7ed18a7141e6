"""One line per module is what a newcomer reads first: it must describe, not license or configure."""

import pytest

from docrunch.documentation.summaries import first_sentence


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
