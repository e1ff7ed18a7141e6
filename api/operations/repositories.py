"""List repositories."""

from db.repositories import projects
from db.repositories.projects import RepositorySummary
from db.session import Database


async def list_repositories(database: Database) -> list[RepositorySummary]:
    async with database.transaction() as connection:
        return await projects.list_repositories(connection)
