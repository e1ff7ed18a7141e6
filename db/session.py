"""The one way to the database: an async engine, transactions, and errors that people understand.

Repositories take an ``AsyncConnection`` and never commit: whoever opened the transaction does.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from docrunch.errors import AuthError, DocrunchError, Failed, InvalidConfig, NotFound, Unreachable

# Connections per role. One local stack runs at most one process of each role, plus a few commands; with what
# Postgres keeps for a superuser (3), LISTEN connections of API and CLI, and what `sync` opens beside its pool this
# stays within 100: each of its 4 slots may hold two locks (`db.locks`, `db.knowledge.alone`), the library of the
# knowledge graph has a pool of its own (`db.knowledge.library.CONNECTIONS`).
POOL_SIZES: dict[str, int] = {
    "orchestrator": 4,
    "ingest": 10,
    "cpu-embed": 6,
    "gpu": 6,
    "assembly": 6,
    "generation": 6,
    "pack": 6,
    "sync": 6,
    "registry": 4,
    "fast": 6,
    "query": 6,
    "api": 8,
    "supervisor": 2,
    "cli": 2,
}
POOL_TIMEOUT = 30.0  # seconds a task waits for a connection of its own process
CONNECT_TIMEOUT = 5.0  # seconds; "does not answer" should be said before people look for it elsewhere

# asyncpg raises InternalClientError when the server ends a session in the middle of a protocol step.
CONNECTION_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

_UNREACHABLE_STATES = ("08", "57P01", "57P02", "57P03", "53")  # connection, shutdown, start-up, out of resources
_BUSY_STATES = ("40001", "40P01", "55P03")  # serialisation, deadlock, lock timeout
_AUTH_STATES = ("28",)


class Database:
    """An engine with the connection budget of the roles of one process.

    Args:
        url: ``postgresql://…``.
        roles: keys of `POOL_SIZES`; roles that share a process share the sum of their connections.

    Raises:
        InvalidConfig: the URL is not one of Postgres.
    """

    def __init__(self, url: str, *roles: str) -> None:
        self.url = libpq_url(url)
        self._engine = create_async_engine(
            make_url(self.url).set(drivername="postgresql+asyncpg"),
            pool_size=pool_size(roles),
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT,
            pool_recycle=1800,
            pool_pre_ping=True,  # after a restart of the server the first statement must not fail
            connect_args={
                "timeout": CONNECT_TIMEOUT,
                "server_settings": {"application_name": f"docrunch-{'+'.join(roles) or 'cli'}"[:63]},
            },
        )

    @property
    def engine(self) -> AsyncEngine:
        return self._engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Commit at the end of the block, roll back on any exception.

        Raises:
            Unreachable: the server is away, starting, out of room, or the transaction lost against another one.
            AuthError: it refuses the login.
        """
        async with self._begun({}) as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that reads, all statements of it at one moment. Raises what `transaction` raises."""
        async with self._begun({"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}) as connection:
            yield connection

    @asynccontextmanager
    async def _begun(self, options: dict[str, object]) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(**options)
                async with connection.begin():
                    # SQLAlchemy begins lazily; COPY goes past it and must already be inside the transaction.
                    await connection.execute(text("SELECT 1"))
                    yield connection
        except DocrunchError:
            raise
        except Exception as error:
            mapped = database_error(error)
            if mapped is None:
                raise
            raise mapped from error

    async def ping(self) -> None:
        """Raises what `transaction` raises when the server cannot be used."""
        async with self.transaction():
            pass

    async def close(self) -> None:
        await self._engine.dispose()


def pool_size(roles: Sequence[str]) -> int:
    """Connections of a process that runs these roles; without one it is a command."""
    return sum(POOL_SIZES[role] for role in dict.fromkeys(roles or ("cli",)))


def libpq_url(url: str) -> str:
    """The URL in the form that asyncpg itself takes.

    Raises:
        InvalidConfig: it is not a Postgres URL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername.split("+")[0] not in ("postgresql", "postgres") or not parsed.database:
        raise InvalidConfig(
            "the database URL is not one of Postgres",
            hint="DOCRUNCH_DATABASE_URL should look like postgresql://user:password@host:5432/database.",
        )
    return parsed.set(drivername="postgresql").render_as_string(hide_password=False)


def database_error(error: BaseException) -> DocrunchError | None:
    """What a driver error means to a person; None for defects of our own (a wrong statement, a violated constraint)."""
    cause = _driver_error(error)
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return _by_state(state, cause)
    invalidated = isinstance(error, DBAPIError) and error.connection_invalidated
    lost = isinstance(cause, (*CONNECTION_ERRORS, PoolTimeout)) and not isinstance(cause, asyncpg.PostgresError)
    if invalidated or lost:
        return Unreachable(
            f"the database does not answer ({type(cause).__name__})",
            hint="Check `docrunch status`; the local stack is started with `docrunch up`.",
        )
    return None


def _driver_error(error: BaseException) -> BaseException:
    """asyncpg's own exception below the layers that SQLAlchemy puts around it."""
    while True:
        inner = error.orig if isinstance(error, DBAPIError) else None
        if inner is None and not isinstance(error, CONNECTION_ERRORS):
            inner = error.__cause__
        if inner is None:
            return error
        error = inner


def _by_state(state: str, cause: BaseException) -> DocrunchError | None:
    if state == "53100":
        return Unreachable("the disk of the database is full", hint="Make room; the work then resumes by itself.")
    if state.startswith(_UNREACHABLE_STATES):
        return Unreachable(f"the database cannot serve us now: {cause}", hint="Check `docrunch status`.")
    if state in _BUSY_STATES:
        return Unreachable("the database had to choose between two transactions and refused this one")
    if state == "25006":
        return Unreachable(f"the database takes no writes now: {cause}", hint="Is it a replica, or set to read only?")
    if state == "42501":
        return AuthError(f"the database refuses the login a right: {cause}", hint="Grant it to the user of the URL.")
    if state.startswith(_AUTH_STATES):
        return AuthError("the database refuses the login", hint="Check DOCRUNCH_DATABASE_URL.")
    if state == "3D000":
        return NotFound(f"{cause}", hint="Create the database, or correct DOCRUNCH_DATABASE_URL.")
    if state == "42P01":
        return Failed(f"the database lacks a table: {cause}", hint="Run `docrunch migrate`.")
    return None
