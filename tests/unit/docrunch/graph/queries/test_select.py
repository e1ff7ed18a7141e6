"""What a person means by a name, a place or a path."""

import pytest

from docrunch.errors import AmbiguousName, NotFound
from docrunch.graph.queries.index import build
from docrunch.graph.queries.select import select, select_line

FILES = {
    "p/__init__.py": "",
    "p/a.py": "import os\n\n@deco\nclass A:\n    x = 1\n\n    def go(self):\n        def inner(): ...\n"
    "        return inner\n"
    "\n    @property\n    def v(self): ...\n    @v.setter\n    def v(self, x): ...\n",
    "p/b.py": "class B:\n    def go(self): ...\n",
}


@pytest.fixture(scope="module")
def view(world):
    return build(world(FILES).graph, None)


def names(view, text):
    return [view.qualified_name(node) for node in select(view, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p.a.A", "p.a.A"),
        ("A", "p.a.A"),
        ("A.go", "p.a.A.go"),
        ("a.A.go", "p.a.A.go"),
        ("p/a.py", "p.a"),
        ("./p/a.py", "p.a"),
        ("p/", "p"),
        ("p/a.py:1", "p.a"),
        ("p/a.py:3", "p.a.A"),  # its decorator
        ("p/a.py:5", "p.a.A.x"),
        ("p/a.py:7", "p.a.A.go"),
        ("p/a.py:8", "p.a.A.go.inner"),
        ("p/a.py:9", "p.a.A.go"),
        ("p.a", "p.a"),
    ],
)
def test_one_thing_is_meant(view, text, expected):
    assert names(view, text) == [expected]


def test_an_id_is_its_symbol(view):
    node = select(view, "p.b.B.go")[0]
    assert select(view, view.id(node)) == [node]


def test_accessors_of_one_property_are_meant_together(view):
    assert names(view, "A.v") == ["p.a.A.v", "p.a.A.v"]


def test_a_name_never_matches_half_a_part(view):
    with pytest.raises(NotFound):
        select(view, "b.o")
    with pytest.raises(NotFound):
        select(view, "go.ne")


def test_several_are_candidates_in_the_order_of_their_paths(view):
    with pytest.raises(AmbiguousName) as caught:
        select(view, "go")
    assert [each["path"] for each in caught.value.candidates] == ["p/a.py", "p/b.py"]


@pytest.mark.parametrize("text", ["", "n_" + "a" * 26, "nothing", "p/c.py", "p/c.py:3", ":1", "p/a.py:99", "\0"])
def test_what_is_not_there_says_what_to_do(view, text):
    with pytest.raises(NotFound) as caught:
        select(view, text)
    assert caught.value.hint


def test_the_package_and_its_module_have_one_name_and_the_module_is_meant(view):
    assert [view.path(node) for node in select(view, "p")] == ["p"]  # a path comes first
    assert select_line(view, "p/b.py", 1) == select(view, "p.b.B")[0]
