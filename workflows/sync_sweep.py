"""`SyncSweepWorkflow`: catches what a lost signal left in the outbox, and says which derived stores are late."""

from temporalio import workflow

from workflows.contracts import options
from workflows.contracts.queues import Queue
from workflows.contracts.sync import SyncActivities, SyncSweepRequest, SyncSweepResult
from workflows.steps import StepRow, call
from workflows.visibility import show_details

STEPS: tuple[StepRow, ...] = (
    StepRow("sweep_sync", None, "Syncs that were woken run; the others are woken by the next sweep, a minute later."),
)


@workflow.defn(name="SyncSweepWorkflow")
class SyncSweepWorkflow:
    @workflow.run
    async def run(self, request: SyncSweepRequest) -> SyncSweepResult:
        result = await call(
            SyncActivities.sweep_sync,
            request,
            queue=Queue.SYNC,
            options=options.SWEEP_SYNC,
            summary="wake syncs that have something to do",
        )
        rows = [("woken", f"{result.signalled:,}"), ("late", f"{result.breached:,}")]
        note = f"Not looked through: {', '.join(result.unrecovered)}." if result.unrecovered else ""
        show_details("Sync sweep", [*rows, ("repaired", f"{result.recovered:,}")], note)
        return result
