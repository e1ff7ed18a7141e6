"""The row of a job, which `runs list` reads."""

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.scans import ROOT, ended_stages, run_of
from db.events import NewEvent
from db.events.model import JobCompleted
from db.models.base import LOCAL_TENANT
from db.repositories import jobs, scans
from db.session import Database
from workflows.contracts.docpack import CloseJob, JobActivities, OpenJob


class Jobs(JobActivities):
    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="open_job")
    async def open_job(self, request: OpenJob) -> None:
        async with self._database.transaction() as connection:
            await jobs.start(
                connection,
                workflow_id=request.job_id,
                run_id=request.run_id,
                kind=request.kind,
                repository_id=None,
                request={"source": request.source, "ref": request.ref, "name": request.name},
                tenant_id=request.tenant,
            )

    @activity.defn(name="close_job")
    async def close_job(self, request: CloseJob) -> None:
        async with self._database.transaction() as connection:
            await close(connection, request)


async def close(connection: AsyncConnection, request: CloseJob) -> None:
    """Record how a job ended and tell it, once; a job that is closed stays as it is."""
    summary = request.summary
    if await jobs.is_finished(connection, request.job_id, request.run_id):
        return
    scan_id = await jobs.scan_of(connection, request.job_id, request.run_id)
    scan = run_of(await scans.get_scan(connection, scan_id)) if scan_id is not None else None
    ended = NewEvent(
        payload=JobCompleted(
            str(summary.outcome),
            summary.issues,
            {},
            summary.scan_published,
            error=summary.error.code if summary.error else None,
        ),
        subject=scan.repository if scan else request.job_id,
        idempotency_key=f"job:{request.job_id}:{request.run_id}:completed",
        job_id=request.job_id,
        repository_id=scan.repository_id if scan else None,
        parent_id=scan.event_id(ROOT) if scan else None,
        tenant_id=scan.tenant if scan else LOCAL_TENANT,
    )
    reasons = {summary.error.code: 1} if summary.error else {}
    stages = await ended_stages(connection, scan, str(summary.outcome), reasons) if scan else []
    await jobs.finish(
        connection,
        request.job_id,
        request.run_id,
        str(summary.outcome),
        result=summary.model_dump(mode="json"),
        error=summary.error.model_dump(mode="json") if summary.error else None,
        events=[*stages, ended],
    )
