"""What a change may break, and the tests that would tell."""

import pytest

from docrunch.graph.model import NodeKind
from docrunch.graph.queries.heirs import DEEPEST
from docrunch.graph.queries.hierarchy import callers
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


INHERITED = {
    "python": {"m.py": """
        class Base:
            def __init__(self): ...
        class Middle(Base): ...
        class Sub(Middle): ...
        class Own(Base):
            def __init__(self): ...
        def make(): return Sub()
        def other(): return Own()
        """},
    "ruby": {"m.rb": """
        class Base
          def initialize; end
        end
        class Middle < Base; end
        class Sub < Middle; end
        class Own < Base
          def initialize; end
        end
        def make
          Sub.new
        end
        def other
          Own.new
        end
        """},
    "php": {"m.php": """
        <?php
        class Base { public function __construct() {} }
        class Middle extends Base {}
        class Sub extends Middle {}
        class Own extends Base { public function __construct() {} }
        function make() { return new Sub(); }
        function other() { return new Own(); }
        """},
    "javascript": {"m.js": """
        export class Base { constructor(size) { this.size = size; } }
        export class Middle extends Base {}
        export class Sub extends Middle {}
        export function make() { return new Sub(1); }
        """},
    "typescript": {"m.ts": """
        export class Base { constructor(public size: number) {} }
        export class Middle extends Base {}
        export class Sub extends Middle {}
        export function make() { return new Sub(1); }
        """},
    "java": {"shop/Base.java": """
        package shop;
        public class Base { public Base() {} }
        class Middle extends Base {}
        class Sub extends Middle {}
        class Make { Sub make() { return new Sub(); } }
        """},
    "csharp": {"Base.cs": """
        namespace Shop;
        public class Base { public Base() {} }
        class Middle : Base {}
        class Sub : Middle {}
        class Make { Sub make() { return new Sub(); } }
        """},
    "swift": {"Sources/Shop/m.swift": """
        class Base { init(size: Int) {} }
        class Middle: Base {}
        class Sub: Middle {}
        func make() -> Sub { return Sub(size: 1) }
        """},
    "c++": {"m.cpp": """
        class Base { public: Base() {} };
        class Middle : public Base {};
        class Sub : public Middle {};
        void make() { auto made = new Sub(); }
        """},
    "kotlin": {"m.kt": """
        open class Base { constructor(size: Int) {} }
        class Sub : Base(1)
        fun make() = Sub()
        """},
}  # fmt: skip


@pytest.mark.parametrize("language", INHERITED)
def test_whoever_calls_a_type_without_a_constructor_runs_the_inherited_one(world, language):
    """Else a change of a base class looks safe wherever only its subclasses are made."""
    view = build(world(INHERITED[language]).graph, None)
    result = impact(view, constructor_of(view, "Base"))
    reached = {hit.symbol.qualified_name.replace("#", ".").replace("::", ".").rsplit(".", 1)[-1]
               for level in result.by_depth for hit in level}  # fmt: skip
    assert "make" in reached
    assert "other" not in reached


def constructor_of(view, name):
    return [
        node
        for node in range(view.size)
        if view.node_kind(node) is NodeKind.CONSTRUCTOR and view.name(view.parent(node)) == name
    ]


def test_callers_of_a_constructor_are_those_of_types_that_inherit_it(world):
    """Of the type itself they are not: who makes a ``Sub`` does not call ``Base``."""
    view = build(world(INHERITED["python"]).graph, None)
    assert [step.link.source.qualified_name for step in callers(view, constructor_of(view, "Base")).calls] == ["m.make"]
    assert callers(view, select(view, "m.Base")).calls == ()


def test_of_several_inherited_constructors_one_runs(world):
    files = {
        "m.py": "class A:\n    def __init__(self): ...\nclass B:\n    def __init__(self): ...\n"
        "class Both(A, B): ...\ndef make(): return Both()\n",
    }
    view = build(world(files).graph, None)
    (level,) = impact(view, constructor_of(view, "B")).by_depth
    assert [(hit.symbol.qualified_name, hit.confidence) for hit in level] == [("m.make", 0.5)]


def test_of_several_constructors_of_the_type_above_one_runs(world):
    files = {
        "shop/Base.java": "package shop;\npublic class Base { public Base() {} public Base(int size) {} }\n"
        "class Sub extends Base {}\nclass Make { Sub make() { return new Sub(); } }\n",
    }
    view = build(world(files).graph, None)
    for constructor in constructor_of(view, "Base"):
        (hit,) = impact(view, [constructor]).by_depth[0]
        assert (hit.symbol.qualified_name, hit.confidence) == ("shop.Make.make", 0.5)


def test_a_constructor_that_a_decorator_writes_is_an_own_one(world):
    files = {
        "m.py": "from dataclasses import dataclass\nclass A:\n    def __init__(self): ...\n"
        "@dataclass(frozen=True)\nclass B(A):\n    x: int\ndef make(): return B(1)\n",
    }
    view = build(world(files).graph, None)
    assert hits(impact(view, constructor_of(view, "A"))) == []


def test_a_chain_that_was_written_to_cost_time_is_followed_so_far(world):
    chain = "".join(f"class C{number}(C{number - 1}): ...\n" for number in range(1, DEEPEST + 40))
    makers = "".join(f"def make_{number}(): return C{number}()\n" for number in (1, DEEPEST, DEEPEST + 39))
    view = build(world({"m.py": f"class C0:\n    def __init__(self): ...\n{chain}{makers}"}).graph, None)
    found = {name for level in hits(impact(view, constructor_of(view, "C0"))) for name in level}
    assert found & {f"m.make_{number}" for number in (1, DEEPEST, DEEPEST + 39)} == {"m.make_1", f"m.make_{DEEPEST}"}


def test_types_that_inherit_from_each_other_end(world):
    files = {
        "m.py": "class A(C):\n    def __init__(self): ...\nclass B(A): ...\nclass C(B): ...\ndef make(): return C()\n",
    }
    view = build(world(files).graph, None)
    assert "m.make" in {name for level in hits(impact(view, constructor_of(view, "A"))) for name in level}
