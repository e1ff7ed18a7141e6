"""What the health check says of each part, well and ill."""

from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import text
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities import health
from activities.health import HealthChecks, pollers
from db.objects import ObjectStore
from db.session import Database
from tests.support.fakes.world import Worlds
from tests.support.postgres import free_port
from tests.support.publishing import opened, repository
from workflows.contracts.health import CheckRequest, Component, ComponentHealth, Health
from workflows.contracts.queues import Queue

pytestmark = [pytest.mark.integration, pytest.mark.temporal]


class Usage(NamedTuple):
    free: int


async def check(database: Database, client: Client, home: Path, component: Component) -> ComponentHealth:
    checks = HealthChecks(database, ObjectStore((home / "objects").as_uri()), client, home)
    return await ActivityEnvironment().run(checks.check_component, CheckRequest(component=component))


@pytest.mark.parametrize("component", [Component.DATABASE, Component.OBJECTS, Component.DISK, Component.BACKLOG])
async def test_all_is_well(database: Database, temporal_client: Client, tmp_path: Path, component: Component) -> None:
    assert (await check(database, temporal_client, tmp_path, component)).health is Health.OK


async def test_a_database_that_is_away_is_the_answer_and_no_error(temporal_client: Client, tmp_path: Path) -> None:
    away = Database(f"postgresql://docrunch@127.0.0.1:{free_port()}/x")
    found = await check(away, temporal_client, tmp_path, Component.DATABASE)
    assert found.health is Health.FAILING
    assert found.detail


async def test_a_full_disk(
    database: Database, temporal_client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _path: Usage(free=1_000_000))
    found = await check(database, temporal_client, tmp_path, Component.DISK)
    assert (found.health, found.detail) == (Health.FAILING, "0.0 GB free")


async def test_queues_that_nobody_polls_are_named(
    database: Database, temporal_client: Client, tmp_path: Path, worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "NEEDED_QUEUES", (Queue.INGEST, Queue.REGISTRY))
    found = await check(database, temporal_client, tmp_path, Component.WORKERS)
    assert found.health is Health.DEGRADED
    assert "registry" in found.detail
    assert "ingest" not in found.detail
    assert (await pollers(temporal_client, Queue.INGEST)).count >= 1


async def test_a_derived_store_that_lags_is_named(database: Database, temporal_client: Client, tmp_path: Path) -> None:
    scan = await opened(database, await repository(database))
    async with database.transaction() as connection:
        await connection.execute(
            text(
                "INSERT INTO storage_sync (target, entity_type, entity_id, key, repository_id, ref_id, state, action,"
                " priority, event_id, enqueued_at) VALUES ('markdown', 'file', '1/a.py', 'a.py',"
                f" {scan.repository_id}, {scan.ref_id}, 'pending', 'upsert', 10, 1, now() - interval '1 hour')"
            )
        )
    found = await check(database, temporal_client, tmp_path, Component.BACKLOG)
    assert found.health is Health.DEGRADED
    assert found.detail.startswith("1 ")
