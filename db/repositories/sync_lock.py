"""One writer per derived store and repository: session locks on a connection of their own.

They live exactly as long as the connection. An attempt that timed out and still works keeps its retry out; one whose
process was killed lets go at once; and when Postgres restarts, whoever held a lock learns it and stops.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import fetch_one
from db.session import CONNECT_TIMEOUT, CONNECTION_ERRORS, Database
from docrunch.errors import Conflict, Unreachable

_STORE = 0x53594E01  # first key of the lock of a whole store; its second key is a hash of the store's name
_WRITER = "sync:{target}:{repository}"
_POLL_SECONDS = 0.2
_CLOSE_SECONDS = 2.0


class Busy(Conflict):
    """Somebody else holds it; nothing was done."""


class LockLost(Unreachable):
    """The connection that held the lock ended: whatever follows could run beside somebody else."""


class ProjectionLock:
    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", pid: int) -> None:
        self._connection = connection
        self._pid = pid

    async def check(self, connection: AsyncConnection) -> None:
        """In a transaction: nothing of it may commit unless the lock is still ours.

        Raises:
            LockLost: it is not.
        """
        self.check_here()
        statement = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = $1 AND granted LIMIT 1"
        if await fetch_one(connection, statement, self._pid) is None:
            raise _lost()

    def check_here(self) -> None:
        """As far as this side knows. Raises: as `check`."""
        if self._connection.is_closed():
            raise _lost()


def _lost() -> LockLost:
    return LockLost("the connection that keeps others from this derived store was lost")


@asynccontextmanager
async def writing(
    database: Database, target: str, repository_id: int, *, patience: float = 0.0
) -> AsyncIterator[ProjectionLock]:
    """Nobody else writes this repository into this store until the block ends; other repositories do.

    When the connection is lost, the block is cancelled where it stands and `LockLost` is raised.

    Raises:
        Busy: somebody does so already, for longer than ``patience`` seconds.
        LockLost: see above.
        Unreachable: the database does not answer.
    """
    name = _WRITER.format(target=target, repository=repository_id)
    async with _session(database) as (connection, lost):
        taken = await _take(
            connection,
            "SELECT pg_try_advisory_lock_shared($1, hashtext($2)) AND pg_try_advisory_lock(hashtextextended($3, 0))",
            (_STORE, target, name),
            patience,
        )
        if not taken:
            raise Busy(f"another process writes repository {repository_id} to {target}")
        async with _guarded(lost):
            yield ProjectionLock(connection, connection.get_server_pid())


@asynccontextmanager
async def alone(database: Database, target: str) -> AsyncIterator[ProjectionLock]:
    """Nobody else writes any repository into this store until the block ends.

    Raises:
        Busy, LockLost, Unreachable: as `writing`.
    """
    async with _session(database) as (connection, lost):
        if not await _take(connection, "SELECT pg_try_advisory_lock($1, hashtext($2))", (_STORE, target), 0.0):
            raise Busy(f"{target} is being written")
        async with _guarded(lost):
            yield ProjectionLock(connection, connection.get_server_pid())


async def _take(
    connection: "asyncpg.Connection[asyncpg.Record]", statement: str, arguments: tuple[object, ...], patience: float
) -> bool:
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while True:
        try:
            if await connection.fetchval(statement, *arguments):
                return True
            await connection.execute("SELECT pg_advisory_unlock_all()")  # the first of two may have been granted
        except CONNECTION_ERRORS as error:
            raise Unreachable(f"the database does not answer ({type(error).__name__})") from error
        if loop.time() >= until:
            return False
        await asyncio.sleep(_POLL_SECONDS)


@asynccontextmanager
async def _session(database: Database) -> AsyncIterator[tuple["asyncpg.Connection[asyncpg.Record]", asyncio.Event]]:
    """A connection outside the pool, and an event that tells its end."""
    lost = asyncio.Event()
    try:
        connection = await asyncpg.connect(
            database.url, timeout=CONNECT_TIMEOUT, server_settings={"application_name": "docrunch-sync-lock"}
        )
    except (*CONNECTION_ERRORS, TimeoutError) as error:
        raise Unreachable(
            f"the database does not answer ({type(error).__name__})", hint="Check `docrunch status`."
        ) from error
    connection.add_termination_listener(lambda _: lost.set())
    try:
        yield connection, lost
    finally:
        with suppress(*CONNECTION_ERRORS, TimeoutError):
            await connection.close(timeout=_CLOSE_SECONDS)


@asynccontextmanager
async def _guarded(lost: asyncio.Event) -> AsyncIterator[None]:
    """Cancel the block when the lock is lost, and say so instead of that it was cancelled."""
    task = asyncio.current_task()

    async def watch() -> None:
        await lost.wait()
        if task is not None:
            task.cancel()

    watcher = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not lost.is_set():
            raise
        if task is not None:
            task.uncancel()
        raise _lost() from None
    finally:
        watcher.cancel()
