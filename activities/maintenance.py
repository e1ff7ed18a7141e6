"""Cleanup batch by batch, and the sweeper that reconciles rows with what Temporal knows."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.heartbeat import heartbeating, in_thread
from activities.jobs import close
from activities.live_objects import live_references
from activities.projections.target import TargetUnreachable
from activities.rebuild import Rebuild
from activities.scans import ended_scan, run_of
from db.cleanup import clean_caches, close_orphans, expire_scans, trim_outbox
from db.events import NewEvent, append
from db.events.partitions import drop_expired, ensure_partitions
from db.knowledge.uses import note_uses
from db.objects import ObjectStore
from db.repositories import docpacks, jobs, scans, takedowns, workspaces
from db.repositories.model_outputs import trim_outputs
from db.repositories.uses import MIN_GRACE
from db.session import Database
from docrunch.config import Settings
from docrunch.errors import InvalidConfig, NotFound
from docrunch.source.workdir import sweep
from workflows.contracts.cleanup import (
    Cleaned,
    CleanupKind,
    CleanupStep,
    MaintenanceActivities,
    SweepRequest,
    SweepResult,
)
from workflows.contracts.docpack import CloseJob, JobSummary
from workflows.contracts.errors import ErrorDetail
from workflows.contracts.ids import rebuild_workflow_id
from workflows.contracts.progress import Outcome
from workflows.contracts.queues import Queue
from workflows.contracts.takedown import TAKEDOWN_WORKFLOW, TakedownRequest

WORKDIR_AGE = timedelta(hours=1)  # directories in use are locked; the age only spares the attempt to lock young ones
JOBS_KEPT = timedelta(days=90)
SHOWN_IDS = 100  # of swept runs in a result, which is part of a history
LOST = ErrorDetail(code="failed", message="The workflow ended without closing its job.")

_log = structlog.get_logger()


class Maintenance(MaintenanceActivities):
    def __init__(
        self,
        database: Database,
        objects: ObjectStore,
        client: Client | None,
        settings: Settings,
        work: Path,
        rebuild: Rebuild | None = None,
    ) -> None:
        self._database = database
        self._objects = objects
        self._client = client
        self._settings = settings
        self._work = work
        self._rebuild = rebuild

    # ── cleanup ──

    @activity.defn(name="cleanup_step")
    async def cleanup_step(self, request: CleanupStep) -> Cleaned:
        async with heartbeating():
            if request.kind is CleanupKind.OBJECTS:
                return await self._objects_step(request)
            if request.kind is CleanupKind.WORKDIRS:
                if request.dry_run:
                    return Cleaned(deleted=0)
                removed = await in_thread(lambda: sweep(self._work, WORKDIR_AGE, now=request.now))
                return Cleaned(deleted=removed)
            return Cleaned(deleted=await self._rows_step(request))

    async def _rows_step(self, request: CleanupStep) -> int:
        """One statement per table; a dry run is rolled back."""
        settings = self._settings
        deleted = 0
        if request.kind is CleanupKind.CACHES:
            await note_uses(self._database)
        try:
            async with self._database.transaction() as connection:
                if request.kind is CleanupKind.JOBS:
                    deleted = await jobs.delete_old(connection, JOBS_KEPT)
                elif request.kind is CleanupKind.SCANS:
                    deleted = len(await expire_scans(connection, settings.retention.scans_per_ref))
                elif request.kind is CleanupKind.CACHES:
                    grace = max(timedelta(hours=settings.cache.grace_hours), MIN_GRACE)
                    cleaned = await clean_caches(connection, grace)
                    deleted = cleaned.facts + cleaned.embeddings + await trim_outputs(connection)
                elif request.kind is CleanupKind.EVENTS:
                    await ensure_partitions(connection)
                    dropped = await drop_expired(connection, timedelta(days=settings.retention.events_days))
                    deleted = len(dropped) + await trim_outbox(connection)
                if request.dry_run:
                    raise _DryRun
        except _DryRun:
            pass
        return deleted

    async def _objects_step(self, request: CleanupStep) -> Cleaned:
        older = datetime.fromtimestamp(request.now, UTC) - max(
            timedelta(hours=self._settings.cache.grace_hours), MIN_GRACE
        )
        keep = await live_references(self._database, self._objects)
        if request.dry_run:
            return Cleaned(deleted=0)
        deleted, freed = await self._objects.sweep(keep, older_than=older)
        return Cleaned(deleted=deleted, bytes=freed)

    # ── sweeper ──

    @activity.defn(name="sweep_orphans")
    async def sweep_orphans(self, request: SweepRequest) -> SweepResult:
        async with heartbeating():
            age = timedelta(seconds=request.older_than_seconds)
            async with self._database.transaction() as connection:
                open_jobs = await jobs.open_before(connection, age)
                open_scans = await scans.open_before(connection, age)
            names = sorted({workflow for workflow, _ in open_jobs} | {workflow for workflow, _ in open_scans})
            dead = {name for name in names if not await self._alive(name)}
            async with self._database.transaction() as connection:
                closed = await close_orphans(connection, lambda workflow, _run: workflow not in dead, age)
                told: list[NewEvent] = []
                for scan_id in closed:
                    run = run_of(await scans.get_scan(connection, scan_id))
                    told += await ended_scan(connection, run, str(Outcome.FAILED), LOST.code)
                await append(connection, told)
            lost = [job for job in open_jobs if job[0] in dead]
            for workflow, run_id in lost:
                async with self._database.transaction() as connection:
                    await _close_lost(connection, workflow, run_id)
            resumed = await self._resume_takedowns()
            swept = len(closed) + len(lost) + len(resumed) + await self._sweep_generations()
            dead |= set(resumed)
            return SweepResult(checked=len(names), swept=swept, workflow_ids=tuple(sorted(dead))[:SHOWN_IDS])

    async def _sweep_generations(self) -> int:
        """Generations of derived stores that nobody builds or drops any more."""
        if self._rebuild is None:
            return 0
        async with self._database.transaction() as connection:
            unfinished = await workspaces.unfinished(connection)
        swept = 0
        for where in unfinished:
            workflow_id = rebuild_workflow_id(*msgspec.structs.astuple(where))
            try:
                swept += await self._rebuild.sweep(where, partial(self._ended, workflow_id))
            except (TargetUnreachable, InvalidConfig, NotFound) as error:  # the others are swept all the same
                _log.warning("generation_left", workflow_id=workflow_id, error=error.message)
        return swept

    async def _ended(self, workflow_id: str) -> bool:
        return not await self._alive(workflow_id)

    async def _resume_takedowns(self) -> list[str]:
        """Takedowns whose workflow was terminated: what is to be done is in a row, and is taken up again."""
        async with self._database.transaction() as connection:
            todo = await takedowns.all_open(connection)
        resumed = []
        for each in todo:
            if self._client is None or await self._alive(each.workflow_id):
                continue
            request = TakedownRequest(repository_id=each.ids.repository_id, repository=each.report.repository)
            await self._client.start_workflow(
                TAKEDOWN_WORKFLOW,
                request,
                id=each.workflow_id,
                task_queue=Queue.WORKFLOWS,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
            resumed.append(each.workflow_id)
        return resumed

    async def _alive(self, workflow_id: str) -> bool:
        """Whether any run of the workflow is open; a server that does not answer raises, and nothing is swept."""
        if self._client is None:
            return True
        try:
            found = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return found.status is WorkflowExecutionStatus.RUNNING


async def _close_lost(connection: AsyncConnection, workflow: str, run_id: str) -> None:
    """What the compensations of the job would have done: its parts are released, its end is told."""
    scan_id = await jobs.scan_of(connection, workflow, run_id)
    scan = await scans.get_scan(connection, scan_id) if scan_id is not None else None
    if scan is not None:
        await docpacks.release_parts(connection, scan.id)
    summary = JobSummary(
        outcome=Outcome.FAILED,
        scan_id=scan.run_id if scan else "",
        scan_published=scan is not None and scan.status in ("published", "stored"),
        error=LOST,
    )
    await close(connection, CloseJob(job_id=workflow, run_id=run_id, summary=summary))


class _DryRun(Exception):
    """Rolls back what a dry run counted."""
