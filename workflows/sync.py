"""`SyncWorkflow`: one derived store follows one repository. It undoes nothing: every page is whole in itself."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

from workflows.contracts import options
from workflows.contracts.errors import is_cancellation
from workflows.contracts.ids import rebuild_workflow_id
from workflows.contracts.queues import Queue
from workflows.contracts.rebuild import REBUILD_WORKFLOW, RebuildRequest
from workflows.contracts.sync import (
    PROBE,
    WAKE,
    DrainRequest,
    DrainResult,
    SyncActivities,
    SyncProgress,
    SyncRequest,
    SyncResult,
)
from workflows.steps import StepRow, call
from workflows.visibility import duration, show_details

STEPS: tuple[StepRow, ...] = (
    StepRow(
        "drain_outbox",
        None,
        "What was applied stays and is noted; the rest waits in the outbox until the next signal or sweep.",
    ),
)


@workflow.defn(name="SyncWorkflow")
class SyncWorkflow:
    """Runs while anything waits. A signal wakes it; the sweep starts it again whatever happened to it."""

    @workflow.init
    def __init__(self, request: SyncRequest) -> None:
        self._request = request
        self._totals = request.totals
        self._last = DrainResult()
        self._woken = False
        self._asked = False
        self._rebuilds: dict[int, asyncio.Task[None]] = {}
        self._anyway = set(request.drained_anyway)

    @workflow.run
    async def run(self, request: SyncRequest) -> SyncResult:
        while True:
            self._woken = self._asked = False
            drained = await self._drain()
            for asked in drained.rebuild:
                self._rebuilds[asked.ref_id] = asyncio.create_task(self._rebuild(asked))
            self._show()
            if self._goes_on(drained):
                self._continue_as_new_when_long()
                continue
            if drained.wait_seconds is None and not self._rebuilds:
                return SyncResult(totals=self._totals, note=drained.note)
            await self._wait(drained.wait_seconds)
            self._continue_as_new_when_long()

    @workflow.signal(name=WAKE, description="There is something new in the outbox.")
    def wake(self) -> None:
        self._woken = True

    @workflow.signal(name=PROBE, description="Look now, also whether a store that was away answers again.")
    def probe(self) -> None:
        self._asked = True

    @workflow.query(description="What was applied, what waits, and for what.")
    def progress(self) -> SyncProgress:
        return SyncProgress(
            target=self._request.target,
            repository=self._request.repository,
            totals=self._totals,
            waiting=self._last.waiting,
            circuit_open=self._last.circuit_open,
            rebuilding=tuple(sorted(self._rebuilds)),
            note=self._last.note,
        )

    async def _drain(self) -> DrainResult:
        request = self._request
        self._last = await call(
            SyncActivities.drain_outbox,
            DrainRequest(
                target=request.target,
                repository_id=request.repository_id,
                held=tuple(sorted(self._rebuilds)),
                drained_anyway=tuple(sorted(self._anyway)),
            ),
            queue=Queue.SYNC,
            options=options.SYNC,
            summary=f"bring {request.target} up to date",
        )
        self._totals = self._totals.plus(self._last.totals)
        return self._last

    def _goes_on(self, drained: DrainResult) -> bool:
        """Whether there is something to do at once."""
        return drained.wait_seconds == 0 or self._called()

    def _called(self) -> bool:
        """While the store is away, what is new in the outbox changes nothing."""
        return self._asked or (self._woken and not self._last.circuit_open)

    async def _wait(self, seconds: float | None) -> None:
        """Until something is due, a signal comes or a rebuild has ended."""
        before = len(self._rebuilds)
        try:
            await workflow.wait_condition(
                lambda: self._called() or len(self._rebuilds) != before,
                timeout=None if seconds is None else timedelta(seconds=max(seconds, 0.1)),
                timeout_summary="until the next attempt is due",
            )
        except TimeoutError:
            return

    async def _rebuild(self, asked: RebuildRequest) -> None:
        """Wait until the store was built anew. If it was not, its backlog is applied entity by entity after all."""
        try:
            if not await self._rebuilt(asked):
                await workflow.sleep(options.LOOK_AGAIN, summary="a rebuild runs already")
        except FailureError as error:
            if is_cancellation(error):
                raise
            workflow.logger.warning("the rebuild of ref %s failed; its backlog is applied instead", asked.ref_id)
            self._anyway.add(asked.ref_id)
        finally:
            self._rebuilds.pop(asked.ref_id, None)

    async def _rebuilt(self, asked: RebuildRequest) -> bool:
        """False: somebody else had it started before."""
        try:
            await workflow.execute_child_workflow(
                REBUILD_WORKFLOW,
                asked,
                id=rebuild_workflow_id(asked.target, asked.repository_id, asked.ref_id),
                task_queue=Queue.WORKFLOWS,
                parent_close_policy=ParentClosePolicy.ABANDON,
                static_summary=f"rebuild: {asked.reason}"[:200],
            )
        except WorkflowAlreadyStartedError:
            return False
        self._anyway.add(asked.ref_id)  # whatever waits now came since: it is not asked for twice in one run
        return True

    def _continue_as_new_when_long(self) -> None:
        info = workflow.info()
        long = info.get_current_history_length() >= self._request.continue_after_events
        if (long or info.is_continue_as_new_suggested()) and not self._rebuilds:
            update = {"totals": self._totals, "drained_anyway": tuple(sorted(self._anyway))}
            workflow.continue_as_new(self._request.model_copy(update=update))

    def _show(self) -> None:
        totals, last = self._totals, self._last
        rows = [
            ("applied", f"{totals.applied:,} in {totals.pages:,} pages"),
            ("skipped", f"{totals.skipped:,} the store had already"),
            ("failed", f"{totals.failed:,} attempts, {totals.dead:,} entities given up"),
            (
                "waiting",
                f"{last.waiting:,}" + (f", next in {duration(last.wait_seconds)}" if last.wait_seconds else ""),
            ),
            ("circuit", "open" if last.circuit_open else "closed"),
        ]
        rows += [(f"written: {name}", f"{count:,}") for name, count in totals.writes.items() if count]
        if self._rebuilds:
            rows.append(("rebuilding", ", ".join(f"ref {ref}" for ref in sorted(self._rebuilds))))
        show_details(f"{self._request.target} ← {self._request.repository}", rows, last.note)
