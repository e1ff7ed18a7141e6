"""Run and check migrations from code, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from db.events.partitions import ensure_partitions
from db.session import Database
from docrunch.errors import DatabaseTooNew, Failed

FOLDER = Path(__file__).parent
LOCK = 0x646F6372756E6301  # "docrunc" + 1: held for the length of a migration


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def current_head() -> str:
    """The revision that this code needs."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if head is None:
        raise Failed("this installation of Docrunch carries no migrations", hint="Install it again.")
    return head


async def database_revision(database: Database) -> str | None:
    """The revision of the database; None when it has never been migrated."""
    async with database.transaction() as connection:
        return await connection.run_sync(_revision)


async def migrate(url: str) -> str:
    """Bring the database to `current_head` in one transaction. Concurrent callers wait for each other.

    Raises:
        DatabaseTooNew: it was migrated by a newer Docrunch; nothing is changed.
        Unreachable: it does not answer.
    """
    database = Database(url)
    try:
        async with database.transaction() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            await connection.run_sync(_upgrade)
            await ensure_partitions(connection)
    finally:
        await database.close()
    return current_head()


async def check_head(database: Database) -> None:
    """Refuse to work on a schema that is not this code's.

    Raises:
        DatabaseTooNew: the database is ahead: this code must be updated.
        Failed: it is behind, or empty: it must be migrated.
    """
    revision = await database_revision(database)
    head = current_head()
    if revision == head:
        return
    _refuse_newer(revision)
    raise Failed(
        f"the database is at revision {revision or 'none'}, this Docrunch needs {head}",
        hint="Run `docrunch migrate` (or `docrunch up`, which migrates).",
    )


def _refuse_newer(revision: str | None) -> None:
    """A revision that this code does not know was written by a newer one."""
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise DatabaseTooNew(
            f"the database is at revision {revision}, which this Docrunch (up to {current_head()}) does not know",
            hint="Update Docrunch, or point DOCRUNCH_DATABASE_URL at another database.",
        )


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: Connection) -> None:
    _refuse_newer(_revision(connection))
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
