"""Heartbeats in the background, so that blocking work neither forgets them nor sends one per item."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from temporalio import activity

INTERVAL_SECONDS = 4.0  # below the worker's throttle of 5 s, so each throttle window carries the newest cursor

T = TypeVar("T")


class Beat:
    """The newest details; whoever works sets them, the background task sends them."""

    def __init__(self) -> None:
        self.details: tuple[Any, ...] = ()

    def at(self, *details: Any) -> None:
        self.details = details


@asynccontextmanager
async def heartbeating() -> AsyncIterator[Beat]:
    """Send heartbeats until the block ends. Details are advisory: rows in the database are the truth."""
    beat = Beat()

    async def send() -> None:
        while True:
            activity.heartbeat(*beat.details)
            await asyncio.sleep(INTERVAL_SECONDS)

    task = asyncio.create_task(send())
    try:
        yield beat
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def in_thread(work: Callable[[], T], *, on_cancel: Callable[[], None] = lambda: None) -> T:
    """Run blocking work in a thread and, when the activity is cancelled, still wait for it to end.

    A thread cannot be interrupted; letting it run on beside the compensation would undo its undoing. Work that can be
    asked to stop early is asked by ``on_cancel``.
    """
    return await finished(asyncio.to_thread(work), on_cancel=on_cancel)


async def finished(work: Awaitable[T], *, on_cancel: Callable[[], None] = lambda: None, keep_result: bool = False) -> T:
    """Await something to its end, whatever happens meanwhile; a cancellation is raised afterwards.

    Args:
        keep_result: return the result all the same. For a point of no return: whoever cancelled must learn that it
            was passed.
    """
    future = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.shield(future)
        except asyncio.CancelledError as error:
            if future.cancelled():
                raise
            cancelled = error
            on_cancel()
        except Exception:  # noqa: BLE001 - raised by result() below, with its own traceback
            break
    if cancelled is not None and not keep_result:
        future.exception()  # retrieved, so that it is not logged as lost
        raise cancelled
    return future.result()


class Stop:
    """Asks a thread to end at its next convenient point."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        self._asked.set()

    def check(self) -> None:
        """Raises:
        Stopped: someone asked.
        """
        if self._asked.is_set():
            raise Stopped


class Stopped(Exception):
    """Unwinds a thread whose activity was cancelled."""
