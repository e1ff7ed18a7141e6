"""The cache of facts: what is parsed once is not parsed again, and a lost file is never remembered."""

import os
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.facts import FactsCache, Found, key_of
from activities.scans import ScanRows
from db.session import Database
from docrunch.options import Limits, ScanOptions
from docrunch.parsing.catalog import detect
from docrunch.source.model import TreeReader
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec
from tests.support.publishing import opened, repository

pytestmark = pytest.mark.integration
FILES = {"a.py": "def a():\n    return 1\n", "b.py": "def b():\n    return 2\n", "same.py": "def a():\n    return 1\n"}


def tree(root: Path, files: Mapping[str, str]) -> TreeReader:
    for name, content in files.items():
        (root / "src").mkdir(exist_ok=True)
        (root / "src" / name).write_text(content)
    job = root / f"job{len(list(root.iterdir()))}"
    job.mkdir(mode=0o700)
    return open_source(
        parse_spec(str(root / "src"), cwd=root),
        ref=None,
        name=None,
        options=ScanOptions(),
        policy=SourcePolicy(),
        workdir=job,
        detect=detect,
    )


@pytest.fixture
async def cache(database: Database) -> AsyncIterator[FactsCache]:
    made = FactsCache(ScanRows(database), processes=1)
    yield made
    made.close()


async def ensure(
    cache: FactsCache, read: TreeReader, scope: str = "public", options: ScanOptions | None = None
) -> Found:
    entries = list(read.parsed_entries())
    return await ActivityEnvironment().run(cache.ensure, "r1", scope, read, entries, options or ScanOptions())


async def count(database: Database, table: str) -> int:
    async with database.transaction() as connection:
        return int(await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


async def test_a_second_look_finds_everything(database: Database, cache: FactsCache, tmp_path: Path) -> None:
    await opened(database, await repository(database))
    read = tree(tmp_path, FILES)
    first = await ensure(cache, read)
    assert [path for path, _ in first.facts] == sorted(FILES)
    assert (first.reused, first.lost) == (0, [])
    assert await count(database, "file_facts") == 2  # equal texts are one entry
    second = await ensure(cache, read)
    assert second.reused == 3
    assert second.facts == first.facts


async def test_every_hit_is_a_use_of_the_scan(database: Database, cache: FactsCache, tmp_path: Path) -> None:
    """Else cleanup could take an entry away under a scan that counts on it."""
    await opened(database, await repository(database))
    await ensure(cache, tree(tmp_path, FILES))
    assert await count(database, "scan_uses") == 2
    async with database.transaction() as connection:
        await connection.execute(text("DELETE FROM scan_uses"))
    await ensure(cache, tree(tmp_path, {}))
    assert await count(database, "scan_uses") == 2


async def test_no_look_up_crosses_a_scope(database: Database, cache: FactsCache, tmp_path: Path) -> None:
    await opened(database, await repository(database))
    read = tree(tmp_path, FILES)
    await ensure(cache, read, "tenant:acme")
    assert (await ensure(cache, read, "tenant:other")).reused == 0
    assert (await ensure(cache, read, "public")).reused == 0
    assert (await ensure(cache, read, "tenant:acme")).reused == 3


async def test_limits_that_change_facts_are_part_of_the_key(
    database: Database, cache: FactsCache, tmp_path: Path
) -> None:
    await opened(database, await repository(database))
    read = tree(tmp_path, FILES)
    await ensure(cache, read)
    shallow = ScanOptions(limits=Limits(max_depth=50))
    entry = next(read.parsed_entries())
    assert key_of(entry, shallow) != key_of(entry, ScanOptions())
    assert (await ensure(cache, read, options=shallow)).reused == 0


async def test_a_lost_file_is_listed_and_tried_again(database: Database, cache: FactsCache, tmp_path: Path) -> None:
    """The parser has no time for a large file; with time it has no quarrel with it."""
    await opened(database, await repository(database))
    read = tree(tmp_path, {**FILES, "slow.py": f"x = [{'(1, [2]), ' * 60_000}]\n"})
    hurried = await ensure(cache, read, options=ScanOptions(limits=Limits(parse_seconds=0.001)))
    assert ("slow.py", "parse_timeout") in [(issue.path, issue.reason) for issue in hurried.lost]
    assert "slow.py" not in dict(hurried.facts)
    calm = await ensure(cache, read)
    assert calm.lost == []
    assert "slow.py" in dict(calm.facts)


async def test_idle_parsers_that_died_are_replaced(database: Database, cache: FactsCache, tmp_path: Path) -> None:
    await opened(database, await repository(database))
    await ensure(cache, tree(tmp_path, FILES))
    assert cache._pool is not None
    for pid in cache._pool.pids():
        os.kill(pid, signal.SIGKILL)
    found = await ensure(cache, tree(tmp_path, {"c.py": "def c():\n    pass\n"}))
    assert found.lost == []
    assert "c.py" in dict(found.facts)


async def test_packed_facts_are_those_of_the_cache_wherever_they_come_from(
    database: Database, cache: FactsCache, tmp_path: Path
) -> None:
    """Of one file from the memory of the process, of one from the table, and of one that is parsed now."""
    await opened(database, await repository(database))
    files = {**FILES, "c.py": "def c():\n    return 3\n"}
    read = tree(tmp_path, files)
    entries = list(read.parsed_entries())
    other = FactsCache(cache._rows, processes=1)
    await ActivityEnvironment().run(other.ensure, "r1", "public", read, entries[1:2], ScanOptions())
    other.close()
    await ActivityEnvironment().run(cache.ensure, "r1", "public", read, entries[:1], ScanOptions())
    found, lost = await ActivityEnvironment().run(cache.packed, "r1", "public", read, entries, ScanOptions())
    assert lost == []
    assert list(found.items()) == (await ensure(cache, read)).facts
    assert await count(database, "scan_uses") == 3
