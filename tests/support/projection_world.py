"""Derived stores in tests: real Postgres, real Temporal, a worker process that may be killed, a store of files."""

import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from temporalio.client import Client, WorkflowHandle

from activities.projections.target import Workspace
from db.embedded import EmbeddedPostgres
from db.publish import PublishRows, publish_scan
from db.repositories import projections, scans
from db.repositories.projections import Key, Scope
from db.repositories.projects import RepositoryRow
from db.session import Database
from docrunch.config import Settings, load_settings
from docrunch.storage.model import EntityType
from tests.support.file_target import FileTarget
from tests.support.postgres import TEMPLATE, fresh_database
from tests.support.publishing import opened, repository
from tests.support.stack import _namespace, until
from workflows.contracts.cleanup import SweepRequest, SweepResult
from workflows.contracts.ids import rebuild_workflow_id, takedown_workflow_id, verify_workflow_id
from workflows.contracts.queues import Queue
from workflows.contracts.rebuild import DriftReport, RebuildRequest, RebuildResult, VerifyRequest
from workflows.contracts.sync import SYNC_WORKFLOW, SyncRequest, start_options
from workflows.contracts.takedown import TakedownRequest, TakedownResult
from workflows.rebuild import RebuildWorkflow
from workflows.sweep import OrphanSweeperWorkflow
from workflows.takedown import TakedownWorkflow
from workflows.verify import VerifyWorkflow

_COUNT = iter(range(1_000_000))


