"""Who calls whom."""

from docrunch.graph.queries.hierarchy import callees, callers
from docrunch.graph.queries.index import build
from docrunch.graph.queries.select import select


def names(found, end):
    return [(step.depth, getattr(step.link, end).qualified_name) for step in found.calls]


def test_callers_and_callees(shop):
    view = build(shop.graph, None)
    total = select(view, "shop.prices.total")
    assert [name for _, name in names(callers(view, total), "source")] == ["shop.cart.Cart.add"]
    assert {name for _, name in names(callees(view, total), "target")} == {"shop.prices.rounded", "math.fsum"}


def test_further_steps_come_later_and_a_circle_ends(world):
    view = build(world({"m.py": "def a(): b()\ndef b(): c()\ndef c(): a()\n"}).graph, None)
    assert names(callers(view, select(view, "m.c"), depth=9), "source") == [(1, "m.b"), (2, "m.a"), (3, "m.c")]


def test_whoever_makes_an_instance_calls_the_type(world):
    view = build(world({"m.py": "class A:\n    def __init__(self): ...\ndef f(): return A()\n"}).graph, None)
    assert names(callers(view, select(view, "m.A")), "source") == [(1, "m.f")]


def test_guesses_can_be_left_out_and_are_marked(world):
    view = build(world({"m.py": "class E:\n    def ignite(self): ...\ndef f(x): x.ignite()\n"}).graph, None)
    method = select(view, "m.E.ignite")
    assert [step.link.confidence for step in callers(view, method).calls] == ["heuristic"]
    assert callers(view, method, heuristic=False).calls == ()


def test_a_limit_says_how_many_there_are(world):
    view = build(world({"m.py": "def a(): ...\ndef b(): a()\ndef c(): a()\n"}).graph, None)
    found = callers(view, select(view, "m.a"), limit=1)
    assert (len(found.calls), found.total) == (1, 2)


def test_whoever_calls_a_type_calls_its_constructor(world):
    files = {"m.py": "def low(): ...\nclass A:\n    def __init__(self): low()\ndef f(): return A()\ndef g(): f()\n"}
    view = build(world(files).graph, None)
    assert names(callers(view, select(view, "m.A.__init__")), "source") == [(1, "m.f")]
    found = names(callers(view, select(view, "m.low"), depth=3), "source")
    assert found == [(1, "m.A.__init__"), (2, "m.f"), (3, "m.g")]
