"""Recurring work is what the file says, also after it changed, and an operator's pause survives a restart."""

import uuid

import pytest
from temporalio.client import Client, ScheduleOverlapPolicy

from workers.namespace import ensure_search_attributes
from workers.schedules import Declared, declared, reconcile

pytestmark = pytest.mark.temporal


async def test_reconciling(temporal_client: Client) -> None:
    tag = uuid.uuid4().hex[:8]
    first = Declared(id=f"first-{tag}", workflow="HealthCheckWorkflow", summary="check", every="5m")
    second = Declared(id=f"second-{tag}", workflow="CleanupWorkflow", summary="clean", cron="30 0 * * *")
    outcome = await reconcile(temporal_client, [first, second])
    assert set(outcome.created) == {first.id, second.id}

    await temporal_client.get_schedule_handle(first.id).pause()
    slower = first.model_copy(update={"every": "10m"})
    outcome = await reconcile(temporal_client, [slower, second])
    assert set(outcome.updated) == {first.id, second.id}
    found = (await temporal_client.get_schedule_handle(first.id).describe()).schedule
    assert found.spec.intervals[0].every.total_seconds() == 600
    assert found.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert found.state.paused
    for row in (first, second):
        await temporal_client.get_schedule_handle(row.id).delete()


async def test_the_schedules_of_the_product_are_accepted(temporal_client: Client) -> None:
    rows = declared()
    await reconcile(temporal_client, rows)
    assert {row.id for row in rows} >= {"health-check", "cleanup-old-tasks", "orphan-sweep"}
    nightly = (await temporal_client.get_schedule_handle("cleanup-old-tasks").describe()).info.next_action_times[0]
    assert (nightly.hour, nightly.minute) == (0, 30)
    for row in rows:
        await temporal_client.get_schedule_handle(row.id).delete()


async def test_search_attributes_are_there(temporal_client: Client) -> None:
    assert await ensure_search_attributes(temporal_client) == []
