"""List and remove repositories."""

from db.repositories import projects, removal
from db.repositories.projects import RepositoryRow, RepositorySummary
from db.session import Database


async def list_repositories(database: Database) -> list[RepositorySummary]:
    async with database.transaction() as connection:
        return await projects.list_repositories(connection)


async def remove_repository(database: Database, text: str) -> RepositoryRow:
    """By name, slug, or an unambiguous last part of the name.

    Raises:
        NotFound, AmbiguousName: none or several match.
        Conflict: a run of it is going on.
    """
    async with database.transaction() as connection:
        found = await projects.find(connection, text)
        await removal.remove_repository(connection, found.id, found.name)
    return found
