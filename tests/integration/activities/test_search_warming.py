"""A search after a publish finds its scan loaded, whole and current, and a load that fails harms nobody."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from temporalio.testing import ActivityEnvironment

from activities.ask_worlds import AskWorlds, Known
from activities.full_text import FullText
from activities.query import Queries
from activities.query_encoder import QueryEncoder
from activities.ready_scans import LIMIT_BYTES, ReadyScans
from activities.search_views import Loaded, SearchViews
from activities.search_warming import SearchWarming
from activities.worlds import Worlds
from db.bulk import execute
from db.objects import ObjectKind, ObjectStore
from db.repositories import churn
from db.repositories.churn import ChurnKey
from db.repositories.scans import ScanRow
from db.session import Database
from docrunch.source.churn import Absent, Churn, FileChurn
from tests.support.search_scans import store_folder, store_scan
from tests.support.search_shop import WordEncoder, write_shop
from workflows.contracts.query import SearchAnswer, SearchRequest

pytestmark = pytest.mark.integration


class World:
    """The parts of a query worker, and a shop that is published."""

    def __init__(self, database: Database, root: Path, limit: int = LIMIT_BYTES) -> None:
        self.database = database
        self.objects = ObjectStore(root / "objects")
        self.folder = root / "shop"
        self.encoder = WordEncoder()
        objects = Worlds(self.objects, root / "spool", graphs=0)
        self.ready = ReadyScans(limit)
        self.views = SearchViews(database, objects, self.ready)
        self.worlds = AskWorlds(objects, self.ready)
        self.queries = Queries(database, self.views, QueryEncoder(lambda: self.encoder), FullText(database, objects))
        self.warming = SearchWarming(database, self.views, self.worlds, every=0.05)

    async def publish(self, commit: str, name: str = "shop") -> ScanRow:
        return await store_folder(
            self.database, self.objects, self.folder, name=name, commit=commit, encoder=self.encoder
        )

    async def search(self, query: str = "add an item to the cart", name: str = "shop") -> SearchAnswer:
        answer: SearchAnswer = await ActivityEnvironment().run(
            self.queries.search, SearchRequest(query=query, repositories=(name,), limit=30)
        )
        return answer.model_copy(update={"seconds": 0.0})

    def held(self) -> list[str]:
        """Commits of the views that are kept."""
        return [loaded.view.commit for _, loaded in self.ready.all(Loaded)]

    async def until_held(self, commit: str) -> None:
        for _ in range(1_000):
            if commit in self.held():
                return
            await asyncio.sleep(0.02)
        pytest.fail(f"{commit} was not loaded")


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    write_shop(tmp_path / "shop")
    made = World(database, tmp_path)
    yield made
    await made.warming.aclose()


async def test_a_published_scan_is_loaded_before_it_is_asked_for(world: World) -> None:
    world.warming.start()
    await world.publish("c1")
    await world.until_held("c1")
    await world.warming.aclose()
    await world.objects.delete(ObjectKind.SEARCH, [each.sha256 async for each in world.objects.list(ObjectKind.SEARCH)])
    answer = await world.search()
    assert answer.degraded == (), "nothing is read when the search comes"
    assert answer.hits[0].name == "add_item"


async def test_a_new_scan_takes_the_place_of_the_old_one_and_is_the_same_as_loaded_alone(
    world: World, tmp_path: Path
) -> None:
    await world.publish("c1")
    await world.warming.look()
    (world.folder / "shop/cart.py").write_text("class Cart:\n    def add_item_now(self, item): ...\n")
    (world.folder / "shop/new.py").write_text("def add_item_later(item):\n    '''Put it into the cart.'''\n")
    gone = next(path for path in sorted(world.folder.rglob("*.py")) if path.name not in ("cart.py", "new.py"))
    gone.unlink()
    await world.publish("c2")
    await world.warming.look()
    assert world.held() == ["c2"]
    alone = World(world.database, tmp_path)
    for query in ("add an item to the cart", "add_item_now", "customers", str(gone.relative_to(world.folder))):
        assert await world.search(query) == await alone.search(query)


async def test_a_scan_whose_files_nearly_all_changed_is_loaded_too(world: World, tmp_path: Path) -> None:
    await world.publish("c1")
    await world.warming.look()
    for path in world.folder.rglob("*.py"):
        path.write_text(path.read_text() + "\n\ndef added_to_all_files():\n    pass\n")
    await world.publish("c2")
    await world.warming.look()
    assert world.held() == ["c2"]
    assert await world.search("added to all files") == await World(world.database, tmp_path).search(
        "added to all files"
    )


async def test_one_that_cannot_be_loaded_is_counted_and_the_others_are_loaded(world: World) -> None:
    await world.publish("c1", "whole")
    scan = await world.publish("c2", "damaged")
    objects = {**scan.objects, "search": f"search/{'0' * 64}"}
    async with world.database.transaction() as connection:
        await execute(
            connection, "UPDATE scan_runs SET objects = $2::jsonb WHERE id = $1", scan.id, json.dumps(objects)
        )
    await world.warming.look()
    await world.warming.look()
    assert world.held() == ["c1"]
    assert (world.warming.loaded, world.warming.failed) == (1, 1), "it is not tried at every look"
    assert any("cannot be searched yet" in each for each in (await world.search(name="damaged")).degraded)


async def test_one_that_breaks_the_loader_does_not_keep_it_from_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.publish("c1", "whole")
    await world.publish("c2", "odd")
    load = world.views._load

    async def broken(repository: str, scan: ScanRow) -> Loaded:
        if repository == "odd":
            raise ValueError("of a kind that nobody thought of")
        return await load(repository, scan)

    monkeypatch.setattr(world.views, "_load", broken)
    for _ in range(2):
        await world.warming.look()
    assert world.held() == ["c1"]
    assert (world.warming.loaded, world.warming.failed) == (1, 1)


async def test_a_look_that_fails_does_not_end_looking(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    views = world.views
    look, failures = views.add_churn, 0

    async def broken() -> None:
        nonlocal failures
        failures += 1
        if failures < 3:
            raise OSError("the database is away")
        await look()

    monkeypatch.setattr(views, "add_churn", broken)
    await world.publish("c1")
    world.warming.start()
    await world.until_held("c1")
    assert world.warming.failed == 2


async def test_churn_that_is_counted_after_a_view_was_loaded_is_added_to_it(world: World, tmp_path: Path) -> None:
    scan = await world.publish("c1")
    before = await world.search()
    assert all("recency" not in hit.signals for hit in before.hits)
    found = Churn(date(2024, 1, 1), 9, True, {"shop/cart.py": FileChurn(9, 1, 1, 1, date(2024, 6, 1))})
    async with world.database.transaction() as connection:
        await churn.store(connection, ChurnKey(scan.repository_id, "c1", scan.tree_sha256 or ""), found)
    await world.warming.look()
    after = await world.search()
    assert any("recency" in hit.signals for hit in after.hits if hit.path == "shop/cart.py")
    assert after == await World(world.database, tmp_path).search()


async def test_churn_that_is_known_to_be_none_is_not_looked_for_again(world: World) -> None:
    scan = await world.publish("c1")
    await world.search()
    assert [loaded.churn is None for _, loaded in world.ready.all(Loaded)] == [False]
    async with world.database.transaction() as connection:
        await churn.store(connection, ChurnKey(scan.repository_id, "c1", scan.tree_sha256 or ""), Absent.NO_HISTORY)
    await world.warming.look()
    assert [loaded.churn is None for _, loaded in world.ready.all(Loaded)] == [True]


async def test_an_assembly_that_comes_later_is_no_reason_to_load_the_world_again(world: World) -> None:
    scan = await world.publish("c1")
    assembled = msgspec.structs.replace(scan, objects={**scan.objects, "assembly": f"assembly:{'0' * 64}"})
    assert await world.worlds.get(scan) is await world.worlds.get(assembled)


async def test_scans_that_nobody_asked_for_take_no_room(database: Database, tmp_path: Path) -> None:
    write_shop(tmp_path / "shop")
    world = World(database, tmp_path, limit=1)
    await world.publish("c1")
    await world.search()
    await world.publish("c2", "other")
    for _ in range(2):
        await world.warming.look()
    assert world.held() == ["c1"]
    assert world.warming.loaded == 2, "what found no room is not loaded again"


async def test_only_the_last_of_many_refs_are_loaded_unasked(world: World) -> None:
    for number in range(4):
        await world.publish(f"c{number}", f"shop-{number}")
    for _ in range(3):
        await world.warming.look()
        assert sorted(world.held()) == ["c2", "c3"]
    await world.search(name="shop-0")
    await store_scan(world.database, {}, name="shop-0", commit="unindexed")
    await world.warming.look()
    assert sorted(world.held()) == ["c0", "c2", "c3"], "a scan without an index replaces nothing"


async def test_search_and_questions_share_one_tree_and_hold_no_graph(world: World) -> None:
    scan = await world.publish("c1")
    await world.search()
    known = await world.worlds.get(scan)
    (loaded,) = (loaded for _, loaded in world.ready.all(Loaded))
    assert loaded.view.text == known.library._read, "methods are equal when they are of one and the same object"
    await world.publish("c2")
    await world.warming.look()
    assert len(list(world.ready.all(Known))) == 1
