"""Being the only one who writes a workspace, or who makes tables, on a connection that is in no transaction.

The library builds indexes concurrently, which waits until every open transaction has ended: a lock that is held by a
transaction would wait for itself.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from db.session import CONNECT_TIMEOUT, CONNECTION_ERRORS, Database, database_error
from docrunch.errors import Unreachable

SCHEMA = "lightrag:schema"


@asynccontextmanager
async def alone(database: Database, name: str, *, wait: bool = True) -> AsyncIterator[bool]:
    """Hold a lock for the block; the end of the process ends it. Yields False, without ``wait``, if another has it.

    Raises:
        Unreachable: the database does not answer.
    """
    try:
        connection = await asyncpg.connect(
            database.url, timeout=CONNECT_TIMEOUT, server_settings={"application_name": "docrunch-lightrag-lock"}
        )
    except (*CONNECTION_ERRORS, TimeoutError) as error:
        raise database_error(error) or Unreachable("the database does not answer") from error
    try:
        yield await _lock(connection, name, wait=wait)
    finally:
        connection.terminate()


async def _lock(connection: "asyncpg.Connection[asyncpg.Record]", name: str, *, wait: bool) -> bool:
    function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    try:
        found = await connection.fetchval(f"SELECT {function}(hashtextextended($1, 0))", name)
    except CONNECTION_ERRORS as error:
        raise database_error(error) or Unreachable("the database does not answer") from error
    return wait or bool(found)


def workspace_lock(target: str, workspace: str) -> str:
    return f"projection:{target}:{workspace}"
