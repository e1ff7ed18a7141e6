"""Searching published scans: one version at a time, and an answer that says what it could not use."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.full_text import FullText
from activities.query import Queries
from activities.query_encoder import QueryEncoder
from activities.ready_scans import LIMIT_BYTES, ReadyScans
from activities.search_views import SearchViews
from activities.worlds import Worlds
from db.objects import ObjectKind, ObjectStore, parse_reference
from db.session import Database
from docrunch.embedding.model import Encoder
from docrunch.errors import AmbiguousName, Gone, LimitExceeded, NotFound, RefNotFound, RefNotIndexed, UsageError
from docrunch.search.build import index_directory
from tests.support.search_queries import FUZZ
from tests.support.search_scans import store_folder, store_objects, store_rows, store_scan
from tests.support.search_shop import WordEncoder, write_shop
from workflows.contracts.query import SearchAnswer, SearchRequest

pytestmark = pytest.mark.integration


@dataclass
class World:
    database: Database
    objects: ObjectStore
    folder: Path
    spool: Path
    encoder: Encoder

    def queries(self, encoder: Encoder | None = None) -> Queries:
        return self.made(self.views(), QueryEncoder(lambda: encoder or self.encoder))

    def views(self, limit: int = LIMIT_BYTES) -> SearchViews:
        return SearchViews(self.database, Worlds(self.objects, self.spool, graphs=0), ReadyScans(limit))

    def made(self, views: SearchViews, encoder: QueryEncoder) -> Queries:
        return Queries(self.database, views, encoder, FullText(self.database, Worlds(self.objects, self.spool)))

    async def ask(self, query: str, *repositories: str, by: Queries | None = None, **more: object) -> SearchAnswer:
        request = SearchRequest(query=query, repositories=repositories or ("shop",), **more)  # type: ignore[arg-type]
        answer: SearchAnswer = await ActivityEnvironment().run((by or self.queries()).search, request)
        return answer


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    return World(
        database, ObjectStore(tmp_path / "objects"), write_shop(tmp_path / "shop"), tmp_path / "spool", WordEncoder()
    )


async def test_an_answer_names_its_commit_and_has_every_signal(world: World) -> None:
    await store_folder(world.database, world.objects, world.folder, commit="c1", encoder=world.encoder)
    answer = await world.ask("Cart.add_item")
    hit = answer.hits[0]
    assert (hit.rank, hit.name, hit.path, hit.commit, hit.repository) == (1, "add_item", "shop/cart.py", "c1", "shop")
    assert {"keyword", "semantic", "graph"} <= set(hit.signals)
    assert hit.snippet is not None
    assert "def add_item" in hit.snippet.text
    assert answer.degraded == ()
    assert [(each.repository, each.ref, each.commit) for each in answer.searched] == [("shop", "main", "c1")]


async def test_several_repositories_are_merged_by_score(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "kernel.py").write_text("def schedule(task):\n    '''Run an item of work.'''\n")
    await store_folder(world.database, world.objects, world.folder, encoder=world.encoder)
    await store_folder(world.database, world.objects, other, name="kernel", encoder=world.encoder)
    answer = await world.ask("rebate on the price of an item", "shop", "kernel")
    assert answer.hits[0].repository == "shop"
    assert {hit.repository for hit in answer.hits} == {"shop", "kernel"}
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    assert (await world.ask("cart", "shop", "shop")).searched == (await world.ask("cart")).searched


async def test_what_is_not_there_is_told_apart(world: World) -> None:
    made = await store_objects(world.objects, index_directory(world.folder))
    await store_scan(world.database, made)
    await store_scan(world.database, made, ref="deadbeef", commit="deadbeef00", declared=False)
    with pytest.raises(NotFound, match="no repository"):
        await world.ask("cart", "nowhere")
    with pytest.raises(RefNotFound):
        await world.ask("cart", ref="nowhere")
    for ref in ("deadbeef", "deadbeef00"):
        with pytest.raises(RefNotIndexed) as caught:
            await world.ask("cart", ref=ref)
        assert caught.value.hint
        assert caught.value.code == "ref_not_indexed"
    await store_scan(world.database, made, name="a/shop")
    await store_scan(world.database, made, name="b/shop")
    with pytest.raises(AmbiguousName):
        await world.ask("cart", "Shop")


async def test_a_ref_whose_scans_have_expired_is_gone(world: World) -> None:
    scan = await store_scan(world.database, {}, ref="old")
    async with world.database.transaction() as connection:
        from db.bulk import execute

        await execute(connection, "UPDATE refs SET current_scan_id = NULL WHERE name = 'old'")
        await execute(connection, "UPDATE scan_runs SET status = 'expired' WHERE id = $1", scan.id)
    with pytest.raises(Gone):
        await world.ask("cart", ref="old")


async def test_the_last_indexed_scan_answers_while_the_new_one_is_not_ready(world: World) -> None:
    await store_folder(world.database, world.objects, world.folder, commit="c1")
    await store_scan(world.database, {}, commit="c2")
    answer = await world.ask("Cart.add_item")
    assert answer.hits[0].commit == answer.searched[0].commit == "c1"
    assert any("c2 is not ready" in each and "c1" in each for each in answer.degraded)


async def test_searches_during_a_publish_see_one_version(world: World) -> None:
    """Every hit of an answer is of the commit it names, whichever that is."""
    await store_folder(world.database, world.objects, world.folder, commit="c1")
    (world.folder / "shop/cart.py").write_text("class Cart:\n    def add_item_now(self): ...\n")
    new = await store_objects(world.objects, index_directory(world.folder))
    queries = world.queries()
    seen: set[str] = set()

    async def search_on() -> None:
        for _ in range(15):
            answer = await world.ask("add item to the cart", by=queries, limit=20)
            (commit,) = {hit.commit for hit in answer.hits}
            assert commit == answer.searched[0].commit
            names = {hit.name for hit in answer.hits if hit.path == "shop/cart.py"}
            assert ("add_item_now" in names) == (commit == "c2")
            seen.add(commit)

    async def publish() -> None:
        await asyncio.sleep(0.2)
        await store_scan(world.database, new, commit="c2")

    await asyncio.gather(search_on(), search_on(), publish())
    assert (await world.ask("cart", by=queries)).searched[0].commit == "c2"


@pytest.mark.parametrize(
    ("name", "said"),
    [("matrix", "not ranked by meaning"), ("graph", "related"), ("tree", "no snippets")],
)
async def test_a_missing_part_is_told_and_the_rest_answers(world: World, name: str, said: str) -> None:
    scan = await store_folder(world.database, world.objects, world.folder, encoder=world.encoder)
    kind, sha = parse_reference(scan.objects[name])
    await world.objects.delete(kind, [sha])
    answer = await world.ask("Cart.add_item")
    assert answer.hits[0].name == "add_item"
    assert any(said in each for each in answer.degraded), answer.degraded
    assert (answer.hits[0].snippet is None) == (name == "tree")


async def test_another_encoder_is_told_and_not_mixed(world: World) -> None:
    await store_folder(world.database, world.objects, world.folder, encoder=world.encoder)

    class Other(WordEncoder):
        @property
        def spec(self):  # type: ignore[no-untyped-def]
            import msgspec

            return msgspec.structs.replace(super().spec, id="other")

    answer = await world.ask("Cart.add_item", by=world.queries(Other()))
    assert all("semantic" not in hit.signals for hit in answer.hits)
    assert any("other" in each and "not ranked by meaning" in each for each in answer.degraded)
    answer = await world.ask("Cart.add_item", by=world.queries(Other()), mode="semantic")
    assert answer.hits, "a search by meaning alone falls back to everything else"


async def test_an_encoder_that_cannot_be_loaded_is_told(world: World) -> None:
    await store_folder(world.database, world.objects, world.folder, encoder=world.encoder)

    def broken() -> Encoder:
        raise NotFound("the model is not there")

    views = world.views()
    queries = world.made(views, QueryEncoder(broken))
    answer = await world.ask("Cart.add_item", by=queries)
    assert answer.hits
    assert any("the model is not there" in each for each in answer.degraded)
    assert (await world.ask("Cart.add_item", by=queries, mode="keyword")).degraded == ()


async def test_a_scan_without_embeddings_says_so(world: World) -> None:
    await store_folder(world.database, world.objects, world.folder)
    answer = await world.ask("Cart.add_item")
    assert answer.hits[0].name == "add_item"
    assert any("no vectors" in each for each in answer.degraded)


@pytest.mark.parametrize("damage", ["missing", "shard", "never made"])
async def test_without_an_index_the_database_answers(world: World, damage: str) -> None:
    made = await store_objects(world.objects, index_directory(world.folder))
    recorded = {name: each for name, each in made.items() if name != "search" or damage != "never made"}
    scan = await store_scan(world.database, recorded)
    await store_rows(world.database, world.objects, scan, made)
    if damage == "missing":
        await world.objects.delete(ObjectKind.SEARCH, [parse_reference(made["search"])[1]])
    else:
        shards = [each.sha256 async for each in world.objects.list(ObjectKind.SEARCH_SHARD)]
        await world.objects.delete(ObjectKind.SEARCH_SHARD, shards[:1])
    answer = await world.ask("put an item into the cart")
    assert any("by the database" in each for each in answer.degraded)
    hit = answer.hits[0]
    assert (hit.rank, hit.name, hit.path, hit.kind, hit.commit) == (1, "add_item", "shop/cart.py", "symbol", "c1")
    assert hit.signals == {"full text": 1.0}
    assert hit.snippet is not None
    assert hit.snippet.marks
    for options in ({"group": "file"}, {"kinds": ("file",)}):
        assert {each.kind for each in (await world.ask("cart", **options)).hits} == {"file"}
    for path in ("tests", "test_*.py", "**/**/**/**/**/**/**/test_*.py"):
        assert {each.path for each in (await world.ask("cart", path=path)).hits} == {"tests/test_cart.py"}
    assert {each.kind for each in (await world.ask("customers", kinds=("section",))).hits} == {"section"}


@pytest.mark.parametrize("by_database", [False, True])
async def test_filters_that_hide_everything_are_told(world: World, by_database: bool) -> None:
    if by_database:
        made = await store_objects(world.objects, index_directory(world.folder))
        scan = await store_scan(world.database, {name: each for name, each in made.items() if name != "search"})
        await store_rows(world.database, world.objects, scan, made)
    else:
        await store_folder(world.database, world.objects, world.folder)
    everything = len((await world.ask("add_item", limit=100)).hits)
    for options, said in (
        ({"path": "nowhere"}, f"--path nowhere hides {everything} hits."),
        ({"kinds": ("enum",)}, f"--kind enum hides {everything} hits."),
        ({"path": "nowhere", "kinds": ("enum",)}, f"together hide {everything} hits."),
    ):
        answer = await world.ask("add_item", **options)
        assert answer.hits == ()
        (note,) = answer.notes
        assert note.endswith(said)
    assert (await world.ask("add_item")).notes == ()


async def test_a_misspelt_word_is_told_unless_another_repository_has_it(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "kernel.py").write_text("def remvoe_item(task): ...\n")
    await store_folder(world.database, world.objects, world.folder)
    await store_folder(world.database, world.objects, other, name="kernel")
    answer = await world.ask("remvoe_item")
    assert answer.hits[0].name == answer.did_you_mean == "remove_item"
    assert any("does not occur in shop" in each for each in answer.notes)
    both = await world.ask("remvoe_item", "shop", "kernel")
    assert both.did_you_mean == ""
    assert both.hits[0].repository == "kernel"


async def test_without_an_index_and_texts_the_answer_says_so(world: World) -> None:
    await store_scan(world.database, {})
    answer = await world.ask("cart")
    assert answer.hits == ()
    assert any("cannot be searched yet" in each for each in answer.degraded)


@pytest.mark.parametrize("query", FUZZ, ids=itertools.count())
async def test_the_database_answers_any_query_within_a_second(world: World, query: str) -> None:
    made = await store_objects(world.objects, index_directory(world.folder))
    scan = await store_scan(world.database, {name: each for name, each in made.items() if name != "search"})
    await store_rows(world.database, world.objects, scan, made)
    queries = world.queries()
    await world.ask("cart", by=queries)
    began = time.perf_counter()
    with suppress(UsageError):
        await world.ask(query, by=queries)
    assert time.perf_counter() - began < 1.0


async def test_what_the_facade_should_have_refused_is_refused(world: World) -> None:
    with pytest.raises(LimitExceeded):
        await world.ask("x" * 1_000_000)
    with pytest.raises(UsageError):
        await world.ask("cart", limit=10**9)


async def test_views_are_loaded_once_and_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await store_folder(world.database, world.objects, world.folder, encoder=world.encoder)
    await store_folder(world.database, world.objects, world.folder, name="second")
    views = world.views(limit=1)
    loads: list[str] = []
    load = views._load

    async def counted(repository: str, scan: object) -> object:
        loads.append(repository)
        return await load(repository, scan)  # type: ignore[arg-type]

    monkeypatch.setattr(views, "_load", counted)
    queries = world.made(views, QueryEncoder(lambda: world.encoder))
    await asyncio.gather(*(world.ask("cart", by=queries) for _ in range(5)))
    assert loads == ["shop"]
    await world.ask("cart", "second", by=queries)
    await world.ask("cart", by=queries)
    assert loads == ["shop", "second", "shop"], "only one fits"
    assert list(world.spool.iterdir()) == []
