"""Cycles, ranks, outlines, entry points and tests of a symbol."""

import msgspec

from docrunch.graph.model import Confidence, Edge, EdgeKind
from docrunch.graph.queries.communities import communities
from docrunch.graph.queries.cycles import cycles
from docrunch.graph.queries.entrypoints import KINDS, entrypoints
from docrunch.graph.queries.index import build
from docrunch.graph.queries.markers import markers
from docrunch.graph.queries.outline import outline
from docrunch.graph.queries.rank import rank
from docrunch.graph.queries.select import select
from docrunch.graph.queries.unresolved import unresolved
from docrunch.graph.queries.who_tests import who_tests


def test_a_cycle_with_a_shortest_circle_as_example(world):
    files = {
        "a.py": "import b\nimport c\n",
        "b.py": "x = 1\nimport c\n",
        "c.py": "import a\n",
        "d.py": "import a\n",
    }
    (found,) = cycles(build(world(files).graph, None))
    assert found.modules == ("a.py", "b.py", "c.py")
    assert [(each.source, each.target, each.lines) for each in found.example] == [
        ("a.py", "c.py", (2,)),
        ("c.py", "a.py", (1,)),
    ]
    assert found.imports == 4


def test_cycles_are_kept_apart_the_largest_first(world):
    """Each one is told with its own imports, however many there are."""
    files = {f"p{number:02}/{name}.py": "" for number in range(40) for name in "ab"}
    for number in range(40):
        files[f"p{number:02}/a.py"] = "x = 1\n" * number + f"import p{number:02}.b\n"
        files[f"p{number:02}/b.py"] = f"import p{number:02}.a\n"
    files |= {"z/a.py": "import z.b\n", "z/b.py": "import z.c\n", "z/c.py": "import z.a\nimport p00.a\n"}
    found = cycles(build(world(files).graph, None))
    assert [each.modules for each in found[:2]] == [("z/a.py", "z/b.py", "z/c.py"), ("p00/a.py", "p00/b.py")]
    assert [each.imports for each in found] == [3] + [2] * 40
    assert [each.example[0].lines for each in found[1:]] == [(number + 1,) for number in range(40)]
    assert cycles(build(world({"m.py": ""}).graph, None)) == ()


def test_ranks_by_metric_without_tests(world):
    files = {
        "m.py": "def low(): ...\ndef hard(a):\n    if a:\n        for b in a:\n            if b: low()\n",
        "test_m.py": "import m\ndef test_a():\n    if m.low():\n        if m.low(): ...\n",
    }
    view = build(world(files).graph, None)
    first = rank(view, by="cognitive", limit=1)[0]
    assert (first.symbol.qualified_name, first.metrics["cognitive"], first.metrics["complexity"]) == ("m.hard", 6, 4)
    assert {row.symbol.path for row in rank(view, of="file", limit=0)} == {"m.py"}
    assert {row.symbol.path for row in rank(view, of="file", tests=True, limit=0)} == {"m.py", "test_m.py"}
    assert rank(view, limit=1)[0].symbol.qualified_name == "m.low"


def test_communities_are_named_by_what_they_hold(world):
    files = {
        "pay/bill.py": "def bill_total(): bill_rows()\ndef bill_rows(): bill_row()\ndef bill_row(): bill_total()\n",
        "ship/box.py": "def pack_box(): seal_box()\ndef seal_box(): weigh_box()\ndef weigh_box(): pack_box()\n",
    }
    found = communities(build(world(files).graph, None))
    assert sorted((each.name, each.symbols, each.files) for each in found) == [
        ("pay/bill.py", 3, 1),
        ("ship/box.py", 3, 1),
    ]
    assert {each.name: each.words[0] for each in found} == {"pay/bill.py": "bill", "ship/box.py": "box"}


def test_an_outline_is_in_source_order(world):
    view = build(world({"m.py": "class B:\n    def z(self): ...\n    def a(self): ...\ndef A(): ...\n"}).graph, None)
    items = outline(view, select(view, "m.py")[0])
    assert [(item.depth, item.symbol.qualified_name) for item in items] == [
        (0, "m"),
        (1, "m.B"),
        (2, "m.B.z"),
        (2, "m.B.a"),
        (1, "m.A"),
    ]
    assert [item.depth for item in outline(view, items and select(view, "m.py")[0], depth=1)] == [0, 1, 1]


def test_an_outline_of_a_graph_that_is_no_tree_ends(world):
    """A docpack from elsewhere may say that everything contains everything: an item for each way is without end."""
    graph = world({"m.py": "".join(f"class C{n}: ...\n" for n in range(12))}).graph
    inside = [node.id for node in graph.nodes if node.path]
    edges = [Edge(a, b, EdgeKind.CONTAINS, Confidence.EXACT, 1.0, 1, ()) for a in inside for b in inside if a != b]
    view = build(msgspec.structs.replace(graph, edges=tuple(edges)), None)
    assert len(outline(view, select(view, "m.py")[0])) == len(inside)


def test_tests_of_a_symbol_nearest_first(world):
    files = {
        "m.py": "def low(): ...\ndef top(): low()\n",
        "test_m.py": "import m\ndef test_top(): m.top()\ndef test_low(): m.low()\ndef helper(): m.low()\n",
        "conftest.py": "import m\nm.low()\n",
    }
    view = build(world(files).graph, None)
    found = who_tests(view, select(view, "m.low"))
    assert [(test.symbol.qualified_name, test.depth) for test in found.tests] == [
        ("test_m.test_low", 1),
        ("test_m.test_top", 2),
    ]
    assert found.files == ("test_m.py",)


