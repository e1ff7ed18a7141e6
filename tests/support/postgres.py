"""One real Postgres per test run, a migrated template, and a fresh database for each test that asks."""

import asyncio
import itertools
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from db.embedded import EmbeddedPostgres
from db.migrations import migrate
from db.session import Database

# Data that nobody misses.
THROWAWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

TEMPLATE = "template_migrated"
_numbers = itertools.count(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _make_template(server: EmbeddedPostgres) -> None:
    await _execute(server.url(), f"CREATE DATABASE {TEMPLATE}")
    await migrate(server.url(TEMPLATE))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """The server of this test run, with a migrated template database. It dies with the run."""
    with tempfile.TemporaryDirectory(prefix="docrunch-pg-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder) / "pg" / "data", free_port(), settings=THROWAWAY)
        server.start()
        try:
            asyncio.run(_make_template(server))
            yield server
        finally:
            server.stop()


@pytest.fixture
async def empty_database_url(postgres_server: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database that was never migrated."""
    async with fresh_database(postgres_server, "template1") as url:
        yield url


@pytest.fixture
async def postgres_url(postgres_server: EmbeddedPostgres) -> AsyncIterator[str]:
    """A migrated, empty database of this test alone."""
    async with fresh_database(postgres_server, TEMPLATE) as url:
        yield url


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = Database(postgres_url, "ingest")
    yield opened
    await opened.close()


@asynccontextmanager
async def fresh_database(server: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    """Address of a new database, which is dropped at the end of the block."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    await _execute(server.url(), f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield server.url(name)
    finally:
        await _execute(server.url(), f"DROP DATABASE {name} WITH (FORCE)")
