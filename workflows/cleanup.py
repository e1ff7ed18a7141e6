"""`CleanupWorkflow`: retention, batch by batch. Deletes only what nobody uses, so it has nothing to undo."""

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.contracts import options
from workflows.contracts.cleanup import CleanupBatch, CleanupKind, CleanupRequest, CleanupResult, CleanupStep
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
        self._now = workflow.time() if request.now is None else request.now
        self._deleted = dict(request.deleted)
        self._bytes = request.bytes
        self._failed = dict(request.failed)

    @workflow.run
    async def run(self, request: CleanupRequest) -> CleanupResult:
        cursor = request.cursor
        for index, kind in enumerate(request.kinds):
            try:
                await self._clean(kind, cursor, request.kinds[index:])
            except ActivityError as error:
                if is_cancellation(error):
                    raise
                self._failed[kind.value] = from_failure(error).message  # the other kinds are cleaned all the same
            cursor = ""
            self._show(kind)
        return CleanupResult(deleted=self._deleted, bytes=self._bytes, failed=self._failed)

    async def _clean(self, kind: CleanupKind, cursor: str, rest: tuple[CleanupKind, ...]) -> None:
        batch: CleanupBatch | None = None
        while batch is None or batch.next_cursor is not None:
            batch = await self._step(kind, cursor)
            self._deleted[kind.value] = self._deleted.get(kind.value, 0) + batch.deleted
            self._bytes += batch.bytes
            cursor = batch.next_cursor or ""
            if batch.next_cursor is not None and self._history_is_long():
                workflow.continue_as_new(self._rest(rest, cursor))

    async def _step(self, kind: CleanupKind, cursor: str) -> CleanupBatch:
        request = self._request
        return await call(
            Maintenance.cleanup_step,
            CleanupStep(kind=kind, now=self._now, cursor=cursor, limit=request.limit, dry_run=request.dry_run),
            queue=Queue.SYNC,
            options=options.CLEAN,
            summary=f"clean up {kind.value}",
        )

    def _rest(self, kinds: tuple[CleanupKind, ...], cursor: str) -> CleanupRequest:
        return self._request.model_copy(
            update={
                "kinds": kinds,
                "cursor": cursor,
                "now": self._now,
                "deleted": self._deleted,
                "bytes": self._bytes,
                "failed": self._failed,
            }
        )

    def _history_is_long(self) -> bool:
        info = workflow.info()
        long = info.get_current_history_length() >= self._request.continue_after_events
        return long or info.is_continue_as_new_suggested()

    def _show(self, kind: CleanupKind) -> None:
        rows = [("phase", kind.value), ("freed", f"{self._bytes:,} bytes")]
        rows += [(name, f"{count:,} deleted") for name, count in self._deleted.items()]
        rows += [(f"failed: {name}", reason) for name, reason in self._failed.items()]
        show_details("Cleanup", rows)
