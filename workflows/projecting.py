"""A step on derived stores: on their queue, with the patience that all of a ref takes."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from workflows.contracts import options
from workflows.contracts.options import StepOptions
from workflows.contracts.queues import Queue
from workflows.steps import call

P = TypeVar("P")
R = TypeVar("R")


async def project(
    port: Callable[[Any, P], Awaitable[R]],
    arg: P,
    summary: str,
    *,
    patience: StepOptions = options.PROJECT,
    keep_result: bool = False,
) -> R:
    """As `workflows.steps.call`."""
    return await call(port, arg, queue=Queue.SYNC, options=patience, summary=summary, keep_result=keep_result)
