"""What people set and watch of a sync: order, how often it looks, metrics."""

from pathlib import Path

import pytest
from temporalio.runtime import MetricBuffer, Runtime, TelemetryConfig
from temporalio.testing import ActivityEnvironment

from db.session import Database
from tests.support.publishing import rows
from tests.support.sync_world import sync_world

pytestmark = pytest.mark.integration


async def test_without_priorities_everything_goes_in_its_order(database: Database, tmp_path: Path) -> None:
    world = await sync_world(database, tmp_path, prioritize="none")
    await world.publish(rows(200))
    await world.find("patient")
    await world.drain()
    assert world.target.lines("journal")[-1].startswith("patient ")


async def test_a_running_sync_looks_as_often_as_it_is_told_to(database: Database, tmp_path: Path) -> None:
    """What is due later, and a store that is away, wait for the shorter of pause and interval."""
    world = await sync_world(database, tmp_path, backoff_seconds=60, poll_interval_seconds=3)
    await world.publish(rows(2))
    world.target.say("poison", "src/file_00001.py")
    assert (await world.drain()).wait_seconds == 3
    assert (await world.drain()).totals.failed == 0, "looked, and not tried before its time"


async def test_what_a_drain_does_is_in_the_metrics(database: Database, tmp_path: Path) -> None:
    """Who watches by metrics sees lag, backlog, writes and circuit of each store."""
    world = await sync_world(database, tmp_path)
    buffer = MetricBuffer(1_000)
    environment = ActivityEnvironment()
    environment.metric_meter = Runtime(telemetry=TelemetryConfig(metrics=buffer)).metric_meter
    await world.publish(rows(6))
    await world.drain(environment)
    world.target.say("broken")
    await world.publish(rows(8))
    await world.drain(environment)
    seen: dict[str, list[float]] = {}
    for update in buffer.retrieve_updates():
        assert update.attributes["target"] == "directory"
        label = next((str(value) for name, value in update.attributes.items() if name in ("outcome", "kind")), "")
        seen.setdefault(f"{update.metric.name} {label}".strip(), []).append(update.value)
    assert seen["docrunch_sync_entities applied"] == [6]
    assert seen["docrunch_sync_writes files"] == [6]
    assert len(seen["docrunch_sync_lag"]) == 6
    assert all(0 <= lag < 60 for lag in seen["docrunch_sync_lag"])
    [(pending,)] = await world.rows("SELECT count(*) FROM storage_sync WHERE state = 'pending'")
    assert seen["docrunch_sync_waiting"] == [0, pending]
    assert pending >= 2
    assert seen["docrunch_sync_circuit_open"] == [0, 1]
