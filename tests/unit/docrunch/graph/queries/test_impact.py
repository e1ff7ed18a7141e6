"""What a change may break, and the tests that would tell."""

import pytest

from docrunch.graph.queries.impact import impact
from docrunch.graph.queries.index import build
from docrunch.graph.queries.select import select


def hits(found):
    return [[hit.symbol.qualified_name for hit in level] for level in found.by_depth]


def test_dependents_by_depth_with_tests(world):
    found = world(
        {
            "m.py": "def low(): ...\ndef mid(): low()\ndef top(): mid()\ndef other(): ...\n",
            "test_m.py": "import m\ndef test_top(): m.top()\ndef test_other(): m.other()\n",
        }
    )
    view = build(found.graph, None)
    result = impact(view, select(view, "m.low"))
    assert hits(result) == [["m.mid"], ["m.top"], ["test_m.test_top"]]
    assert [level[0].confidence for level in result.by_depth] == [1.0, 0.8, 0.64]
    assert [test.symbol.qualified_name for test in result.tests] == ["test_m.test_top"]
    assert result.test_files == ("test_m.py",)
    assert [module.path for module in result.modules] == ["m.py"]


def test_guessed_edges_are_followed_only_when_asked(world):
    files = {
        "a.py": "class Engine:\n    def ignite_rocket(self): ...\ndef exact(e): Engine.ignite_rocket(e)\n"
        "def guess(x): x.ignite_rocket()\n"
    }
    view = build(world(files).graph, None)
    method = select(view, "a.Engine.ignite_rocket")
    careful, bold = impact(view, method), impact(view, method, heuristic=True)
    assert hits(careful)[0] == ["a.exact"]
    assert careful.risk.heuristic_skipped == 1
    assert hits(bold)[0] == ["a.exact", "a.guess"]


def test_a_circle_ends(world):
    view = build(world({"m.py": "def a(): b()\ndef b(): a()\n"}).graph, None)
    assert hits(impact(view, select(view, "m.a"))) == [["m.b"]]


def test_an_import_carries_a_change_one_step(world):
    files = {"a.py": "def f(): ...\n", "b.py": "import a\n", "c.py": "import b\n"}
    view = build(world(files).graph, None)
    assert hits(impact(view, select(view, "a.py"))) == [["b"]]


def test_a_reexport_carries_it_on(world):
    files = {"p/__init__.py": "from p.a import f\n", "p/a.py": "def f(): ...\n", "c.py": "import p\ndef g(): p.f()\n"}
    view = build(world(files).graph, None)
    assert "c.g" in hits(impact(view, select(view, "p.a.f")))[0]


def test_callers_of_the_overridden_method_may_run_the_changed_one(world):
    files = {
        "m.py": "class A:\n    def run(self): ...\nclass B(A):\n    def run(self): ...\ndef go(a: A): a.run()\n",
    }
    view = build(world(files).graph, None)
    result = impact(view, select(view, "m.B.run"))
    found = {hit.symbol.qualified_name: hit.confidence for level in result.by_depth for hit in level}
    assert 0 < found["m.go"] <= 0.5


def test_a_test_reaches_what_a_function_inside_of_it_calls(world):
    """As views of web frameworks are tested: declared in the test, and called by the framework."""
    files = {
        "m.py": "def low(): ...\n",
        "test_m.py": "import m\ndef test_view(client):\n    @client.route\n    def view():\n"
        "        def stream(): m.low()\n        return stream\n    client.get()\n"
        "def test_type():\n    class Local:\n        def run(self): m.low()\n    go(Local)\n"
        "class TestMore:\n    def helper(self): m.low()\n    def test_other(self): ...\n",
        "test_n.py": "import m\ndef test_nothing(): ...\n",
    }
    view = build(world(files).graph, None)
    result = impact(view, select(view, "m.low"))
    assert [test.symbol.qualified_name for test in result.tests] == ["test_m.test_view", "test_m.test_type"]
    imported = impact(view, select(view, "m.py"))
    assert (
        imported.tests[-1].symbol.qualified_name == "test_n"
    )  # imports it: more relevant by number, but no test of it
    assert imported.tests[-1].relevance > imported.tests[0].relevance
    reached = {hit.symbol.qualified_name: hit.confidence for level in result.by_depth for hit in level}
    assert reached["test_m.test_view"] == pytest.approx(0.9 * 0.8 * 0.9 * 0.8)
    assert "test_m.TestMore" not in reached


def test_changing_a_class_changes_its_methods(shop):
    view = build(shop.graph, None)
    result = impact(view, select(view, "shop.cart.Base"))
    assert "test_add" in {test.symbol.qualified_name.rsplit(".", 1)[-1] for test in result.tests}


def test_a_changed_line_of_a_file_is_not_a_change_of_all_that_is_in_it(world):
    view = build(world({"a.py": "x = 1\ndef f(): ...\n", "b.py": "import a\ndef g(): a.f()\n"}).graph, None)
    module = select(view, "a.py")
    assert hits(impact(view, [], parts=module)) == [["b"]]
    assert "b.g" in hits(impact(view, module))[0]


def test_entry_points_that_a_change_reaches(world):
    files = {
        "app.py": "from flask import Flask\napp = Flask(__name__)\n@app.route('/users/<id>')\ndef user(id): low()\n"
        "def low(): ...\n"
    }
    view = build(world(files).graph, None)
    result = impact(view, select(view, "app.low"))
    assert [(entry.kind, entry.label) for entry in result.entry_points] == [("route", "GET /users/<id>")]


def test_the_parts_of_the_risk_sum_to_it(world):
    files = {
        "m.py": "def low(): ...\n" + "".join(f"def f{n}(): low()\n" for n in range(40)),
        **{f"u{n}.py": f"from m import f{n}\ndef g(): f{n}()\n" for n in range(40)},
    }
    view = build(world(files).graph, None)
    risk = impact(view, select(view, "m.low")).risk
    assert (risk.dependents, risk.modules, risk.exported, risk.untested) == (40, 41, 1, 1)
    assert risk.points == {"dependents": 30.0, "modules": 25.0, "exported": 15.0, "entry_points": 0.0, "untested": 15.0}
    assert (risk.score, risk.level) == (85, "high")
    alone = impact(view, select(view, "u1.g")).risk
    assert (alone.score, alone.level) == (30, "medium")


def test_a_symbol_with_a_test_is_no_untested_one(world):
    files = {"m.py": "def a(): ...\ndef b(): ...\n", "test_m.py": "import m\ndef test_a(): m.a()\n"}
    view = build(world(files).graph, None)
    assert impact(view, select(view, "m.py")).risk.untested == 1


MADE = {
    "m.py": "def low(): ...\nclass A:\n    def __init__(self): low()\n    def other(self): ...\n"
    "class B:\n    def __init__(self): ...\ndef make(): return A()\ndef makes_b(): return B()\n"
    "def typed(a: A): a.other()\n",
    "test_m.py": "import m\ndef test_make(): m.make()\ndef test_a(): m.A()\ndef test_b(): m.B()\n",
}


def test_whoever_calls_a_type_runs_its_constructor(world):
    """Else nothing that is reached through ``__init__`` would have a test, and all of it would look safe to change."""
    view = build(world(MADE).graph, None)
    result = impact(view, select(view, "m.low"))
    assert hits(result) == [["m.A.__init__"], ["m.make", "test_m.test_a"], ["test_m.test_make"]]
    assert [test.symbol.qualified_name for test in result.tests] == ["test_m.test_a", "test_m.test_make"]
    assert [hit.through.qualified_name for hit in result.by_depth[1]] == ["m.A", "m.A"]
