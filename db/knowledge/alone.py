"""Being the only one who writes a workspace, or who makes tables, on a connection that is in no transaction.

The library builds indexes concurrently, which waits until every open transaction has ended: a lock that is held by a
transaction would wait for itself.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from db.locks import SessionLocks, session_locks
from db.session import Database

SCHEMA = "lightrag:schema"


@asynccontextmanager
async def alone(database: Database, name: str) -> AsyncIterator[SessionLocks]:
    """Hold a lock for the block; the end of the process ends it.

    When the connection is lost, the block is cancelled where it stands; what it would write in answer to that asks
    `SessionLocks.check` first.

    Raises:
        LockLost: see above.
        Unreachable: the database does not answer.
    """
    async with session_locks(database) as locks:
        await locks.take(name)
        yield locks


def workspace_lock(target: str, workspace: str) -> str:
    return f"projection:{target}:{workspace}"
