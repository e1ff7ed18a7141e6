"""How one symbol leads to another."""

from docrunch.graph.queries.index import build
from docrunch.graph.queries.paths import shortest_path
from docrunch.graph.queries.select import select


def test_the_shortest_path(world):
    found = world({"m.py": "def a(): b(); c()\ndef b(): c()\ndef c(): d()\ndef d(): ...\ndef e(): ...\n"})
    view = build(found.graph, None)
    a, c, d, e = (select(view, f"m.{name}") for name in "acde")
    path = shortest_path(view, a, d)
    assert path.links is not None
    assert [(link.source.qualified_name, link.target.qualified_name) for link in path.links] == [
        ("m.a", "m.c"),
        ("m.c", "m.d"),
    ]
    assert shortest_path(view, d, a).links is None
    assert shortest_path(view, a, e).links is None
    assert shortest_path(view, c, c).links == ()


def test_from_a_file_to_a_file(world):
    view = build(world({"a.py": "from b import f\ndef g(): f()\n", "b.py": "def f(): ...\n"}).graph, None)
    path = shortest_path(view, select(view, "a.py"), select(view, "b.py"))
    assert path.links is not None
    assert len(path.links) == 1


def test_a_guess_is_followed_only_when_asked(world):
    view = build(world({"m.py": "class E:\n    def ignite(self): ...\ndef f(x): x.ignite()\n"}).graph, None)
    ends = select(view, "m.f"), select(view, "m.E.ignite")
    assert shortest_path(view, *ends).links is None
    assert shortest_path(view, *ends, heuristic=True).links
