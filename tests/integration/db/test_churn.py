"""Churn is written once for a commit, found by its scans, and goes with the last of them."""

from datetime import date

import pytest
from sqlalchemy import text

from db.cleanup import expire_scans
from db.repositories import churn, scans
from db.repositories.churn import ChurnKey
from db.repositories.removal import remove_repository
from db.session import Database
from docrunch.source.churn import Absent, Churn, FileChurn
from tests.support.publishing import opened, repository

pytestmark = pytest.mark.integration
FOUND = Churn(
    date(2024, 1, 1),
    3,
    True,
    {"a.py": FileChurn(2, 10, 5, 1, date(2024, 6, 1)), "b.py": FileChurn(1, 1 << 40, 0, 1, date(9999, 12, 31))},
)


async def store(database: Database, key: ChurnKey, found: Churn | Absent) -> Churn | Absent | None:
    async with database.transaction() as connection:
        await churn.store(connection, key, found)
        return await churn.load(connection, key)


async def count(database: Database) -> tuple[int, int]:
    async with database.transaction() as connection:
        heads = await connection.scalar(text("SELECT count(*) FROM churn"))
        files = await connection.scalar(text("SELECT count(*) FROM file_churn"))
    return int(heads or 0), int(files or 0)


async def test_what_is_stored_is_read_and_stored_once(database: Database) -> None:
    key = ChurnKey((await repository(database)).id, "c", "t")
    assert await store(database, key, FOUND) == FOUND
    assert await store(database, key, Churn(date(2020, 1, 1), 1, False, {})) == FOUND
    assert await store(database, key, Absent.SHALLOW) == FOUND
    assert await count(database) == (1, 2)


async def test_a_clone_that_was_deepened_is_looked_at_again(database: Database) -> None:
    key = ChurnKey((await repository(database)).id, "c", "t")
    assert await store(database, key, Absent.SHALLOW) is Absent.SHALLOW
    async with database.transaction() as connection:
        assert not await churn.is_known(connection, key)
    assert await store(database, key, FOUND) == FOUND
    async with database.transaction() as connection:
        assert await churn.is_known(connection, key)


async def test_another_choice_of_files_of_one_commit_is_its_own(database: Database) -> None:
    owner = await repository(database)
    await store(database, ChurnKey(owner.id, "c", "t"), FOUND)
    async with database.transaction() as connection:
        assert await churn.load(connection, ChurnKey(owner.id, "c", "other")) is None
        assert await churn.load(connection, ChurnKey(owner.id + 1, "c", "t")) is None


async def test_it_goes_with_the_last_scan_of_the_commit(database: Database) -> None:
    owner = await repository(database)
    key = ChurnKey(owner.id, "c", "t")
    scan = await opened(database, owner, ref="main")
    async with database.transaction() as connection:
        await connection.execute(text(f"UPDATE scan_runs SET commit = 'c', tree_sha256 = 't' WHERE id = {scan.id}"))
    await store(database, key, FOUND)
    async with database.transaction() as connection:
        await expire_scans(connection, 0)
    assert await count(database) == (1, 2)  # the scan still runs
    async with database.transaction() as connection:
        await scans.close_scan(connection, scan.id, "completed")
        await expire_scans(connection, 0)
    assert await count(database) == (0, 0)


async def test_it_goes_with_the_repository(database: Database) -> None:
    owner, other = await repository(database), await repository(database, "other")
    await store(database, ChurnKey(owner.id, "c", "t"), FOUND)
    await store(database, ChurnKey(other.id, "c", "t"), FOUND)
    async with database.transaction() as connection:
        report = await remove_repository(connection, owner.id, owner.name)
    assert report.removed["churn"] == 1
    assert await count(database) == (1, 2)
