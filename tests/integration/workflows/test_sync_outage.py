"""Postgres is away for longer than a sync tries: the run fails, the sweep begins it anew, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.worker import Worker

from activities.projections.registry import Targets
from activities.projections.target import TargetContext
from activities.sync import Sync
from activities.sync_signal import SyncSignal
from db.objects import ObjectStore
from db.session import Database
from docrunch.config import Settings
from tests.support.publishing import rows
from tests.support.sync_world import SyncWorld, sync_world
from tests.support.temporal import start_server
from workflows.contracts import options
from workflows.contracts.ids import sync_workflow_id
from workflows.contracts.queues import Queue
from workflows.contracts.sync import SYNC_WORKFLOW, SyncRequest, SyncSweepRequest, start_options
from workflows.sync import SyncWorkflow
from workflows.sync_sweep import SyncSweepWorkflow

pytestmark = [pytest.mark.temporal, pytest.mark.integration]

IMPATIENT = RetryPolicy(
    initial_interval=timedelta(milliseconds=50),
    backoff_coefficient=1.0,
    maximum_attempts=4,
    non_retryable_error_types=options.BUG_TYPES,
)


class Gateway:
    """The way to Postgres: while it is down, connections end and new ones are refused."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def up(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def down(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there = await asyncio.open_connection(self._host, self._port)
        self._writers |= {writer, there}
        await asyncio.gather(self._copy(reader, there), self._copy(there_reader, writer))
        self._writers -= {writer, there}

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> SyncWorld:
    return await sync_world(database, tmp_path)


@pytest.fixture
async def gateway(database: Database) -> AsyncIterator[Gateway]:
    url = make_url(database.url)
    made = Gateway(url.host or "127.0.0.1", url.port or 5432)
    await made.up()
    yield made
    made.down()


async def test_an_outage_longer_than_all_attempts_loses_nothing(
    world: SyncWorld, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "SYNC", replace(options.SYNC, retry=IMPATIENT))
    monkeypatch.setattr(options, "SWEEP_SYNC", replace(options.SWEEP_SYNC, retry=IMPATIENT))
    url = make_url(world.database.url).set(host="127.0.0.1", port=gateway.port)
    database = Database(url.render_as_string(hide_password=False), "sync")
    context = TargetContext(Settings(home=tmp_path), database, ObjectStore("memory://"))
    request = SyncRequest(target="directory", repository_id=world.owner.id, repository=world.owner.name)
    async with await start_server() as environment:
        client = environment.client
        targets = Targets(lambda: context, lambda _name, _context: world.target)
        sync = Sync(database, targets, world.settings, SyncSignal(client, world.settings))
        workflows = [SyncWorkflow, SyncSweepWorkflow]
        async with (
            Worker(client, task_queue=Queue.WORKFLOWS, workflows=workflows),
            Worker(client, task_queue=Queue.SYNC, activities=[sync.drain_outbox, sync.sweep_sync]),
        ):
            await world.publish(rows(200))
            world.target.say("slow", "0.02")
            handle = await client.start_workflow(SYNC_WORKFLOW, request, **start_options(request))
            await world.wrote(10)
            gateway.down()
            with pytest.raises(WorkflowFailureError):
                await asyncio.wait_for(handle.result(), 60)
            world.target.unsay("slow")
            assert len(world.target.lines("journal")) < 200
            with pytest.raises(WorkflowFailureError):  # no sweep gets through either; the next one may
                await client.execute_workflow(
                    SyncSweepWorkflow.run, SyncSweepRequest(), id="sweep-away", task_queue=Queue.WORKFLOWS
                )
            await world.publish(rows(210))
            await gateway.up()
            found = await client.execute_workflow(
                SyncSweepWorkflow.run, SyncSweepRequest(), id="sweep-back", task_queue=Queue.WORKFLOWS
            )
            assert found.workflow_ids == (sync_workflow_id("directory", world.owner.id),)
            await asyncio.wait_for(client.get_workflow_handle(found.workflow_ids[0]).result(), 60)
        await database.close()
    assert await world.held() == await world.wanted()
    assert set((await world.states()).values()) == {"synced"}
    lines = world.target.lines("journal")
    assert len(lines) == len(set(lines)) == len(await world.wanted())
