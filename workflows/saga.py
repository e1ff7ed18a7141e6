"""Undo what was done, in reverse order, whatever happens meanwhile.

Three things that widely copied saga code gets wrong (`tests/integration/workflows/test_saga.py` holds them):

- ``CancelledError`` is a ``BaseException``: ``except Exception`` closes a cancelled workflow without compensating.
- One ``asyncio.shield`` does not survive a cancel that arrives while compensating: `uninterrupted` does.
- ``asyncio.gather`` lets siblings run on after a failure, so undoing races with doing: `settle` waits for them.

Only a cancellation or a Temporal failure is compensated. Any other exception is a bug in workflow code: it fails the
workflow *task*, and the run waits for a fixed worker and goes on as if nothing had happened. Eviction raises too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import FailureError

from workflows.contracts.errors import from_failure

T = TypeVar("T")
Compensation = Callable[[BaseException], Coroutine[Any, Any, None]]


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, however often the workflow is cancelled meanwhile; its own outcome is passed on."""
    task = asyncio.create_task(work)
    while True:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.done():
                raise


async def settle(*work: Awaitable[T]) -> list[T]:
    """``asyncio.gather``, but after a failure the others are cancelled and have ended before it is raised."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    except BaseException as error:
        if is_compensable(error):
            for task in tasks:
                task.cancel()
            await uninterrupted(_drain(tasks))
        raise


async def _drain(tasks: Sequence[asyncio.Future[T]]) -> None:  # create_task() refuses the future of gather()
    await asyncio.gather(*tasks, return_exceptions=True)


def is_compensable(error: BaseException) -> bool:
    """Whether the run is over for good: cancelled or failed, as opposed to a bug or an eviction from the cache."""
    return isinstance(error, asyncio.CancelledError | FailureError)


@dataclass(frozen=True, slots=True)
class _Registered:
    name: str
    compensation: Compensation


class Saga:
    """The compensations of one run.

    Register a compensation *before* its step: a step that fails or is cancelled may have happened by half.
    Compensations are idempotent and keyed by what the request said, not by what the step answered.
    """

    def __init__(self, on_undo: Callable[[str], None] | None = None) -> None:
        self._registered: list[_Registered] = []
        self._on_undo = on_undo or (lambda name: None)
        self.incomplete: list[str] = []  # "name: reason" of the compensations that failed

    def register(self, name: str, compensation: Compensation) -> None:
        self._registered.append(_Registered(name, compensation))

    def commit(self) -> None:
        """A point of no return: from here on nothing registered so far is undone."""
        self._registered.clear()

    async def compensate(self, error: BaseException) -> None:
        """Undo everything, last first. A compensation that fails is recorded and does not stop the others."""
        while self._registered:
            each = self._registered.pop()
            self._on_undo(each.name)
            try:
                await each.compensation(error)
            except FailureError as failure:
                reason = from_failure(failure).message
                self.incomplete.append(f"{each.name}: {reason}")
                workflow.logger.error("compensation %s failed: %s", each.name, reason)
