"""Entry points follow their handlers from scan to scan; what only looks like a test is none."""

import random

import pytest

from docrunch.graph.link import link
from docrunch.graph.model import Graph
from tests.support.edits import Tree, edited
from tests.support.linking import inputs
from tests.unit.docrunch.graph.test_relink import SOURCE, assert_clean, changed, incremental, stored

WORLD = {
    "pyproject.toml": "[project]\nname = 'shop'\n[project.scripts]\nshop = 'shop.cli:main'\n",
    "package.json": '{"name": "web", "bin": {"web": "./bin/web.js"}, "dependencies": {"next": "15"}}',
    "bin/web.js": "#!/usr/bin/env node\nimport { run } from '../src/run';\nrun();\n",
    "src/run.ts": 'import express from "express";\nimport { list } from "./views";\n'
    'const app = express();\napp.get("/x", list);\nexport function run() {}\n',
    "src/views.ts": "export function list() {}\n",
    "app/api/route.ts": "export function GET() {}\n",
    "shop/__init__.py": "",
    "shop/cli.py": "def main(): ...\nif __name__ == '__main__':\n    main()\n",
    "shop/urls.py": "from django.urls import path\nfrom shop import views\nurlpatterns = [path('y/', views.year)]\n",
    "shop/views.py": "def year(r): ...\n",
    "shop/test_views.py": "from shop import views\ndef test_year(): views.year(1)\n",
    "shop/plain.py": "def test_nothing(): ...\n",
}


def handlers(graph: Graph) -> set[tuple[str, str, str]]:
    """(kind, label, path of the handler)"""
    paths = {node.id: node.path for node in graph.nodes}
    return {(entry.kind, entry.label, paths[entry.handler]) for entry in graph.entries}


def linked(tree: dict[str, str]) -> Graph:
    made = inputs(tree)
    return link(SOURCE, made.entries, made.facts)


def test_what_starts_where() -> None:
    assert handlers(linked(WORLD)) == {
        ("script", "shop", "shop/cli.py"),
        ("script", "web", "bin/web.js"),
        ("main", "", "bin/web.js"),
        ("main", "", "shop/cli.py"),
        ("route", "GET /x", "src/views.ts"),
        ("route", "GET /api", "app/api/route.ts"),
        ("route", "y/", "shop/views.py"),
        ("test", "test_year", "shop/test_views.py"),
    }


def test_nodes_that_are_started_say_so() -> None:
    started = {node.qualified_name for node in linked(WORLD).nodes if node.entry_point and node.symbol >= 0}
    assert started == {"shop.cli.main", "app/api/route.GET"}  # as far as their own file tells


@pytest.mark.parametrize(
    ("path", "text", "concerned"),
    [
        ("shop/views.py", "def years(r): ...\n", {"shop/urls.py"}),
        ("shop/cli.py", "def run(): ...\n", {"pyproject.toml"}),
        ("src/views.ts", "export function all() {}\n", {"src/run.ts"}),
    ],
)
def test_whoever_names_a_handler_is_linked_again_when_it_goes(path: str, text: str, concerned: set[str]) -> None:
    assert concerned <= set(changed(WORLD, {path: text}))


@pytest.mark.parametrize("seed", range(8))
def test_after_any_edits_the_entry_points_are_those_of_a_clean_link(seed: int) -> None:
    chance = random.Random(seed)
    tree: Tree = dict(WORLD)
    before: list[Tree] = []
    base = None
    for _ in range(10):
        found = incremental(tree, base)
        assert_clean(tree, found)
        base = stored(found)
        before.append(tree)
        tree = edited(tree, chance, before)
