"""The page of tables: what a person must know before changing one."""

import random
import textwrap

import msgspec
import pytest

from docrunch.documentation import paths
from docrunch.documentation.checks import check_pages
from docrunch.documentation.model import DocumentationInput, Page
from docrunch.documentation.render import Renderer, plan_pages, render
from docrunch.documentation.reuse import KeptTexts
from docrunch.graph.link import link
from tests.support.data_world import DATA
from tests.support.edits import edited
from tests.support.linking import dedented
from tests.support.world import SMALL, make_assembly, make_documentation

HOSTILE = {
    "x.sql": 'CREATE TABLE "a|b`]\\"" ("c|d`\u202e" "int]{}" DEFAULT \'|`]\' REFERENCES "a|b`]\\"",'
    ' "end" text PRIMARY KEY);\n'
    'CREATE TABLE "erDiagram }" (" " int PRIMARY KEY, "1x" int REFERENCES "a|b`]\\"" ("end"));\n'
}


def documented(texts: dict[str, str]) -> DocumentationInput:
    """With the graph that linking really makes."""
    data = make_documentation({path: textwrap.dedent(text).lstrip("\n") for path, text in texts.items()})
    graph = link(data.source, data.entries, data.facts)
    return msgspec.structs.replace(data, graph=graph, assembly=make_assembly(graph))


@pytest.fixture(scope="module")
def data() -> DocumentationInput:
    return documented({**SMALL, **DATA})


@pytest.fixture(scope="module")
def schema(data: DocumentationInput) -> str:
    (found,) = [page.text for page in render(data) if page.path == paths.SCHEMA]
    return found


def section(schema: str, title: str) -> str:
    return schema.split(f"## `{title}`\n", 1)[1].split("\n## ", 1)[0]


def test_every_check_holds(data: DocumentationInput) -> None:
    assert check_pages(render(data), data) == []


def test_a_table_says_where_it_is_what_it_holds_and_who_uses_it(schema: str) -> None:
    users = section(schema, "public.users")
    for expected in (
        "Table, stated by a schema (`db/schema.sql#L2-L2`)",
        "People who may log in.",
        "| `id` | `bigint` | not null | primary |",
        "| `email` | `text` | not null | unique |",
        "`db/schema.teams`](../modules/",
        "`app.models.User`](../modules/",
        "`db/migrations/002.sql#L1-L1`",
    ):
        assert expected in users, users


def test_keys_lead_to_the_table_that_the_graph_found(schema: str) -> None:
    assert "- `owner_id` → `public.users` (`id`) (`db/schema.sql#L3-L3`)" in section(schema, "teams")
    assert "- `a` → `twice` (`id`), which is not stated here, or more than once" in section(schema, "uses")
    assert "- `author_id` → `blog_author`" in section(schema, "blog_post")
    assert "- `shop_id` → `shop_author`" in section(schema, "blog_post")
    assert "mapped by a class [`blog.models.Author`]" in section(schema, "blog_author")


def test_the_diagram_draws_keys_between_tables(schema: str) -> None:
    diagram = schema.split("```mermaid\n", 1)[1].split("```", 1)[0]
    assert diagram.startswith("erDiagram\n")
    number = {line.split('"')[1]: line.split("[")[0].strip() for line in diagram.splitlines() if '["' in line}
    assert f'{number["teams"]} }}o--|| {number["public.users"]} : "owner_id"' in diagram.replace("#95;", "_")


def test_the_index_links_to_it(data: DocumentationInput) -> None:
    (index,) = [page.text for page in render(data) if page.path == paths.INDEX]
    assert "[Schema](schemas/index.md)" in index


def test_without_tables_there_is_no_page() -> None:
    assert paths.SCHEMA not in plan_pages(make_documentation())


def test_names_cannot_leave_their_place() -> None:
    data = documented(HOSTILE)
    assert [each for each in check_pages(render(data), data) if each.kind != "symbol"] == []


def test_the_order_of_input_does_not_change_the_page(data: DocumentationInput, schema: str) -> None:
    paths_of = list(data.facts)
    random.Random(3).shuffle(paths_of)
    mixed = msgspec.structs.replace(data, facts={path: data.facts[path] for path in paths_of})
    assert Page(paths.SCHEMA, schema) in render(mixed)


def test_columns_that_only_a_migration_states_are_shown() -> None:
    data = documented(
        {
            "app/models/user.rb": "class User < ApplicationRecord\nend\n",
            "db/1.rb": "class A < ActiveRecord::Migration[7.1]\n  def change\n    create_table :users do |t|\n"
            "      t.string :email\n    end\n  end\nend\n",
        }
    )
    (schema,) = [page.text for page in render(data) if page.path == paths.SCHEMA]
    assert "mapped by a class [`User`]" in schema
    assert "made by a migration [`A`]" in schema
    assert "| `email` | `string` |" in schema
    assert check_pages(render(data), data) == []


def test_after_edits_kept_pages_are_those_of_a_clean_run() -> None:
    kept, chance = KeptTexts(), random.Random("schema")
    tree = dedented({**SMALL, **DATA})
    before = []
    for _ in range(6):
        data = documented(tree)
        renderer = Renderer(data, kept=kept, of="x")
        assert [renderer.page(path) for path in renderer.plan()] == render(data)
        before.append(tree)
        tree = edited(tree, chance, before)
