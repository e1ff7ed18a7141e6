"""The real workers with recording activities behind their ports."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker

from tests.support.fakes.operations import FakeHealth, FakeMaintenance
from tests.support.fakes.packing import FakeAssembly, FakeGeneration, FakeJobs, FakePack
from tests.support.fakes.questions import FakeAsk, FakeQueries
from tests.support.fakes.scanning import FakeEmbed, FakeIngest, FakeLink, FakeRouting, FakeScanStore, FakeSearchIndex
from tests.support.fakes.stores import FakeRebuild, FakeSync, FakeTakedown, FakeVerify
from tests.support.fakes.world import Worlds
from workers.registry import bind, spec
from workflows.contracts.queues import Role

FAKES = (
    FakeIngest, FakeScanStore, FakeEmbed, FakeLink, FakeSearchIndex, FakeAssembly, FakeGeneration, FakePack,
    FakeJobs, FakeRouting, FakeHealth, FakeMaintenance, FakeQueries, FakeRebuild, FakeVerify, FakeTakedown, FakeSync,
    FakeAsk,
)  # fmt: skip


def fakes(worlds: Worlds) -> list[object]:
    return [kind(worlds) for kind in FAKES]


def fake_worker(client: Client, role: Role, worlds: Worlds) -> Worker:
    found = spec(role)
    return Worker(
        client,
        task_queue=found.queue,
        workflows=found.workflows,
        activities=bind(role, fakes(worlds)),
        max_heartbeat_throttle_interval=timedelta(milliseconds=100),
        default_heartbeat_throttle_interval=timedelta(milliseconds=100),
    )


@asynccontextmanager
async def run_fake_workers(
    client: Client, worlds: Worlds, *, without: frozenset[Role] = frozenset()
) -> AsyncIterator[None]:
    """All roles that have work but the GPU: tests that need one start one, or prove what happens without."""
    roles = [role for role in Role if spec(role).has_work and role is not Role.GPU and role not in without]
    workers = [fake_worker(client, role, worlds) for role in roles]
    running = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield
    finally:
        await asyncio.gather(*(worker.shutdown() for worker in workers))
        await asyncio.gather(*running)
