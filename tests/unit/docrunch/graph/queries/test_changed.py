"""The symbols that a diff touches: those around its lines, and no others."""

import difflib

import pytest

from docrunch.graph.queries.changed import touched
from docrunch.graph.queries.diff import read_diff
from docrunch.graph.queries.index import build

OLD = """import os

class A:
    x = 1

    @deco
    def one(self):
        return 1

    def two(self):
        return 2

def f():
    def inner():
        return 3
    return inner
"""


def names(view, nodes):
    return sorted(view.qualified_name(node) for node in nodes)


def diff(old: str, new: str, path: str = "m.py") -> bytes:
    lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True), f"a/{path}", f"b/{path}")
    return "".join(lines).encode()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("return 1", "return 10", ["m.A.one"]),
        ("    @deco\n", "    @other\n", ["m.A.one"]),
        ("x = 1", "x = 2", ["m.A.x"]),
        ("return 3", "return 4", ["m.f.inner"]),
        ("    return inner\n", "    return None\n", ["m.f"]),
        ("import os\n", "import sys\n", ["m"]),
        ("import os\n", "import os\nimport sys\n", ["m"]),
        ("        return 2\n", "        a = 1\n        return 2\n", ["m.A.two"]),
        ("    def two(self):\n        return 2\n", "", ["m.A.two"]),
        ("class A:\n", "class A(B):\n", ["m.A"]),
        ("def f():\n", "def new(): ...\n\ndef f():\n", ["m"]),
    ],
)
def test_the_innermost_symbols_around_changed_lines(world, before, after, expected):
    assert before in OLD
    view = build(world({"m.py": OLD}).graph, None)
    found = touched(view, read_diff(diff(OLD, OLD.replace(before, after))))
    assert names(view, found.nodes) == expected


def test_the_other_side_of_the_same_diff(world):
    new = OLD.replace("return 2", "y = 1\n        return 2")
    view = build(world({"m.py": new}).graph, None)
    assert names(view, touched(view, read_diff(diff(OLD, new)), "new").nodes) == ["m.A.two"]


def test_a_change_over_several_symbols_touches_all_of_them(world):
    view = build(world({"m.py": OLD}).graph, None)
    new = OLD.replace("return 1\n\n    def two(self):\n        return 2\n\ndef f", "return 5\n\ndef g")
    assert names(view, touched(view, read_diff(diff(OLD, new))).nodes) == ["m", "m.A.one", "m.A.two", "m.f"]


def test_files_that_go_move_or_are_unknown(world):
    view = build(world({"m.py": OLD, "n.py": "x = 1\n"}).graph, None)
    text = (
        b"diff --git a/n.py b/n.py\ndeleted file mode 100644\n--- a/n.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x = 1\n"
        b"diff --git a/m.py b/o.py\nrename from m.py\nrename to o.py\n"
        b"diff --git a/docs.md b/docs.md\n--- a/docs.md\n+++ b/docs.md\n@@ -1 +1 @@\n-a\n+b\n"
    )
    found = touched(view, read_diff(text))
    assert (names(view, found.whole), found.nodes, found.unknown) == (["m", "n"], (), ("docs.md",))
