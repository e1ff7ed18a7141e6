"""The link of a scan that follows another one: it does little, and whatever is missing it ends at the same graph."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import obstore
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from temporalio.testing import ActivityEnvironment

import activities.worlds
from activities.facts import FactsCache
from activities.link import Link
from activities.scan_world import ScanWorlds
from activities.scans import ScanRows
from activities.worlds import Worlds
from db.objects import ObjectKind, ObjectStore, parse_reference
from db.publish import publish_metrics
from db.repositories import issues, scans
from db.repositories.projects import RepositoryRow
from db.session import Database
from docrunch.errors import InvalidArchive
from docrunch.graph import references
from docrunch.graph.place import Place
from docrunch.graph.shards import read_index
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect
from docrunch.scip.scip_pb2 import Document, Index
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec
from docrunch.source.tree import write_tree
from tests.support.publishing import repository
from workflows.contracts.scan import LinkRequest, LinkResult, MetricsRequest, MetricsResult

pytestmark = pytest.mark.integration
FILES = {
    "pyproject.toml": '[project]\nname = "shop"\n',
    "shop/__init__.py": "",
    "shop/cart.py": "from shop.prices import total\n\ndef add(item):\n    return total([item])\n",
    "shop/prices.py": "def total(items):\n    return sum(items)\n",
}
CHANGED = {**FILES, "shop/prices.py": FILES["shop/prices.py"] + "\ndef fresh():\n    return total([])\n"}


class World:
    """One worker process after another on one database and one store."""

    def __init__(self, database: Database, root: Path, owner: RepositoryRow) -> None:
        self.database = database
        self.objects = ObjectStore("memory://")
        self._root = root
        self._owner = owner
        self._scans = 0
        self.trees: dict[int, str] = {}
        self.restart()

    def restart(self) -> None:
        rows = ScanRows(self.database)
        self.facts = FactsCache(rows, processes=1)
        self.link = Link(ScanWorlds(Worlds(self.objects, self._root), rows, self.facts))

    async def tree(self, files: dict[str, str]) -> str:
        self._scans += 1
        source, job = self._root / f"src{self._scans}", self._root / f"job{self._scans}"
        for name, content in files.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(content)
        job.mkdir(mode=0o700)
        spec = parse_spec(str(source), cwd=self._root)
        read = open_source(
            spec, ref=None, name="shop", options=ScanOptions(), policy=SourcePolicy(), workdir=job, detect=detect
        )
        with (job / "tree").open("xb") as out:
            write_tree(read, out)
        found = self.trees[self._scans] = await self.objects.put(ObjectKind.TREE, job / "tree")
        return found

    async def scan(self, files: dict[str, str], *indexes: bytes) -> tuple[LinkResult, str]:
        """Link and publish; the result, and what the log says of it: files linked again / files, or why all were."""
        tree = await self.tree(files)
        options = ScanOptions(scip=tuple(sorted(await self.objects.put_many(ObjectKind.INDEX, indexes))))
        run = f"run{self._scans}"
        async with self.database.transaction() as connection:
            opened = await scans.open_scan(
                connection,
                scans.ScanRequest(
                    workflow_id=f"link:{self._scans}",
                    run_id=run,
                    repository_id=self._owner.id,
                    ref="main",
                    declared_ref=True,
                    commit=f"c{self._scans}",
                    kind="git",
                ),
            )
        with capture_logs() as logs:
            made: LinkResult = await ActivityEnvironment().run(
                self.link.link, LinkRequest(scan_id=run, tree_object=tree, options=options)
            )
        said = [entry for entry in logs if entry["event"] == "graph linked"]
        async with self.database.transaction() as connection:
            await connection.execute(
                text("UPDATE scan_runs SET status = 'published' WHERE id = :id"), {"id": opened.id}
            )
        if not said:
            return made, "known"
        return made, said[-1]["everything_because"] or f"{said[-1]['relinked']}/{said[-1]['files']}"

    async def measure(self, number: int, made: LinkResult) -> MetricsResult:
        request = MetricsRequest(scan_id=f"run{number}", tree_object=self.trees[number], graph_object=made.graph_object)
        found: MetricsResult = await ActivityEnvironment().run(self.link.publish_metrics, request)
        return found

    async def row(self, number: int) -> scans.ScanRow:
        async with self.database.transaction() as connection:
            found = await scans.find_by_run(connection, f"run{number}")
        assert found is not None
        return found

    async def stored(self, number: int, name: str) -> tuple[ObjectKind, str]:
        return parse_reference((await self.row(number)).objects[name])


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database, tmp_path, await repository(database))
    yield made
    made.facts.close()


async def clean(world: World, files: dict[str, str], *indexes: bytes) -> LinkResult:
    """As a process links that finds no earlier scan."""
    async with world.database.transaction() as connection:
        await connection.execute(text("UPDATE scan_runs SET status = 'expired' WHERE status = 'published'"))
    world.facts.close()
    world.restart()
    made, said = await world.scan(files, *indexes)
    assert said == "no earlier link"
    return made


def same(first: LinkResult, second: LinkResult) -> bool:
    return first.model_copy(update={"seconds": 0.0}) == second.model_copy(update={"seconds": 0.0})


async def test_after_a_change_only_its_file_is_linked(world: World) -> None:
    assert (await world.scan(FILES))[1] == "no earlier link"
    made, said = await world.scan(CHANGED)
    assert said == "1/4"
    back, said = await world.scan(FILES)
    assert said == "known"
    assert back.graph_sha256 != made.graph_sha256
    for files, found in ((CHANGED, made), (FILES, back)):
        # the commit of a directory is the hash of its tree: equal trees have equal graphs
        assert same(await clean(world, files), found)


async def test_a_process_that_has_just_started_goes_on_from_what_is_stored(world: World) -> None:
    await world.scan(FILES)
    world.facts.close()
    world.restart()
    made, said = await world.scan(CHANGED)
    assert said == "1/4"
    assert same(await clean(world, CHANGED), made)


async def test_a_trace_that_is_gone_or_damaged_costs_time_only(world: World) -> None:
    await world.scan(FILES)
    kind, name = await world.stored(1, "trace")
    await world.objects.delete(kind, [name])
    world.facts.close()
    world.restart()
    made, said = await world.scan(CHANGED)
    assert said == "no earlier link"
    assert same(await clean(world, CHANGED), made)


async def test_a_shard_that_is_gone_is_made_again(world: World) -> None:
    await world.scan(FILES)
    index = read_index(await world.objects.get(*await world.stored(1, "graph")))
    await world.objects.delete(ObjectKind.SHARD, [dict(index.shards)["shop/cart.py"]])
    world.facts.close()
    world.restart()
    made, said = await world.scan(CHANGED)
    assert said == "1/4"
    found = await world.measure(2, made)
    assert found.repaired
    assert found.rows == made.nodes
    assert await world.objects.exists(ObjectKind.SHARD, dict(index.shards)["shop/cart.py"])
    assert not (await world.measure(2, made)).repaired


async def test_a_shard_that_was_damaged_is_written_again(world: World) -> None:
    await world.scan(FILES)
    index = read_index(await world.objects.get(*await world.stored(1, "graph")))
    name = dict(index.shards)["shop/cart.py"]
    stored = await world.objects.get(ObjectKind.SHARD, name)
    await obstore.put_async(world.objects._store, f"{ObjectKind.SHARD}/{name[:2]}/{name}", stored[:-1] + b"\0")
    with pytest.raises(InvalidArchive):
        await world.objects.get(ObjectKind.SHARD, name)
    world.facts.close()
    world.restart()
    made, _ = await world.scan(CHANGED)
    assert (await world.measure(2, made)).repaired
    assert await world.objects.get(ObjectKind.SHARD, name) == stored


async def test_a_file_that_cannot_be_linked_is_an_issue_of_every_scan_that_has_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = references.add

    def broken(here: Place, known: Any) -> None:
        if here.path == "shop/cart.py":
            raise IndexError("a rule met what it was not written for")
        add(here, known)

    monkeypatch.setattr(references, "add", broken)
    for number, said in ((1, "no earlier link"), (2, "known")):
        made, told = await world.scan(FILES)
        assert told == said
        assert made.issues == {"link_failed": 1}
        async with world.database.transaction() as connection:
            (found,) = await issues.with_reasons(connection, (await world.row(number)).id, ["link_failed"])
        assert (found.path, found.stage) == ("shop/cart.py", "link")
        assert found.detail.startswith("IndexError in test_relinking.py:")
    monkeypatch.undo()
    made, _ = await world.scan(CHANGED)
    assert made.issues == {}
    assert same(await clean(world, CHANGED), made)


async def test_metrics_that_were_committed_are_told_although_the_step_was_being_cancelled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = await world.scan(FILES)
    environment = ActivityEnvironment()

    async def committing(*given: Any) -> bool:
        environment.cancel()
        await asyncio.sleep(0)
        return await publish_metrics(*given)

    monkeypatch.setattr("activities.link.publish_metrics", committing)
    request = MetricsRequest(scan_id="run1", tree_object=world.trees[1], graph_object=made.graph_object)
    found: MetricsResult = await environment.run(world.link.publish_metrics, request)
    assert found.rows == made.nodes


async def test_facts_that_are_gone_are_computed_again(world: World) -> None:
    await world.scan(FILES)
    async with world.database.transaction() as connection:
        await connection.execute(text("DELETE FROM scan_uses"))
        await connection.execute(text("DELETE FROM file_facts"))
    world.facts.close()
    world.restart()
    made, said = await world.scan(CHANGED)
    assert said == "1/4"
    assert same(await clean(world, CHANGED), made)


async def test_what_an_expired_scan_held_is_not_relied_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading the earlier scan and recording the new one, retention ends the earlier one."""
    await world.scan(FILES)
    base = world.link._base

    async def then_expired(scan_id: str) -> scans.LinkBase | None:
        found = await base(scan_id)
        async with world.database.transaction() as connection:
            await connection.execute(text("UPDATE scan_runs SET status = 'expired' WHERE status = 'published'"))
        return found

    monkeypatch.setattr(world.link, "_base", then_expired)
    made, said = await world.scan(CHANGED)
    assert said == "no earlier link"
    assert (await world.row(2)).objects["graph"].endswith(made.graph_object)


