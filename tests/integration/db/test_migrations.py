"""A schema that drifts from the models, or an old program on a new schema, corrupts data."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from db.migrations import check_head, current_head, database_revision, migrate
from db.migrations.compare import include_name
from db.models import Base
from db.session import Database
from docrunch.errors import DatabaseTooNew, Failed

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


async def test_a_newer_database_is_refused_and_left_alone(database: Database, postgres_url: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNew):
        await check_head(database)
    with pytest.raises(DatabaseTooNew):
        await migrate(postgres_url)
    assert await database_revision(database) == "9999"