def test_entry_points_name_handlers_in_other_files(world):
    files = {
        "shop/__init__.py": "",
        "shop/views.py": "def year(r, y): ...\nclass Home: ...\n",
        "shop/urls.py": "from django.urls import path\nfrom shop import views\n"
        "urlpatterns = [path('y/<int:y>/', views.year), path('', views.Home.as_view()), path('x', elsewhere)]\n",
        "pyproject.toml": "[project]\nname = 'shop'\n[project.scripts]\nshop = 'shop.cli:main'\nnone = 'other:main'\n",
        "shop/cli.py": "def main(): ...\nif __name__ == '__main__':\n    main()\n",
        "shop/test_it.py": "def test_x(): ...\n",
        "shop/plain.py": "def test_of_nothing(): ...\n",
    }
    view = build(world(files).graph, None)
    found = [(each.kind, each.label, each.handler.qualified_name) for each in entrypoints(view, KINDS[:6])]
    assert found == [
        ("main", "", "shop.cli.main"),
        ("script", "shop", "shop.cli.main"),
        ("route", "", "shop.views.Home"),
        ("route", "x", "shop.urls"),
        ("route", "y/<int:y>/", "shop.views.year"),
        ("test", "test_x", "shop.test_it.test_x"),
    ]
    assert "shop.views.year" in {each.handler.qualified_name for each in entrypoints(view, ["api"])}


def test_handlers_that_rails_and_laravel_name_by_text(world):
    files = {
        "config/routes.rb": 'Rails.application.routes.draw do\n  get "/u", to: "admin/users#show"\nend\n',
        "app/controllers/admin/users_controller.rb": "module Admin\n  class UsersController\n    def show\n    end\n"
        "  end\nend\n",
        "routes/web.php": "<?php\nuse App\\Http\\PageController;\nRoute::get('/p', [PageController::class, 'show']);\n",
        "app/Http/PageController.php": "<?php\nnamespace App\\Http;\nclass PageController {\n"
        "    public function show() {}\n}\n",
    }
    found = entrypoints(build(world(files).graph, None))
    assert [(each.label, each.handler.path, each.handler.line) for each in found] == [
        ("GET /u", "app/controllers/admin/users_controller.rb", 3),
        ("GET /p", "app/Http/PageController.php", 4),
    ]


def test_files_of_next_have_their_address_by_their_path(world):
    files = {
        "package.json": '{"name": "web", "dependencies": {"next": "15"}}',
        "app/(shop)/api/cart/[id]/route.ts": "export async function GET() {}\nfunction POST() {}\n",
        "app/page.tsx": "export default function Home() { return null }\n",
        "pages/api/old.ts": "export default function handler() {}\n",
        "lib/route.ts": "export function GET() {}\n",
    }
    found = entrypoints(build(world(files).graph, None))
    assert [(each.label, each.handler.path) for each in found] == [
        ("GET /api/cart/[id]", "app/(shop)/api/cart/[id]/route.ts"),
        ("/", "app/page.tsx"),
        ("/api/old", "pages/api/old.ts"),
    ]


MARKED = {
    "a/m.py": "# TODO(ann): one\ndef f():\n    # FIXME two\n    return 1\n",
    "a/n.py": "x = 1  # HACK: three\n",
    "ab.py": "def g():\n    pass  # TODO four\n",
}


def test_markers_are_told_with_their_symbols(world):
    view = build(world(MARKED).graph, None)
    found = markers(view)
    assert [(row.path, row.line, row.kind, row.text) for row in found.markers] == [
        ("a/m.py", 1, "TODO", "one"),
        ("a/m.py", 3, "FIXME", "two"),
        ("a/n.py", 1, "HACK", "three"),
        ("ab.py", 2, "TODO", "four"),
    ]
    assert [row.symbol.qualified_name for row in found.markers[1:]] == ["m.f", "n.x", "ab.g"]
    assert (found.by_kind, found.total) == ({"FIXME": 1, "HACK": 1, "TODO": 2}, 4)


def test_markers_by_kind_and_place(world):
    view = build(world(MARKED).graph, None)
    assert [row.path for row in markers(view, ["TODO"], under="a").markers] == ["a/m.py"]
    assert [row.path for row in markers(view, under="ab.py").markers] == ["ab.py"]
    cut = markers(view, limit=1)
    assert (len(cut.markers), cut.total) == (1, 4)
    assert markers(build(world({"m.py": ""}).graph, None)).total == 0


def test_what_is_unresolved_by_language_and_file(world):
    files = {
        "a/m.py": "def f(x):\n    x.one()\n    x.two()\n",
        "b.py": "def g(y):\n    y.three()\n",
        "c.js": "export function h(z) { z.four() }\n",
    }
    view = build(world(files).graph, None)
    found = unresolved(view)
    assert [(each.language, each.total, each.files) for each in found.languages] == [
        ("python", 3, 2),
        ("javascript", 1, 1),
    ]
    assert [(each.path, each.total) for each in found.files] == [("a/m.py", 2), ("b.py", 1), ("c.js", 1)]
    assert (found.total, found.total_files) == (4, 3)
    assert sum(found.languages[0].reasons.values()) == 3
    inside = unresolved(view, under="a")
    assert (inside.total, [each.path for each in inside.files]) == (2, ["a/m.py"])
    assert len(unresolved(view, limit=1).files) == 1
