"""What need not be parsed takes one page, and a page that was told once is the same when it is asked for again."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.facts import FactsCache, Found
from activities.ingest import Ingest
from activities.scans import ScanRows
from activities.worlds import Worlds
from db.objects import ObjectKind, ObjectStore
from db.session import Database
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec
from docrunch.source.tree import write_tree
from tests.support.publishing import opened, repository
from workflows.contracts.scan import PageRequest, PageResult

pytestmark = pytest.mark.integration
FILES = 12


class World:
    def __init__(self, database: Database, root: Path) -> None:
        self.database, self.root = database, root
        self.objects, rows = ObjectStore("memory://"), ScanRows(database)
        self.facts = FactsCache(rows, processes=1)
        worlds = Worlds(self.objects, root)
        self.ingest = Ingest(worlds, rows, self.facts, policy=SourcePolicy(), work=root, processes=1)
        self._trees = 0

    async def tree(self, **changed: str) -> str:
        self._trees += 1
        source, job = self.root / f"src{self._trees}", self.root / f"job{self._trees}"
        for folder in (source, job):
            folder.mkdir(mode=0o700)
        for number in range(FILES):
            name = f"m{number:02}"
            (source / f"{name}.py").write_text(changed.get(name, f"def f{number}():\n    return {number}\n"))
        spec, options = parse_spec(str(source), cwd=self.root), ScanOptions()
        read = open_source(spec, ref=None, name="r", options=options, policy=SourcePolicy(), workdir=job, detect=detect)
        with (job / "tree").open("xb") as out:
            write_tree(read, out)
        return await self.objects.put(ObjectKind.TREE, job / "tree")

    async def page(self, tree: str, cursor: int, size: int, *, attempt: int = 1, scan: str = "r1") -> PageResult:
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, attempt=attempt)
        request = PageRequest(
            scan_id=scan, tree_object=tree, lo=0, hi=min(cursor + size, FILES), until=FILES, cursor=cursor
        )
        found: PageResult = await environment.run(self.ingest.parse_page, request)
        return found

    async def pages(self, tree: str, size: int = 3, *, scan: str = "r1") -> list[PageResult]:
        found: list[PageResult] = []
        while not found or found[-1].next_cursor < FILES:
            found.append(await self.page(tree, found[-1].next_cursor if found else 0, size, scan=scan))
        return found

    async def detected(self) -> list[str]:
        """Paths of all events, in order."""
        async with self.database.transaction() as connection:
            told = await connection.execute(
                text("SELECT payload FROM events WHERE kind LIKE 'ingest.file_detected%' ORDER BY seq")
            )
            return [path for (payload,) in told for path in payload["paths"]]


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    owner = await repository(database)
    await opened(database, owner)
    await opened(database, owner, run_id="r2")
    made = World(database, tmp_path)
    yield made
    made.facts.close()


async def test_what_is_cached_takes_one_page(world: World) -> None:
    tree = await world.tree()
    first = await world.pages(tree)
    assert [(page.next_cursor, page.reused) for page in first] == [(3, 0), (6, 0), (9, 0), (12, 0)]
    (again,) = await world.pages(tree, scan="r2")
    assert (again.next_cursor, again.parsed, again.reused, again.symbols) == (12, 12, 12, 12)


async def test_a_changed_file_begins_a_page(world: World) -> None:
    await world.pages(await world.tree())
    pages = await world.pages(await world.tree(m07="def g():\n    return 1\n"), scan="r2")
    assert [(page.next_cursor, page.parsed, page.reused) for page in pages] == [(7, 7, 7), (12, 5, 4)]


async def test_a_repeated_attempt_ends_where_the_first_one_ended(world: World) -> None:
    """Else a file would be listed twice: by the attempt that committed, and by the page that follows the other one."""
    tree = await world.tree()
    told = await world.page(tree, 0, 3)
    await world.pages(tree, scan="r2")  # another scan of the same files fills the cache meanwhile
    again = await world.page(tree, 0, 3, attempt=2)
    assert again.next_cursor == told.next_cursor == 3
    assert again.reused == 3


async def test_every_file_is_listed_once(world: World) -> None:
    """Also when the scan passes over them again, because its embedding starts anew on another device."""
    tree = await world.tree()
    first = await world.pages(tree)
    again = await world.pages(tree)
    assert [page.next_cursor for page in again] == [page.next_cursor for page in first]
    assert await world.detected() == [f"m{number:02}.py" for number in range(FILES)]


async def test_of_two_attempts_side_by_side_the_first_to_commit_says_where_the_page_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The late one parsed its own page and finds at the end that another was told: it answers with that one."""
    tree = await world.tree()
    parse, both, begun = world.facts.ensure, asyncio.Barrier(2), count(1)

    async def meet(*given: Any, **named: Any) -> Found:
        found = await parse(*given, **named)
        if next(begun) <= 2:  # both have read that nothing was told
            await both.wait()
        return found

    monkeypatch.setattr(world.facts, "ensure", meet)
    small, large = await asyncio.gather(world.page(tree, 0, 3), world.page(tree, 0, 6))
    assert small.next_cursor == large.next_cursor
    assert small.parsed == large.parsed == small.next_cursor
    assert len(await world.detected()) == small.next_cursor
