"""Patterns mean what people expect of them, and no pattern takes long."""

import time

import pytest

from docrunch.search.globs import MAX_GLOB, matcher


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("", "a/b.py", True),
        (".", "a/b.py", True),
        ("a", "a/b.py", True),
        ("a/", "a/b.py", True),
        ("./a", "a/b.py", True),
        ("a", "ab/b.py", False),
        ("a/b.py", "a/b.py", True),
        ("*.py", "b.py", True),
        ("*.py", "a/c/b.py", True),
        ("a/*.py", "a/b.py", True),
        ("a/*.py", "a/c/b.py", False),
        ("a/**", "a/c/b.py", True),
        ("a/**/*.py", "a/b.py", True),
        ("a/**/*.py", "a/c/d/b.py", True),
        ("**/b.py", "b.py", True),
        ("a/?.py", "a/b.py", True),
        ("a/[b].py", "a/b.py", False),
        ("a.py", "axpy", False),
        ("(a|b)*", "a.py", False),
    ],
)
def test_patterns(pattern: str, path: str, fits: bool) -> None:
    assert matcher(pattern)(path) is fits


@pytest.mark.parametrize("pattern", ["*" * MAX_GLOB, "**/" * 300, "*a" * 12, "?" * MAX_GLOB, "**a" * 6, "[" * 900])
def test_no_pattern_takes_long(pattern: str) -> None:
    fits = matcher(pattern)
    began = time.perf_counter()
    for _ in range(20):
        fits("a" * 100 + "/b.py")
    assert time.perf_counter() - began < 1.0


def test_folders_that_are_said_many_times_are_said_once() -> None:
    """Of 333 ``**`` in a row each would be tried at each folder of each path."""
    fits = matcher("**/" * 333)
    began = time.perf_counter()
    assert all(fits("a/" * depth + "b.py") for depth in range(1, 400))
    assert time.perf_counter() - began < 1.0
