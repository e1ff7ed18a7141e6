"""What the sweeper finishes for runs that can no longer do it themselves, and what cleanup survives."""

from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import text
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.maintenance import Maintenance
from db.events import after
from db.objects import ObjectKind, ObjectStore, reference
from db.publish import publish_scan
from db.repositories import jobs, scans
from db.session import Database
from docrunch.config import Settings
from tests.support.publishing import opened, repository, rows
from workflows.contracts.cleanup import Cleaned, CleanupKind, CleanupStep, SweepRequest

pytestmark = pytest.mark.integration
YEAR_3000 = 32503680000.0


class Forgetful:
    """A Temporal that knows no workflow."""

    def get_workflow_handle(self, _name: str) -> Any:
        return self

    async def describe(self) -> Any:
        raise RPCError("not found", RPCStatusCode.NOT_FOUND, b"")


def maintenance(database: Database, objects: ObjectStore, folder: Path) -> Maintenance:
    return Maintenance(database, objects, cast(Client, Forgetful()), Settings(home=folder), folder)


async def test_a_terminated_job_is_told_and_its_parts_are_released(database: Database, tmp_path: Path) -> None:
    scan = await opened(database, await repository(database))
    async with database.transaction() as connection:
        await jobs.start(
            connection, workflow_id=scan.workflow_id, run_id="j", kind="docpack", repository_id=None, request={}
        )
        await jobs.attach_to_open(connection, scan.workflow_id, scan.id, scan.repository_id, {})
    await publish_scan(database, scan.id, rows(1))
    async with database.transaction() as connection:
        await scans.record(connection, scan.id, objects={"graph": "graphs/g", "assembly": "a/1", "docs-0": "d/1"})
        await scans.close_scan(connection, scan.id, "completed")
        await connection.execute(text("UPDATE jobs SET started_at = now() - interval '1 hour'"))
    subject = maintenance(database, ObjectStore("memory://"), tmp_path)
    swept = await ActivityEnvironment().run(subject.sweep_orphans, SweepRequest(older_than_seconds=60))
    assert swept.swept == 1
    async with database.transaction() as connection:
        assert (await scans.get_scan(connection, scan.id)).objects == {"graph": "graphs/g"}
        told = [each for each in await after(connection, 0) if each.kind == "job.completed.v1"]
    assert [(each.payload["status"], each.payload["scan_published"]) for each in told] == [("failed", True)]


async def test_one_lost_graph_does_not_stop_the_cleanup_of_objects(database: Database, tmp_path: Path) -> None:
    objects = ObjectStore("memory://")
    orphan = await objects.put(ObjectKind.SHARD, b"orphan")
    scan = await opened(database, await repository(database))
    async with database.transaction() as connection:
        await scans.record(connection, scan.id, objects={"graph": reference(ObjectKind.GRAPH, "0" * 64)})
    subject = maintenance(database, objects, tmp_path)
    step = CleanupStep(kind=CleanupKind.OBJECTS, now=YEAR_3000)
    done: Cleaned = await ActivityEnvironment().run(subject.cleanup_step, step)
    assert done.deleted == 1
    assert not await objects.exists(ObjectKind.SHARD, orphan)


async def test_a_dry_run_keeps_the_directories_of_dead_jobs(database: Database, tmp_path: Path) -> None:
    left = tmp_path / "job-dead"
    left.mkdir()
    subject = maintenance(database, ObjectStore("memory://"), tmp_path)
    step = CleanupStep(kind=CleanupKind.WORKDIRS, now=YEAR_3000, dry_run=True)
    done: Cleaned = await ActivityEnvironment().run(subject.cleanup_step, step)
    assert done.deleted == 0
    assert left.exists()
