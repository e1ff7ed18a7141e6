"""`OrphanSweeperWorkflow`: finishes what terminated, timed-out and incompletely undone runs left behind."""

from temporalio import workflow

from workflows.contracts import options
from workflows.contracts.cleanup import MaintenanceActivities, SweepRequest, SweepResult
from workflows.contracts.queues import Queue
from workflows.steps import StepRow, call
from workflows.visibility import show_details

STEPS: tuple[StepRow, ...] = (
    StepRow("sweep_orphans", None, "What was swept stays swept; the rest follows with the next run."),
)


@workflow.defn(name="OrphanSweeperWorkflow")
class OrphanSweeperWorkflow:
    @workflow.run
    async def run(self, request: SweepRequest) -> SweepResult:
        result = await call(
            MaintenanceActivities.sweep_orphans,
            request,
            queue=Queue.SYNC,
            options=options.CLEAN,
            summary="close what is open in the database while its run has ended",
        )
        show_details("Orphan sweeper", [("checked", f"{result.checked:,}"), ("swept", f"{result.swept:,}")])
        return result
