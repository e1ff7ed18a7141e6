"""How a workflow runs one activity or child, and how it writes down what its steps undo."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ActivityError, FailureError, RetryState
from temporalio.workflow import ChildWorkflowHandle

from workflows.contracts.options import FAST_EXPECTED, FAST_START_TO_CLOSE, TIGHT, StepOptions
from workflows.contracts.queues import Queue
from workflows.contracts.routing import Route
from workflows.saga import uninterrupted

P = TypeVar("P")
R = TypeVar("R")

DURABLE = Route()
_GAVE_UP = (RetryState.MAXIMUM_ATTEMPTS_REACHED, RetryState.TIMEOUT)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One row of a workflow's table; `docs/workflows.md` and the saga matrix test are generated from it."""

    step: str  # the activity, or the child workflow
    compensation: str | None  # the activity that undoes it; None: nothing to undo, or a point of no return
    sees: str  # what a user sees when the run ends at this step
    final: bool = False  # a point of no return
    required: bool = True  # False: where it fails, the run goes on and notes it


async def call(
    port: Callable[[Any, P], Awaitable[R]],
    arg: P,
    *,
    queue: Queue,
    options: StepOptions,
    summary: str,
    route: Route = DURABLE,
    keep_result: bool = False,
) -> R:
    """Run an activity of a port and wait for it, also when it is being cancelled.

    Work that the router sent to the fast queue and that does not end there in time, or finds no worker, moves to the
    stage's own queue: a wrong estimate costs a minute, never the job.

    The SDK returns the result of an activity that completed although it was being cancelled, and forgets the
    cancellation. Here it is raised after all, unless ``keep_result``: a point of no return wants to know.
    """
    with _remember_cancellation(keep_result):
        if route.queue(queue) is queue:
            return await _run(port, arg, queue, options, summary, route.priority)
        try:
            return await _run(port, arg, Queue.FAST, _tight(options), summary, route.priority)
        except ActivityError as error:
            if error.retry_state not in _GAVE_UP:
                raise
        moved = f"{summary} · moved from {Queue.FAST} to {queue}"
        return await _run(port, arg, queue, options, moved, route.priority)


async def _run(
    port: Callable[[Any, P], Awaitable[R]], arg: P, queue: Queue, options: StepOptions, summary: str, priority: int
) -> R:
    return await workflow.execute_activity_method(
        port,
        arg,
        task_queue=queue,
        start_to_close_timeout=options.start_to_close,
        schedule_to_start_timeout=options.schedule_to_start,
        heartbeat_timeout=options.heartbeat,
        retry_policy=options.retry,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=summary[:200],
        priority=Priority(priority_key=priority),
    )


def _tight(options: StepOptions) -> StepOptions:
    return StepOptions(min(options.start_to_close, FAST_START_TO_CLOSE), options.heartbeat, TIGHT, FAST_EXPECTED)


@contextmanager
def _remember_cancellation(keep_result: bool) -> Iterator[None]:
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    yield
    if task and task.cancelling() > before and not keep_result:
        raise asyncio.CancelledError


async def child_result(child: ChildWorkflowHandle[Any, R], *, keep_result: bool = False) -> R:
    """Wait for a child, also when this workflow is being cancelled: then the child is, and undoes its work first.

    The SDK cancels the run that it started, which has ended when the child continued as new: the request would be
    accepted and forgotten, and both would run on. A cancellation by id reaches the run that is current.

    Args:
        keep_result: return the result of a child that ended well although it was being cancelled.
    """
    cancelled = False
    while True:
        try:
            result = await asyncio.shield(child)
            break
        except asyncio.CancelledError:
            if child.done():
                raise
            if not cancelled:
                cancelled = True
                await uninterrupted(_cancel_by_id(child.id))
    if cancelled and not keep_result:
        raise asyncio.CancelledError
    return result


async def _cancel_by_id(workflow_id: str) -> None:
    try:
        await workflow.get_external_workflow_handle(workflow_id).cancel()
    except FailureError as error:
        workflow.logger.info("%s has ended before it could be cancelled: %s", workflow_id, error)


def raise_if_cancelled() -> None:
    """After a child or a point of no return has ended: honour a cancellation that its result has hidden."""
    if workflow.cancellation_reason() is not None:
        raise asyncio.CancelledError


def cancelled_or(error: BaseException) -> BaseException:
    """How a run ends whose step has just failed: as cancelled, where the cancellation came before the failure.

    Asked for before the compensations run: one that comes while they do changes nothing, the run had failed.
    """
    return error if workflow.cancellation_reason() is None else asyncio.CancelledError()


@contextmanager
def at_end(record: Callable[[], None]) -> Iterator[None]:
    """Record the end of a step, however it ends, but not the eviction of the run from a worker's cache."""
    try:
        yield
    except (asyncio.CancelledError, FailureError):
        record()
        raise
    record()


class Stages:
    """Seconds of workflow time per stage, in the order in which they began."""

    def __init__(self, seconds: dict[str, float] | None = None) -> None:
        self.seconds: dict[str, float] = dict(seconds or {})

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        began = workflow.time()

        def record() -> None:
            self.seconds[stage] = round(self.seconds.get(stage, 0.0) + workflow.time() - began, 3)

        with at_end(record):
            yield


def within(options: StepOptions, schedule_to_start: float | None) -> StepOptions:
    """The same step, that some worker must take within so many seconds."""
    limit = None if schedule_to_start is None else timedelta(seconds=schedule_to_start)
    return StepOptions(options.start_to_close, options.heartbeat, options.retry, limit)