@dataclass
class ProjectionWorld:
    settings: Settings
    environment: dict[str, str]
    client: Client
    database: Database
    target: FileTarget
    owner: RepositoryRow
    worker: "subprocess.Popen[bytes] | None" = None
    ref_id: int = 0
    scan: int = 0

    # ── the truth ──

    async def publish(self, rows: PublishRows) -> None:
        """Make these rows the published ones of ``main``."""
        self.scan += 1
        row = await opened(self.database, self.owner, run_id=f"run{self.scan}", commit=f"c{self.scan}")
        await publish_scan(self.database, row.id, rows)
        async with self.database.transaction() as connection:
            await scans.close_scan(connection, row.id, "completed")
        self.ref_id = row.ref_id or 0

    async def truth(self) -> dict[Key, bytes]:
        async with self.database.snapshot() as connection:
            return await projections.hashes(connection, Scope(self.owner.id, self.ref_id), FileTarget.takes)

    def workspace(self, generation: int) -> Workspace:
        return Workspace(self.owner.id, self.owner.slug, self.ref_id, "main", generation)

    def shown(self) -> dict[Key, bytes]:
        """What readers of the store see."""
        generation = self.target.active(self.owner.id, self.ref_id)
        assert generation is not None
        return self.target.held(self.workspace(generation))

    def file(self, key: str) -> Path:
        generation = self.target.active(self.owner.id, self.ref_id) or 1
        return self.target.path(self.workspace(generation), EntityType.FILE, key)

    async def rows(self, statement: str, **arguments: Any) -> list[tuple[Any, ...]]:
        async with self.database.transaction() as connection:
            return [tuple(row) for row in await connection.execute(text(statement), arguments)]

    async def states(self) -> list[tuple[int, str]]:
        found = await self.rows(
            "SELECT generation, state FROM workspaces WHERE ref_id = :ref ORDER BY 1", ref=self.ref_id
        )
        return [(row[0], row[1]) for row in found]

    async def told(self) -> list[tuple[str, str | None]]:
        """Kind and status of what was told about rebuilds."""
        statement = "SELECT kind, payload ->> 'status' FROM events WHERE kind LIKE 'sync.rebuild%' ORDER BY seq"
        return [(row[0], row[1]) for row in await self.rows(statement)]

    # ── workflows ──

    async def start_rebuild(self, **request: Any) -> WorkflowHandle[RebuildWorkflow, RebuildResult]:
        given = {"target": "files", "repository_id": self.owner.id, "ref_id": self.ref_id, "reason": "test"} | request
        return await self.client.start_workflow(
            RebuildWorkflow.run,
            RebuildRequest(**given),
            id=rebuild_workflow_id("files", self.owner.id, self.ref_id),
            task_queue=Queue.WORKFLOWS,
        )

    async def rebuild(self, **request: Any) -> RebuildResult:
        return await (await self.start_rebuild(**request)).result()

    async def verify(self, **request: Any) -> DriftReport:
        given = {"target": "files", "repository_id": self.owner.id} | request
        result = await self.client.execute_workflow(
            VerifyWorkflow.run,
            VerifyRequest(**given),
            id=f"{verify_workflow_id('files', self.owner.id)}:{next(_COUNT)}",
            task_queue=Queue.WORKFLOWS,
        )
        (report,) = result.reports
        return report

    async def start_takedown(self, **request: Any) -> WorkflowHandle[TakedownWorkflow, TakedownResult]:
        given = {"repository_id": self.owner.id, "repository": self.owner.name, "first_wait_seconds": 0.2} | request
        return await self.client.start_workflow(
            TakedownWorkflow.run,
            TakedownRequest(**given),
            id=takedown_workflow_id(self.owner.id),
            task_queue=Queue.WORKFLOWS,
        )

    async def sync(self) -> None:
        """Start the sync of the store, or wake the one that runs."""
        request = SyncRequest(target="files", repository_id=self.owner.id, repository=self.owner.name)
        await self.client.start_workflow(SYNC_WORKFLOW, request, **start_options(request))

    async def sweep(self) -> SweepResult:
        workflow_id = f"sweep:{next(_COUNT)}"
        return await self.client.execute_workflow(
            OrphanSweeperWorkflow.run, SweepRequest(), id=workflow_id, task_queue=Queue.WORKFLOWS
        )

    # ── the worker ──

    def start_worker(self) -> None:
        log = (self.settings.run_dir / "worker.log").open("ab")
        self.worker = subprocess.Popen(
            [sys.executable, "-m", "tests.support.projection_worker"], env=self.environment, stdout=log, stderr=log
        )

    async def died(self) -> None:
        """Until the worker was killed."""

        async def dead() -> bool:
            return self.worker is not None and self.worker.poll() is not None

        await until(dead, "the worker is killed")

    def stop(self) -> None:
        if self.worker is not None and self.worker.poll() is None:
            self.worker.kill()
            self.worker.wait()

    def logs(self) -> str:
        return (self.settings.run_dir / "worker.log").read_text(errors="replace")


@asynccontextmanager
async def projection_world(postgres: EmbeddedPostgres, temporal: Client) -> AsyncIterator[ProjectionWorld]:
    namespace = f"projections-{os.getpid()}-{next(_COUNT)}"
    with tempfile.TemporaryDirectory(prefix="docrunch-projections-", ignore_cleanup_errors=True) as folder:
        async with fresh_database(postgres, TEMPLATE) as url:
            given = {
                "DOCRUNCH_HOME": str(Path(folder) / "home"),
                "DOCRUNCH_DATABASE_URL": url,
                "DOCRUNCH_TEMPORAL__ADDRESS": temporal.service_client.config.target_host,
                "DOCRUNCH_TEMPORAL__NAMESPACE": namespace,
                "DOCRUNCH_STORAGE__SYNC__TARGETS": '["files"]',
            }
            settings = load_settings(env=given)
            settings.run_dir.mkdir(parents=True)
            client = await _namespace(temporal, settings)
            database = Database(url, "ingest")
            store = Path(folder) / "store"
            environment = {**os.environ, **given, "FILE_TARGET": str(store)}
            world = ProjectionWorld(
                settings, environment, client, database, FileTarget(store), await repository(database, "demo")
            )
            try:
                world.start_worker()
                yield world
            finally:
                world.stop()
                await database.close()
