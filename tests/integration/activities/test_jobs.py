"""The row of a job: connected to its scan whatever comes first, and ended by the run that it belongs to."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from db.repositories import jobs, scans
from db.repositories.scans import ScanRequest, ScanRow
from db.session import Database
from tests.support.publishing import repository

pytestmark = pytest.mark.integration


async def started(database: Database, run: str) -> None:
    async with database.transaction() as connection:
        await jobs.start(
            connection, workflow_id="docpack:w", run_id=run, kind="docpack", repository_id=None, request={}
        )


async def scanned(database: Database, run: str) -> ScanRow:
    owner = await repository(database)
    request = ScanRequest(
        workflow_id="scan:w", run_id=run, repository_id=owner.id, ref="main", declared_ref=True, commit="c", kind="git",
        options={"job_id": "docpack:w", "route": {"lane": "fast"}},
    )  # fmt: skip
    async with database.transaction() as connection:
        row = await scans.open_scan(connection, request)
        await jobs.attach_to_open(connection, "docpack:w", row.id, owner.id, {"lane": "fast"})
        return row


async def listed(database: Database) -> Sequence[tuple[Any, ...]]:
    async with database.transaction() as connection:
        return [
            tuple(row)
            for row in await connection.execute(text("SELECT run_id, scan_id, status, route FROM jobs ORDER BY id"))
        ]


async def test_a_job_that_is_written_after_its_scan_names_it_all_the_same(database: Database) -> None:
    scan = await scanned(database, "s1")
    await started(database, "r1")
    assert await listed(database) == [("r1", scan.id, "running", {"lane": "fast"})]


async def test_the_scan_of_an_earlier_run_is_not_that_of_the_next(database: Database) -> None:
    await started(database, "r1")
    scan = await scanned(database, "s1")
    async with database.transaction() as connection:
        await jobs.finish(connection, "docpack:w", "r1", "failed")
    await started(database, "r2")
    assert [row[:3] for row in await listed(database)] == [("r1", scan.id, "failed"), ("r2", None, "running")]


async def test_a_late_register_does_not_end_the_next_run(database: Database) -> None:
    await started(database, "r1")
    first = await scanned(database, "s1")
    async with database.transaction() as connection:
        await jobs.finish(connection, "docpack:w", "r1", "completed")
    await started(database, "r2")
    await scanned(database, "s2")
    async with database.transaction() as connection:
        await jobs.finish_open(connection, "docpack:w", first.id, "completed", result={"docpack_id": "old"})
    assert [row[2] for row in await listed(database)] == ["completed", "running"]
