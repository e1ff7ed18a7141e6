"""A window of `ShardScan` children: the next one starts when any of them ends."""

from collections.abc import Callable, Sequence

from temporalio import workflow
from temporalio.common import Priority
from temporalio.workflow import ChildWorkflowHandle

from workflows.contracts import options
from workflows.contracts.ids import shard_workflow_id
from workflows.contracts.progress import Counts
from workflows.contracts.scan import PauseState, ScanState, ShardRequest, ShardResult
from workflows.pipeline import check_failures
from workflows.saga import settle
from workflows.shard import ShardScan
from workflows.steps import child_result
from workflows.visibility import summary


class ShardWindow:
    """Runs shards `next_shard` and following; stops, drained, when the history of the scan has become long."""

    def __init__(
        self,
        requests: Sequence[ShardRequest],
        *,
        scan_workflow: str,
        attempt: int,
        state: ScanState | None,
        continue_after_events: int,
        changed: Callable[[], None],
    ) -> None:
        self._requests = requests
        self._scan_workflow = scan_workflow
        self._attempt = attempt
        self._continue_after = continue_after_events
        self._changed = changed
        self._handles: dict[int, ChildWorkflowHandle[ShardScan, ShardResult]] = {}
        self.next_shard = state.next_shard if state else 0
        self.counts = state.counts if state else Counts()
        self.issues: dict[str, int] = dict(state.issues) if state else {}

    @property
    def running(self) -> tuple[str, ...]:
        return tuple(self._id(number) for number in sorted(self._handles))

    async def run(self) -> None:
        await settle(*(self._lane() for _ in range(options.SHARDS_AT_ONCE)))

    async def pause(self, state: PauseState) -> None:
        for number in sorted(self._handles):
            await self._handles[number].signal(ShardScan.set_paused, state)

    async def _lane(self) -> None:
        while self.next_shard < len(self._requests) and not self._history_is_long():
            number = self.next_shard
            self.next_shard += 1
            self._add(await self._run(number), self._requests[number].failures_allowed)

    async def _run(self, number: int) -> ShardResult:
        request = self._requests[number]
        handle = await workflow.start_child_workflow(
            ShardScan.run,
            request,
            id=self._id(number),
            parent_close_policy=workflow.ParentClosePolicy.REQUEST_CANCEL,
            static_summary=summary(
                f"shard {number} of {request.repository}:", f"files {request.range.lo:,}–{request.range.hi - 1:,}"
            ),
            priority=Priority(priority_key=request.route.priority),
        )
        self._handles[number] = handle
        try:
            return await child_result(handle)
        finally:
            del self._handles[number]

    def _add(self, result: ShardResult, allowed: int) -> None:
        self.counts = self.counts.plus(result.counts)
        for reason in sorted(result.issues):
            self.issues[reason] = self.issues.get(reason, 0) + result.issues[reason]
        self._changed()
        check_failures(self.counts.parse_failed, allowed, "files")

    def _id(self, number: int) -> str:
        return shard_workflow_id(self._scan_workflow, number, self._attempt)

    def _history_is_long(self) -> bool:
        info = workflow.info()
        return info.is_continue_as_new_suggested() or info.get_current_history_length() >= self._continue_after
