"""`OrphanSweeperWorkflow`: finishes what terminated, timed-out and incompletely undone runs left behind."""

from temporalio import workflow

from workflows.contracts import options
from workflows.contracts.cleanup import MaintenanceActivities, SweepBatch, SweepRequest, SweepResult, SweepStep
from workflows.contracts.queues import Queue
from workflows.steps import StepRow, call
from workflows.visibility import show_details

STEPS: tuple[StepRow, ...] = (
    StepRow("sweep_orphans", None, "What was swept stays swept; the rest follows with the next run."),
)
MAX_BATCHES = 500  # bounds the history; the next scheduled run takes the rest
MAX_IDS = 100  # of swept runs in the result


@workflow.defn(name="OrphanSweeperWorkflow")
class OrphanSweeperWorkflow:
    @workflow.run
    async def run(self, request: SweepRequest) -> SweepResult:
        now, cursor = workflow.time(), ""
        result = SweepResult(checked=0, swept=0)
        for _ in range(MAX_BATCHES):
            batch = await self._batch(request, now, cursor)
            result = SweepResult(
                checked=result.checked + batch.checked,
                swept=result.swept + batch.swept,
                workflow_ids=(*result.workflow_ids, *batch.workflow_ids)[:MAX_IDS],
            )
            show_details("Orphan sweeper", [("checked", f"{result.checked:,}"), ("swept", f"{result.swept:,}")])
            if batch.next_cursor is None:
                break
            cursor = batch.next_cursor
        return result

    async def _batch(self, request: SweepRequest, now: float, cursor: str) -> SweepBatch:
        return await call(
            MaintenanceActivities.sweep_orphans,
            SweepStep(now=now, older_than_seconds=request.older_than_seconds, cursor=cursor, limit=request.limit),
            queue=Queue.SYNC,
            options=options.CLEAN,
            summary="close what is open in the database while its run has ended",
        )
