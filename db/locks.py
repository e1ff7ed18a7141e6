"""Session locks of derived stores: their names, and the connection of its own that holds them.

They live exactly as long as the connection. An attempt that timed out and still works keeps its retry out; one whose
process was killed lets go at once; and when Postgres restarts, whoever held a lock learns it and stops.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

import asyncpg

from db.session import CONNECT_TIMEOUT, Database, database_error
from docrunch.errors import Unreachable

STORE = 0x53594E01  # first key of the lock of a whole store; its second key is a hash of the store's name
_NAMED = "hashtextextended($1, 0)"
_CLOSE_SECONDS = 2.0

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def sync_lock(target: str, repository_id: int) -> str:
    """Whoever writes the active projection of a repository, or says which one is active, holds this lock."""
    return f"sync:{target}:{repository_id}"


def rebuild_lock(target: str, repository_id: int, ref_id: int) -> str:
    """Whoever writes or drops a generation that is not active holds this lock; taken before `sync_lock`."""
    return f"rebuild:{target}:{repository_id}:{ref_id}"


class LockLost(Unreachable):
    """The connection that held the lock ended: whatever follows could run beside somebody else."""

    def __init__(self) -> None:
        super().__init__("the connection that keeps others from this derived store was lost")


class SessionLocks:
    """Locks that one connection holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def take(self, name: str) -> None:
        """Wait for a lock."""
        try:
            await self._connection.execute(f"SELECT pg_advisory_lock({_NAMED})", name)
        except Exception as error:
            raise _mapped(error) from error

    async def share_store(self, target: str) -> None:
        """Wait until nobody has a whole store to himself, to bring it back to a whole state."""
        try:
            await self._connection.execute("SELECT pg_advisory_lock_shared($1, hashtext($2))", STORE, target)
        except Exception as error:
            raise _mapped(error) from error

    async def take_now(self, name: str) -> bool:
        """Whether nobody else has it."""
        try:
            return bool(await self._connection.fetchval(f"SELECT pg_try_advisory_lock({_NAMED})", name))
        except Exception as error:
            raise _mapped(error) from error

    def check(self) -> None:
        """Raises:
        LockLost: somebody else may hold the locks by now.
        """
        if self._connection.is_closed():
            raise LockLost


@asynccontextmanager
async def session_locks(database: Database) -> AsyncIterator[SessionLocks]:
    """Locks that are released at the end of the block, whatever happens.

    When the connection is lost, the block is cancelled where it stands and `LockLost` is raised.

    Raises:
        LockLost: see above.
        Unreachable: the database does not answer.
    """
    async with lock_session(database) as connection:
        yield SessionLocks(connection)


@asynccontextmanager
async def lock_session(database: Database) -> AsyncIterator[Connection]:
    """A connection outside the pool. Raises: as `session_locks`."""
    lost = asyncio.Event()
    try:
        connection = await asyncpg.connect(
            database.url, timeout=CONNECT_TIMEOUT, server_settings={"application_name": "docrunch-sync-lock"}
        )
    except Exception as error:
        raise _mapped(error) from error
    connection.add_termination_listener(lambda _: lost.set())
    try:
        async with _guarded(lost):
            yield connection
    finally:
        with suppress(Exception):  # the server may be away; the end of the connection ends the session
            await connection.close(timeout=_CLOSE_SECONDS)


@asynccontextmanager
async def _guarded(lost: asyncio.Event) -> AsyncIterator[None]:
    """Cancel the block when the lock is lost, and say so instead of that it was cancelled."""
    task = asyncio.current_task()
    sent = False

    async def watch() -> None:
        nonlocal sent
        await lost.wait()
        if task is not None:
            sent = task.cancel()

    watcher = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not sent or task is None:
            raise
        sent = False
        task.uncancel()
        raise LockLost from None
    finally:
        watcher.cancel()
        if sent and task is not None:  # the block ended before it could be cancelled, or would not be
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0)
            task.uncancel()


def _mapped(error: Exception) -> Exception:
    if isinstance(error, TimeoutError):
        return Unreachable("the database does not answer in time", hint="Check `docrunch status`.")
    return database_error(error) or error
