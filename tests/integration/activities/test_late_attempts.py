"""An attempt that Temporal has given up may still run: beside its retry, or beside the undoing of its scan."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.facts import FactsCache
from activities.scan_world import ScanWorlds
from activities.scans import ScanRows
from activities.store import ScanStore
from activities.worlds import Worlds
from db.objects import ObjectStore
from db.publish import publish_scan
from db.repositories import facts, scans
from db.repositories.facts import FactsKey
from db.session import Database
from docrunch.canonical import sha256_hex
from docrunch.errors import Conflict
from tests.support.publishing import opened, repository, rows
from workflows.contracts.progress import Outcome
from workflows.contracts.scan import DropScan

pytestmark = pytest.mark.integration
KEY = FactsKey(sha256_hex(b"x"), "python", "e")


def store(database: Database, tmp_path: Path) -> ScanStore:
    found = ScanRows(database)
    worlds = Worlds(ObjectStore("memory://"), tmp_path)
    return ScanStore(ScanWorlds(worlds, found, FactsCache(found, processes=1)))


async def test_what_a_late_attempt_writes_is_undone_with_the_scan(database: Database, tmp_path: Path) -> None:
    scan = await opened(database, await repository(database))
    drop = DropScan(scan_id=scan.run_id, outcome=Outcome.CANCELLED, code="cancelled", message="cancelled")
    async with database.transaction() as connection:
        run = await ScanRows(database).run(connection, scan.run_id)
        dropping = asyncio.create_task(ActivityEnvironment().run(store(database, tmp_path).drop_scan, drop))
        await asyncio.sleep(0.3)
        await facts.insert_many(connection, run.id, "public", {KEY: b"x"})
    await dropping
    async with database.transaction() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM scan_uses")) == 0
        with pytest.raises(Conflict):
            await ScanRows(database).run(connection, scan.run_id)


async def test_a_dropped_scan_of_an_undeclared_ref_cannot_be_published(database: Database) -> None:
    scan = await opened(database, await repository(database), ref="@worktree", declared=False)
    async with database.transaction() as connection:
        await scans.close_scan(connection, scan.id, "cancelled")
    with pytest.raises(Conflict):
        await publish_scan(database, scan.id, rows(1))
    async with database.transaction() as connection:
        assert (await scans.get_scan(connection, scan.id)).status == "cancelled"
