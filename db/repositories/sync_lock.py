"""One writer per derived store and repository, who is told at once that somebody else is (`db.locks`)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import fetch_one
from db.locks import STORE, Connection, LockLost, lock_session, sync_lock
from db.session import CONNECTION_ERRORS, Database
from docrunch.errors import Conflict, Unreachable

_POLL_SECONDS = 0.2


class Busy(Conflict):
    """Somebody else holds it; nothing was done."""


class ProjectionLock:
    def __init__(self, connection: Connection, pid: int) -> None:
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
            raise LockLost

    def check_here(self) -> None:
        """As far as this side knows. Raises: as `check`."""
        if self._connection.is_closed():
            raise LockLost


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
    async with lock_session(database) as connection:
        taken = await _take(
            connection,
            "SELECT pg_try_advisory_lock_shared($1, hashtext($2)) AND pg_try_advisory_lock(hashtextextended($3, 0))",
            (STORE, target, sync_lock(target, repository_id)),
            patience,
        )
        if not taken:
            raise Busy(f"another process writes repository {repository_id} to {target}")
        yield ProjectionLock(connection, connection.get_server_pid())


@asynccontextmanager
async def alone(database: Database, target: str) -> AsyncIterator[ProjectionLock]:
    """Nobody else writes any repository into this store until the block ends.

    Raises:
        Busy, LockLost, Unreachable: as `writing`.
    """
    async with lock_session(database) as connection:
        if not await _take(connection, "SELECT pg_try_advisory_lock($1, hashtext($2))", (STORE, target), 0.0):
            raise Busy(f"{target} is being written")
        yield ProjectionLock(connection, connection.get_server_pid())


async def _take(connection: Connection, statement: str, arguments: tuple[object, ...], patience: float) -> bool:
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
