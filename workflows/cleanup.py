"""`CleanupWorkflow`: retention, kind by kind. Deletes only what nobody uses, so it has nothing to undo."""

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.contracts import options
from workflows.contracts.cleanup import CleanupKind, CleanupRequest, CleanupResult, CleanupStep
from workflows.contracts.cleanup import MaintenanceActivities as Maintenance
from workflows.contracts.errors import from_failure, is_cancellation
from workflows.contracts.queues import Queue
from workflows.steps import StepRow, call
from workflows.visibility import show_details

STEPS: tuple[StepRow, ...] = (
    StepRow("cleanup_step", None, "What was deleted stays deleted; the rest follows with the next run."),
)


@workflow.defn(name="CleanupWorkflow")
class CleanupWorkflow:
    @workflow.init
    def __init__(self, request: CleanupRequest) -> None:
        self._request = request
        self._now = workflow.time()
        self._deleted: dict[str, int] = {}
        self._bytes = 0
        self._failed: dict[str, str] = {}

    @workflow.run
    async def run(self, request: CleanupRequest) -> CleanupResult:
        for kind in request.kinds:
            try:
                await self._clean(kind)
            except ActivityError as error:
                if is_cancellation(error):
                    raise
                self._failed[kind.value] = from_failure(error).message  # the other kinds are cleaned all the same
            self._show(kind)
        return CleanupResult(deleted=self._deleted, bytes=self._bytes, failed=self._failed)

    async def _clean(self, kind: CleanupKind) -> None:
        done = await call(
            Maintenance.cleanup_step,
            CleanupStep(kind=kind, now=self._now, dry_run=self._request.dry_run),
            queue=Queue.SYNC,
            options=options.CLEAN,
            summary=f"clean up {kind.value}",
        )
        self._deleted[kind.value] = done.deleted
        self._bytes += done.bytes

    def _show(self, kind: CleanupKind) -> None:
        rows = [("phase", kind.value), ("freed", f"{self._bytes:,} bytes")]
        rows += [(name, f"{count:,} deleted") for name, count in self._deleted.items()]
        rows += [(f"failed: {name}", reason) for name, reason in self._failed.items()]
        show_details("Cleanup", rows)
