"""A schema that drifts from the models, or an old program on a new schema, corrupts data."""

import asyncio
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from db.events.partitions import ensure_partitions
from db.migrations import check_head, current_head, database_revision, migrate
from db.migrations.compare import include_name
from db.migrations.runner import alembic_config
from db.models import Base
from db.publish import prepare_rows, publish_scan
from db.publishing.difference import copy_prepared
from db.repositories.projects import upsert_ref
from db.session import Database
from docrunch.errors import DatabaseTooNew, Failed
from tests.support.publishing import opened, part, repository, rows

pytestmark = pytest.mark.integration


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"include_name": include_name, "compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, Base.metadata))


async def test_the_migrated_schema_is_that_of_the_models(database: Database) -> None:
    async with database.transaction() as connection:
        assert await connection.run_sync(_differences) == []


async def test_partitions_and_sequences_exist_for_weeks_to_come(database: Database) -> None:
    async with database.transaction() as connection:
        partitions = await connection.scalar(
            text("SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass")
        )
    assert partitions == 1 + 9


async def test_the_vector_extension_is_there_where_it_is_available(database: Database) -> None:
    async with database.transaction() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'vector'")) == 1


async def test_several_processes_may_migrate_at_once(empty_database_url: str) -> None:
    assert set(await asyncio.gather(*(migrate(empty_database_url) for _ in range(3)))) == {current_head()}
    database = Database(empty_database_url)
    await check_head(database)
    await database.close()


async def test_an_unmigrated_database_is_refused_with_the_command_that_helps(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    assert await database_revision(database) is None
    with pytest.raises(Failed, match="revision none") as refused:
        await check_head(database)
    assert "docrunch migrate" in (refused.value.hint or "")
    await database.close()


async def test_a_database_of_the_first_version_is_upgraded_with_its_data(empty_database_url: str) -> None:
    """Rows stay; outbox rows of directories go; the next publish compares everything once, then deltas do."""
    database = Database(empty_database_url)
    async with database.transaction() as connection:
        await connection.run_sync(_upgrade_to, "0001")
        await ensure_partitions(connection)
    owner = await repository(database)
    async with database.transaction() as connection:
        ref = await upsert_ref(connection, owner.id, "main")
        for prepared in prepare_rows(rows(3)).tables:
            await copy_prepared(connection, ref, prepared, range(len(prepared.rows)), {}, datetime.now(UTC))
    first = await opened(database, owner)
    async with database.transaction() as connection:
        await connection.execute(
            text('UPDATE refs SET current_scan_id = :scan, digests = \'{"files": "0"}\''), {"scan": first.id}
        )
        for path, operation, payload in (
            ("src/file_00000.py", "upsert", '{"file": {"path": "src/file_00000.py"}}'),
            ("src", "upsert", '{"file": null}'),
            ("", "upsert", '{"file": null}'),
            ("src/gone.py", "delete", "{}"),
        ):
            await connection.execute(
                text(
                    "INSERT INTO sync_events (repository_id, ref_id, scan_id, path, operation, payload)"
                    " VALUES (:owner, :ref, :scan, :path, :operation, cast(:payload AS json))"
                ),
                {"owner": owner.id, "ref": ref, "scan": first.id, "path": path, "operation": operation,
                 "payload": payload},
            )  # fmt: skip
    await migrate(empty_database_url)
    await check_head(database)
    async with database.transaction() as connection:
        kept = (await connection.execute(text("SELECT key FROM sync_events ORDER BY key"))).scalars().all()
    assert kept == ["", "src/file_00000.py", "src/gone.py"]
    second = await opened(database, owner)
    done = await publish_scan(database, second.id, rows(3, body={1: "x"}))
    assert (done.changes["files"].changed, done.changes["symbols"].changed) == (1, 2)
    third = await opened(database, owner)
    done = await publish_scan(database, third.id, part(rows(3, body={1: "y"}), second.id, "src/file_00001.py"))
    assert (done.changes["files"].changed, done.changes["symbols"].total) == (1, 6)
    await database.close()


def _upgrade_to(connection: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@pytest.mark.parametrize(
    ("revision", "reason"), [("0001", "delete every table"), ("0002", "cannot be told afterwards")]
)
async def test_a_revision_is_not_taken_back(revision: str, reason: str) -> None:
    script = ScriptDirectory.from_config(alembic_config()).get_revision(revision)
    with pytest.raises(Failed, match=reason):
        script.module.downgrade()


async def test_a_newer_database_is_refused_and_left_alone(database: Database, postgres_url: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNew):
        await check_head(database)
    with pytest.raises(DatabaseTooNew):
        await migrate(postgres_url)
    assert await database_revision(database) == "9999"