def written(line: int) -> bytes:
    """An index that knows what ``each.price()`` means in a line of cart.py, from 0."""
    symbol = "t . p . Item#price()."
    prices = Document(relative_path="shop/prices.py")
    prices.occurrences.add(range=[1, 8, 13], symbol=symbol, symbol_roles=1)
    cart = Document(relative_path="shop/cart.py")
    cart.occurrences.add(range=[line, 16, 21], symbol=symbol)
    return Index(documents=[prices, cart]).SerializeToString()


TOLD = {
    **FILES,
    "shop/cart.py": "def add(each):\n    return each.price()\n",
    "shop/prices.py": "class Item:\n    def price(self): ...\n\nclass Gift:\n    def price(self): ...\n",
}
LATER = {**TOLD, "shop/cart.py": "# A cart.\n" + TOLD["shop/cart.py"]}


async def test_an_index_links_again_what_it_speaks_of(world: World) -> None:
    """And facts that are gone when its places are looked up are computed again."""
    plain, _ = await world.scan(TOLD)
    told, said = await world.scan(TOLD, written(1))
    assert (said, told.index) == ("1/4", {"definitions": 1, "references": 1})
    assert told.edges_by_confidence["calls.exact"] == plain.edges_by_confidence.get("calls.exact", 0) + 1
    assert (await world.scan(TOLD, written(1)))[1] == "known"
    async with world.database.transaction() as connection:
        await connection.execute(text("DELETE FROM scan_uses"))
        await connection.execute(text("DELETE FROM file_facts"))
    world.facts.close()
    world.restart()
    later, said = await world.scan(LATER, written(2))
    assert (said, later.index) == ("1/4", told.index)
    back, _ = await world.scan(LATER)
    assert same(await clean(world, LATER, written(2)), later)
    assert same(await clean(world, LATER), back)
    assert same(await clean(world, TOLD, written(1)), told)


async def test_a_large_link_lets_go_of_itself_and_the_next_one_goes_on_from_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activities.worlds, "LARGE_LINK_BYTES", 0)
    _, said = await world.scan(FILES)
    assert said == "no earlier link"
    made, said = await world.scan(CHANGED)
    assert said == "1/4"
    assert same(made, await clean(world, CHANGED))


async def test_a_large_link_whose_trace_was_stored_damaged_is_a_link_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activities.worlds, "LARGE_LINK_BYTES", 0)
    monkeypatch.setattr(activities.worlds, "encode_trace", lambda trace: b"damaged")
    await world.scan(FILES)
    made, said = await world.scan(CHANGED)
    assert said == "no earlier link"
    assert same(made, await clean(world, CHANGED))
