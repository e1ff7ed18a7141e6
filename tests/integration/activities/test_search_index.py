"""A scan becomes searchable by what its change costs, and exactly as if everything had been made anew."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import obstore
import pytest
from temporalio.testing import ActivityEnvironment

from activities.maintenance import Maintenance
from activities.search_index import SearchIndexing
from db.bulk import fetch
from db.objects import ObjectKind, ObjectStore, parse_reference
from db.repositories import scans
from db.repositories.search import full_text, text_scan
from db.session import Database
from docrunch.config import Settings
from docrunch.search.analysis import terms
from docrunch.search.build import build_shards
from docrunch.search.index import SearchIndex
from docrunch.search.model import DocumentKind
from docrunch.search.shards import pack_shard, read_index, read_shard
from tests.support.publish_world import PublishWorld, publish_world
from workflows.contracts.cleanup import CleanupKind, CleanupStep
from workflows.contracts.scan import PublishScan
from workflows.contracts.search import IndexSearchRequest, IndexSearchResult

pytestmark = pytest.mark.integration

Make = Callable[[str], Awaitable[PublishWorld]]
COLUMNS = "id, path, kind, symbol_id, title, line, end_line, length, terms::text, encode(row_hash, 'hex')"
TEXTS = {
    "shop/__init__.py": "",
    "shop/till.py": 'from shop.goods import price_of\n\n\nclass Till:\n    """Holds money."""\n\n'
    '    def take(self, amount):\n        """Take an amount of money."""\n        return price_of("tea") < amount\n',
    "shop/goods.py": 'PRICES = {"tea": 3}\n\n\n'
    'def price_of(name):\n    """What it costs."""\n    return PRICES[name]\n',
    "README.md": "# Shop\n\nSells tea.\n\n## Opening hours\n\nEvery day but Sunday.\n",
    "settings.yaml": "till:\n  drawer: 3\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, content in TEXTS.items():
        write(tmp_path / "src", path, content)
    return tmp_path / "src"


def write(root: Path, path: str, content: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(content)


@pytest.fixture
async def make(database: Database, tmp_path: Path, root: Path) -> AsyncIterator[Make]:
    """Worker processes without a memory of each other, on one database and object store."""
    objects = ObjectStore("memory://")
    async with AsyncExitStack() as stack:

        async def made(name: str) -> PublishWorld:
            world = await publish_world(database, tmp_path, name, root, objects)
            stack.callback(world.facts.close)
            return world

        yield made


async def index(world: PublishWorld, request: PublishScan) -> IndexSearchResult:
    asked = IndexSearchRequest(
        scan_id=request.scan_id,
        tree_object=request.tree_object,
        graph_object=request.graph_object,
        options=request.options,
    )
    found: IndexSearchResult = await ActivityEnvironment().run(SearchIndexing(world.worlds).index_search, asked)
    return found


async def published(world: PublishWorld) -> tuple[PublishScan, IndexSearchResult]:
    request = await world.scan()
    await world.publish(request)
    return request, await index(world, request)


async def load(world: PublishWorld, made: IndexSearchResult) -> SearchIndex:
    parts = read_index(await world.objects.get(ObjectKind.SEARCH, made.search_object)).parts
    stored = await world.objects.get_many(ObjectKind.SEARCH_SHARD, [part.shard for part in parts])
    return SearchIndex(read_shard(stored[part.shard]) for part in parts)


async def rows(world: PublishWorld) -> list[tuple[object, ...]]:
    async with world.database.transaction() as connection:
        found = await fetch(
            connection, f"SELECT {COLUMNS} FROM search_documents WHERE ref_id = $1 ORDER BY id", await ref(world)
        )
    return [tuple(row) for row in found]


async def ref(world: PublishWorld) -> int:
    async with world.database.transaction() as connection:
        (row,) = await fetch(connection, "SELECT id FROM refs WHERE repository_id = $1", world.owner.id)
    found: int = row["id"]
    return found


async def search(world: PublishWorld, query: str, **options: object) -> list[str]:
    async with world.database.transaction() as connection:
        asked = dict.fromkeys(terms(query), 1.0)
        found = await full_text(connection, await ref(world), asked, 10, **options)  # type: ignore[arg-type]
    return [hit.title for hit in found]


async def test_what_a_scan_holds_is_found_by_words_and_by_name(make: Make) -> None:
    world = await make("one")
    request, made = await published(world)
    found = await load(world, made)
    hits = found.keyword({"money": 1.0, "amount": 1.0}, 3, {DocumentKind.SYMBOL}).documents
    assert [found.documents[number].name for number in hits] == ["take", "Till"]
    assert [found.documents[number].path for number in found.names("Till.take")] == ["shop/till.py"]
    async with world.database.transaction() as connection:
        scan = await world.rows.run(connection, request.scan_id)
        recorded = (await scans.get_scan(connection, scan.id)).objects
        assert parse_reference(recorded["search"]) == (ObjectKind.SEARCH, made.search_object)
        assert await text_scan(connection, await ref(world)) == scan.id


async def test_the_shards_are_those_of_a_run_without_a_server(make: Make) -> None:
    world = await make("one")
    request, made = await published(world)
    tree = (await world.worlds.worlds.tree(request.tree_object)).reader
    graph = await world.worlds.worlds.graph(request.graph_object)
    parts = read_index(await world.objects.get(ObjectKind.SEARCH, made.search_object)).parts
    expected = {path: pack_shard(shard)[0] for path, shard in build_shards(tree, graph).items()}
    assert {part.path: part.shard for part in parts} == expected


EDITS: list[tuple[dict[str, str | None], int]] = [
    ({"shop/goods.py": TEXTS["shop/goods.py"].replace("costs", "is worth")}, 1),
    ({"shop/goods.py": "def cost(name):\n    return 3\n"}, 1),  # edges of the till change, not what is found in it
    ({"README.md": None, "docs/guide.md": "# Guide\n\nHow to buy tea.\n"}, 1),
    ({}, 0),
    ({"README.md": "Sells tea in large amounts.\n", "settings.yaml": None}, 1),
]


@pytest.mark.parametrize(("edit", "made"), EDITS)
async def test_only_changed_files_are_read_again_and_nothing_tells_the_difference(
    make: Make, root: Path, edit: dict[str, str | None], made: int
) -> None:
    world, clean = await make("one"), await make("two")
    await published(world)
    for path, content in edit.items():
        if content is None:
            (root / path).unlink()
        else:
            write(root, path, content)
    _, changed = await published(world)
    _, anew = await published(clean)
    assert changed.made == made
    assert anew.made == anew.files
    assert changed.search_object == anew.search_object
    assert await rows(world) == await rows(clean)
    assert changed.rows < anew.rows


async def test_a_process_that_knows_nothing_starts_from_the_last_index(make: Make, root: Path) -> None:
    first = await make("one")
    await published(first)
    write(root, "shop/till.py", TEXTS["shop/till.py"] + "\n\ndef count():\n    return 1\n")
    again = PublishWorld(first.database, first.owner, root, first.work, first.objects)
    _, changed = await published(again)
    again.facts.close()
    assert changed.made == 1


async def test_a_damaged_index_of_the_last_scan_costs_a_clean_one(make: Make, root: Path) -> None:
    world = await make("one")
    _, first = await published(world)
    key = f"{ObjectKind.SEARCH}/{first.search_object[:2]}/{first.search_object}"
    await obstore.put_async(world.objects._store, key, b"damaged")
    write(root, "shop/till.py", "")
    _, second = await published(world)
    assert second.made == second.files
    assert await search(world, "what it costs") == ["shop.goods.price_of", "shop/goods.py"]


async def test_a_late_attempt_does_not_bring_back_the_texts_of_an_older_scan(make: Make, root: Path) -> None:
    world = await make("one")
    request, _ = await published(world)
    write(root, "shop/till.py", "def refund():\n    return None\n")
    await published(world)
    after = await rows(world)
    late = await index(world, request)
    assert not late.published
    assert await rows(world) == after
    assert await search(world, "refund") != []


async def test_the_sweep_keeps_what_an_index_names_and_no_more(make: Make, root: Path, tmp_path: Path) -> None:
    world = await make("one")
    _, made = await published(world)
    orphan = await world.objects.put(ObjectKind.SEARCH_SHARD, b"orphan")
    cleanup = Maintenance(world.database, world.objects, None, Settings(home=tmp_path), tmp_path)
    await ActivityEnvironment().run(cleanup.cleanup_step, CleanupStep(kind=CleanupKind.OBJECTS, now=32503680000.0))
    assert not await world.objects.exists(ObjectKind.SEARCH_SHARD, orphan)
    assert len((await load(world, made)).documents) > 0


async def test_postgres_finds_the_same_places_with_names_before_texts(make: Make) -> None:
    world = await make("one")
    await published(world)
    assert (await search(world, "price_of"))[0] == "shop.goods.price_of"
    assert (await search(world, "opening hours"))[0] == "Shop › Opening hours"
    assert (await search(world, "goods", kinds=["file"])) == ["goods.py"]
    assert await search(world, "tea", path_glob="docs/**") == []
    assert set(await search(world, "take", path_glob="shop/*.py")) >= {"shop.till.Till.take"}


async def test_postgres_ranks_as_the_index_does(make: Make, root: Path) -> None:
    """Repeated words saturate, and long names count less: without both, a one-word query finds anything."""
    names = "refund", "refund_all_of_it_at_once", "refund_money"
    body = "".join(f"def {name}(amount):\n    return amount\n\n\n" for name in names)
    write(root, "shop/refunds.py", body + "def unrelated():\n" + "    refund(refund(refund(1)))\n" * 20)
    write(root, "shop/notes.md", "# Notes\n\n" + "A refund. " * 40)
    world = await make("one")
    _, made = await published(world)
    found = await load(world, made)
    for query in ("refund", "refund money", "price of tea", "take an amount of money"):
        asked = dict.fromkeys(terms(query), 1.0)
        ranked = [found.documents[number].id for number in found.keyword(asked, 3).documents]
        async with world.database.transaction() as connection:
            hits = await full_text(connection, await ref(world), asked, 3)
        assert hits[0].id == ranked[0], query
        assert len({hit.id for hit in hits} & set(ranked)) >= 2, query


HOSTILE = ["'", "a & b | !c", "'; DROP TABLE refs; --", "\\", "x:*", "<->", "\0", "\ud800", "(((", "é" * 5000, "🎉", ""]


@pytest.mark.parametrize("query", HOSTILE)
async def test_nothing_in_a_query_is_an_operator(make: Make, query: str) -> None:
    world = await make("one")
    await published(world)
    async with world.database.transaction() as connection:
        for asked in (query, *terms(query)):
            await full_text(connection, await ref(world), {asked: 1.0}, 10**9)


async def test_a_glob_is_no_regular_expression(make: Make) -> None:
    world = await make("one")
    await published(world)
    assert await search(world, "tea", path_glob="(.*)+$[") == []
    assert await search(world, "tea", path_glob="shop/go?ds.py") != []
    assert await search(world, "tea", path_glob="shop/goods?py") != []
    assert await search(world, "tea", path_glob="shop/g.ods.py") == []
    assert await search(world, "tea", path_glob="./shop/") == await search(world, "tea", path_glob="shop/**")
    assert await search(world, "tea", path_glob="*.py") != []
    assert await search(world, "tea", path_glob="o?ds.py") == []
    assert await search(world, "tea", path_glob="\0\ud800") == []
    began = time.perf_counter()
    assert await search(world, "tea", path_glob="*a" * 400) == []
    assert time.perf_counter() - began < 1.0
