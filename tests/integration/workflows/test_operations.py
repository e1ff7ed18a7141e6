"""Recurring operations: cleanup, the orphan sweeper, the health check."""

import asyncio

import pytest
from temporalio.client import Client

from tests.support.fakes.world import Worlds, refusal
from workflows.cleanup import CleanupWorkflow
from workflows.contracts.cleanup import CleanupKind, CleanupRequest, SweepRequest
from workflows.contracts.health import Component, Health, HealthRequest
from workflows.contracts.queues import Queue
from workflows.health import HealthCheckWorkflow
from workflows.sweep import OrphanSweeperWorkflow

pytestmark = pytest.mark.temporal


async def test_cleanup_empties_every_kind_in_order(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("cleanup")
    result = await temporal_client.execute_workflow(
        CleanupWorkflow.run, CleanupRequest(), id=f"cleanup:{world.name}:1", task_queue=Queue.WORKFLOWS
    )
    assert result.deleted == {kind.value: 10 for kind in CleanupKind}
    assert result.bytes == 100 * len(CleanupKind)
    assert world.names() == [f"cleanup_step:{kind.value}" for kind in CleanupKind]
    assert len({request.now for _, request in world.calls}) == 1  # one cut-off for the whole run


async def test_one_kind_that_fails_does_not_stop_the_others(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("cleanup-fail")
    world.fail["cleanup_step:caches"] = refusal("caches")
    result = await temporal_client.execute_workflow(
        CleanupWorkflow.run, CleanupRequest(), id=f"cleanup:{world.name}:1", task_queue=Queue.WORKFLOWS
    )
    assert result.failed == {"caches": "caches was told to fail"}
    assert result.deleted["objects"] == 10


async def test_the_sweeper_says_what_it_closed(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("sweep")
    result = await temporal_client.execute_workflow(
        OrphanSweeperWorkflow.run, SweepRequest(), id=f"sweep:{world.name}:1", task_queue=Queue.WORKFLOWS
    )
    assert (result.checked, result.swept) == (5, 1)
    assert result.workflow_ids == ("run-1",)


async def test_health_is_the_worst_of_the_components(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("health", health={"disk": "degraded"})
    report = await temporal_client.execute_workflow(
        HealthCheckWorkflow.run, HealthRequest(), id=f"health:{world.name}:1", task_queue=Queue.WORKFLOWS
    )
    assert report.health is Health.DEGRADED
    assert world.requests("record_health") == [report]


async def test_a_check_that_breaks_is_an_answer(temporal_client: Client, worlds: Worlds) -> None:
    world = worlds.open("health-broken", health={"database!": "connection refused"})
    report = await asyncio.wait_for(
        temporal_client.execute_workflow(
            HealthCheckWorkflow.run, HealthRequest(), id=f"health:{world.name}:1", task_queue=Queue.WORKFLOWS
        ),
        30,
    )
    found = {each.component: each for each in report.components}
    assert report.health is Health.FAILING
    assert found[Component.DATABASE].detail == "RuntimeError: connection refused"
    assert found[Component.OBJECTS].health is Health.OK
