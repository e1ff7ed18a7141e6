"""The one thread that LightRAG lives on.

Its storages, locks and pool belong to one event loop of the process: a second loop waits for ever. Everything that
touches them is submitted to this one.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def loop() -> asyncio.AbstractEventLoop:
    """The loop, started with the first use; it ends with the process."""
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="lightrag", daemon=True).start()
        return _loop


async def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Wait for work on the thread of LightRAG. Cancelling the caller cancels the work, and waits until it has ended.

    A cancelled write must not go on beside the one that brings the old state back.
    """
    future = asyncio.run_coroutine_threadsafe(work, loop())
    wrapped = asyncio.wrap_future(future)
    try:
        return await asyncio.shield(wrapped)
    except asyncio.CancelledError:
        future.cancel()
        await _settled(work)
        raise


async def _settled(work: Coroutine[Any, Any, Any]) -> None:
    """Until a cancelled coroutine has left its last frame; bounded, for one that does not listen."""
    for _ in range(500):
        if getattr(work, "cr_frame", None) is None:
            return
        await asyncio.sleep(0.01)
