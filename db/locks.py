"""Session locks: held on a connection of their own, from the start of an activity to its end.

A process that is killed loses its connection and with it its locks, so a late attempt never writes beside its
successor: it has either ended, or holds the lock until it has.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from db.session import CONNECT_TIMEOUT, Database, database_error
from docrunch.errors import Unreachable

_NAMED = "hashtextextended($1, 0)"
_STORE = 0x53594E01  # as in `db.repositories.sync_lock`: first key of the lock of a whole store


class SessionLocks:
    """Locks that one connection holds."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
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
            await self._connection.execute("SELECT pg_advisory_lock_shared($1, hashtext($2))", _STORE, target)
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
        Unreachable: the connection was lost, and somebody else may hold the locks by now.
        """
        if self._connection.is_closed():
            raise Unreachable("the connection that held a lock was lost")


@asynccontextmanager
async def session_locks(database: Database) -> AsyncIterator[SessionLocks]:
    """Locks that are released at the end of the block, whatever happens.

    Raises:
        Unreachable: the database does not answer.
    """
    try:
        connection = await asyncpg.connect(database.url, timeout=CONNECT_TIMEOUT)
    except Exception as error:
        raise _mapped(error) from error
    try:
        yield SessionLocks(connection)
    finally:
        connection.terminate()  # ends the session without waiting for a server that may be away


def _mapped(error: Exception) -> Exception:
    return database_error(error) or error


def sync_lock(target: str, repository_id: int) -> str:
    """Whoever writes the active projection of a repository, or says which one is active, holds this lock."""
    return f"sync:{target}:{repository_id}"


def rebuild_lock(target: str, repository_id: int, ref_id: int) -> str:
    """Whoever writes or drops a generation that is not active holds this lock; taken before `sync_lock`."""
    return f"rebuild:{target}:{repository_id}:{ref_id}"
