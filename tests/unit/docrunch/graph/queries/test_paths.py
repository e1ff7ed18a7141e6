"""How one node leads to another."""

from docrunch.graph.queries.paths import shortest_path
from docrunch.graph.queries.view import GraphView


def test_the_shortest_path(world):
    found = world({"m.py": "def a(): b(); c()\ndef b(): c()\ndef c(): d()\ndef d(): ...\ndef e(): ...\n"})
    view = GraphView(found.graph)
    a, c, d, e = (found.node(f"m.{name}").id for name in "acde")
    path = shortest_path(view, a, d)
    assert path is not None
    assert [(edge.source, edge.target) for edge in path] == [(a, c), (c, d)]
    assert shortest_path(view, d, a) is None
    assert shortest_path(view, a, e) is None
    assert shortest_path(view, a, a) == []
