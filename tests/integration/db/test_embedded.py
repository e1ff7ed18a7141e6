"""The database must come back after anything, be found again by a new supervisor, and open no doors on the way."""

import os
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from db.embedded import EmbeddedPostgres
from docrunch.errors import Failed, InvalidConfig
from tests.support.postgres import free_port

pytestmark = pytest.mark.integration


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Not pytest's own: that lies below a directory which every other pytest of the user closes again."""
    with tempfile.TemporaryDirectory(prefix="docrunch-embedded-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def server(tmp_path: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(tmp_path / "pg" / "data", free_port())


async def value(server: EmbeddedPostgres, statement: str) -> object:
    connection = await asyncpg.connect(server.url())
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_committed_rows_survive_kill_nine_and_a_new_owner_finds_the_server(server: EmbeddedPostgres) -> None:
    try:
        first = server.start()
        assert await value(server, "SHOW fsync") == "on"
        assert await value(server, "SHOW synchronous_commit") == "on"
        assert await value(server, "SHOW server_version_num") >= "160000"  # type: ignore[operator]
        await value(server, "CREATE TABLE kept AS SELECT 1 AS one")
        other = EmbeddedPostgres(server.data_dir, 1)
        assert (other.start(), other.port, other.url()) == (first, server.port, server.url())

        os.kill(first, signal.SIGKILL)
        second = server.start()
        assert second != first
        assert await value(server, "SELECT one FROM kept") == 1
        EmbeddedPostgres(server.data_dir, 1).stop()
        assert (server.pid, server.ready()) == (None, False)
        server.stop()  # nothing runs: fine
        server.start()
        assert await value(server, "SELECT one FROM kept") == 1
    finally:
        server.stop()


async def test_it_listens_on_loopback_only_and_keeps_its_files_to_itself(server: EmbeddedPostgres) -> None:
    try:
        server.start()
        assert await value(server, "SHOW listen_addresses") == "127.0.0.1"
        assert stat.S_IMODE(server.data_dir.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.log_path.stat().st_mode) == 0o600
    finally:
        server.stop()


def test_a_half_made_data_directory_is_made_again(server: EmbeddedPostgres) -> None:
    leftover = server.data_dir.with_name("data.initialising")
    (leftover / "base").mkdir(parents=True)
    try:
        server.start()
        assert not leftover.exists()
    finally:
        server.stop()


def test_a_port_in_use_is_said_with_the_reason(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.start()
    second = EmbeddedPostgres(tmp_path / "second" / "data", server.port)
    try:
        with pytest.raises(Failed, match=r"Address already in use|could not bind"):
            second.start()
    finally:
        server.stop()
        second.stop()


def test_a_data_directory_of_another_version_is_left_alone(server: EmbeddedPostgres) -> None:
    server.data_dir.mkdir(parents=True)
    (server.data_dir / "PG_VERSION").write_text("15\n")
    with pytest.raises(Failed, match="belongs to Postgres 15"):
        server.start()


def test_a_pid_file_of_a_recycled_process_does_not_count(server: EmbeddedPostgres) -> None:
    server.data_dir.mkdir(parents=True)
    (server.data_dir / "postmaster.pid").write_text(
        f"{os.getpid()}\n{server.data_dir}\n0\n5432\n\n127.0.0.1\n\nready\n"
    )
    assert (server.pid, server.ready()) == (None, False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_as_root_nothing_is_opened_to_everybody(server: EmbeddedPostgres, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    try:
        server.start()
        assert os.stat(server.data_dir).st_uid != 0
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o710
    finally:
        server.stop()
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o750)
    with pytest.raises(InvalidConfig, match="may not enter"):
        EmbeddedPostgres(shared / "deep" / "pg" / "data", free_port()).start()
    assert list(shared.iterdir()) == []


async def test_a_database_away_for_a_moment_is_said_and_comes_back(server: EmbeddedPostgres) -> None:
    from db.session import Database
    from docrunch.errors import Unreachable

    server.start()
    database = Database(server.url())
    try:
        await database.ping()
        server.stop()
        with pytest.raises(Unreachable, match="does not answer"):
            await database.ping()
        starter = threading.Thread(target=server.start)
        starter.start()
        deadline = time.monotonic() + 20
        while True:
            try:
                await database.ping()
                break
            except Unreachable:
                assert time.monotonic() < deadline
        starter.join()
    finally:
        await database.close()
        server.stop()
