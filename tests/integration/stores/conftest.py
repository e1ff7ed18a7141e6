"""One world per test: a repository, its store of files, a worker process."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from db.embedded import EmbeddedPostgres
from tests.support.projection_world import ProjectionWorld, projection_world


@pytest.fixture
async def world(postgres_server: EmbeddedPostgres, temporal_client: Client) -> AsyncIterator[ProjectionWorld]:
    async with projection_world(postgres_server, temporal_client) as made:
        yield made
