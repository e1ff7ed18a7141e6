"""Who calls whom, who is above whom."""

from docrunch.graph.queries import hierarchy
from docrunch.graph.queries.view import GraphView


def test_callers_and_callees(shop):
    view = GraphView(shop.graph)
    total = shop.node("shop.prices.total").id
    assert [view.nodes[e.source].name for e in hierarchy.callers(view, total)] == ["add"]
    assert {view.nodes[e.target].name for e in hierarchy.callees(view, total)} == {"rounded", "fsum"}


def test_supertypes_subtypes_children(world):
    found = world({"m.py": "class A: ...\nclass B(A):\n    def x(self): ...\n    y = 1\nclass C(B): ...\n"})
    view = GraphView(found.graph)
    a, b, c = (found.node(f"m.{name}").id for name in "ABC")
    assert hierarchy.supertypes(view, c) == [b, a]
    assert hierarchy.subtypes(view, a) == [b, c]
    assert [n.name for n in hierarchy.children(view, b)] == ["x", "y"]
    assert hierarchy.container(view, b) == found.node("m").id
