"""A live stream of events: catch up, wait for NOTIFY, catch up. NOTIFY only wakes; the table is what is read."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import structlog

from db.events.store import CHANNEL, EVERYTHING, SELECT_AFTER, EventFilter, StoredEvent, after_arguments, stored
from db.session import CONNECT_TIMEOUT, CONNECTION_ERRORS, database_error, libpq_url
from docrunch.errors import DocrunchError, Unreachable

PAGE = 500
POLL_SECONDS = 10.0  # a lost wake-up (a pooler that swallows NOTIFY) costs at most this
BACKOFF = (0.1, 0.5, 1.0, 2.0, 5.0)  # seconds between attempts to reconnect

_log = structlog.get_logger(__name__)


async def listen(
    url: str, seq: int, wanted: EventFilter = EVERYTHING, *, poll_seconds: float = POLL_SECONDS
) -> AsyncIterator[StoredEvent]:
    """Every event after ``seq``, for ever, each once, over any number of lost connections.

    Holds one connection of its own. Close the iterator to stop.

    Raises:
        AuthError, NotFound: the database refuses us; an unreachable one is waited for.
    """
    attempt = 0
    while True:
        try:
            connection = await asyncpg.connect(libpq_url(url), timeout=CONNECT_TIMEOUT)
        except CONNECTION_ERRORS as error:
            attempt = await _pause(error, attempt)
            continue
        try:
            async for event in _follow(connection, seq, wanted, poll_seconds):
                attempt = 0
                seq = event.seq
                yield event
        except CONNECTION_ERRORS as error:
            attempt = await _pause(error, attempt)
        finally:
            connection.terminate()


async def _follow(
    connection: "asyncpg.Connection[asyncpg.Record]", seq: int, wanted: EventFilter, poll_seconds: float
) -> AsyncIterator[StoredEvent]:
    wake = asyncio.Event()
    connection.add_termination_listener(lambda _: wake.set())
    await connection.add_listener(CHANNEL, lambda *_: wake.set())  # before reading: nothing falls in between
    while True:
        wake.clear()
        while page := await connection.fetch(SELECT_AFTER, *after_arguments(seq, wanted, PAGE), timeout=60):
            for row in page:
                seq = row["seq"]
                yield stored(row)
        try:
            await asyncio.wait_for(wake.wait(), poll_seconds)
        except TimeoutError:
            continue


async def _pause(error: Exception, attempt: int) -> int:
    mapped = database_error(error)
    if mapped is None or not isinstance(mapped, Unreachable):
        raise _as_docrunch(error, mapped)
    _log.warning("event_listener_reconnects", reason=mapped.message, attempt=attempt)
    await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
    return attempt + 1


def _as_docrunch(error: Exception, mapped: DocrunchError | None) -> Exception:
    return mapped if mapped is not None else error
