"""One real Temporal dev server per test run, found by the same rule as the product finds it."""

import json
from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.support.fakes.workers import run_fake_workers
from tests.support.fakes.world import Worlds
from workers.plugin import docrunch_plugin
from workers.stack.temporal_binary import ensure
from workers.stack.temporal_server import DYNAMIC_CONFIG_FILE, unconstrained
from workflows.contracts.search_attributes import REGISTRY


async def start_server() -> WorkflowEnvironment:
    """A dev server in memory, configured as the product configures it."""
    return await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(ensure()),
        search_attributes=[row.key for row in REGISTRY],
        dev_server_extra_args=[
            part
            for key, value in unconstrained(DYNAMIC_CONFIG_FILE).items()
            for part in ("--dynamic-config-value", f"{key}={json.dumps(value)}")
        ],
        plugins=[docrunch_plugin()],
    )


@pytest.fixture(scope="session")
async def temporal_environment() -> AsyncIterator[WorkflowEnvironment]:
    async with await start_server() as environment:
        yield environment


@pytest.fixture(scope="session")
def temporal_client(temporal_environment: WorkflowEnvironment) -> Client:
    """A client with Docrunch's plugin, of the server that this test run shares."""
    return temporal_environment.client


@pytest.fixture(scope="session")
async def worlds(temporal_client: Client) -> AsyncIterator[Worlds]:
    """Workers of all roles with recording activities; each test opens a world of its own."""
    found = Worlds()
    async with run_fake_workers(temporal_client, found):
        yield found
