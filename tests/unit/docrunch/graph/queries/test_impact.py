"""What a change may break, and the tests that would tell."""

from docrunch.graph.queries.impact import impact
from docrunch.graph.queries.view import GraphView


def test_dependents_by_depth_with_tests(world):
    found = world(
        {
            "m.py": "def low(): ...\ndef mid(): low()\ndef top(): mid()\ndef other(): ...\n",
            "test_m.py": "import m\ndef test_top(): m.top()\ndef test_other(): m.other()\n",
        }
    )
    view = GraphView(found.graph)
    result = impact(view, [found.node("m.low").id])
    names = [[view.nodes[hit.node].name for hit in level] for level in result.by_depth]
    assert names == [["mid"], ["top"], ["test_top"]]
    strengths = [level[0].impact for level in result.by_depth]
    assert strengths == sorted(strengths, reverse=True)
    assert [view.nodes[n].name for n in result.tests] == ["test_top"]
    assert result.modules == ("m.py", "test_m.py")


def test_less_certain_edges_carry_less(world):
    found = world(
        {
            "a.py": "class Engine:\n    def ignite_rocket(self): ...\ndef exact(e): Engine.ignite_rocket(e)\n"
            "def guess(x): x.ignite_rocket()\n"
        }
    )
    view = GraphView(found.graph)
    result = impact(view, [found.node("a.Engine.ignite_rocket").id])
    assert [view.nodes[hit.node].name for hit in result.by_depth[0]] == ["exact", "guess"]


def test_a_circle_ends(world):
    found = world({"m.py": "def a(): b()\ndef b(): a()\n"})
    result = impact(GraphView(found.graph), [found.node("m.a").id])
    assert len(result.by_depth) == 1


def test_changing_a_class_changes_its_methods(shop):
    view = GraphView(shop.graph)
    result = impact(view, [shop.node("shop.cart.Base").id])
    assert "test_add" in {view.nodes[n].name for n in result.tests}
