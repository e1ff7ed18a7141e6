"""A repository and a small store that follows it."""

from pathlib import Path

import pytest

from db.session import Database
from tests.support.sync_world import SyncWorld, sync_world


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> SyncWorld:
    return await sync_world(database, tmp_path)
