"""A running Docrunch inside a test run: the real Postgres and Temporal of `postgres` and `temporal`, real workers.

Task queues have fixed names, so each stack has a Temporal namespace, a database and a home of its own. Workers are
processes grouped as `docrunch up` groups them.
"""

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import psutil
import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from activities.health import pollers
from api.operations.fetch_results import write_results
from api.operations.identify import identify
from api.operations.start_scan import ScanOrder, StartedRun, start_scan
from api.operations.store_indexes import store_indexes
from api.operations.watch_run import RunEnd, run_end
from db.embedded import EmbeddedPostgres
from docrunch.config import Settings, load_settings
from docrunch.config_encoder import encoder_settings
from docrunch.offline import OfflineRequest, OfflineResult, run_offline
from docrunch.options import ScanOptions
from docrunch.scip.files import copy_indexes
from docrunch.source.spec import parse_spec
from tests.support.postgres import TEMPLATE, fresh_database
from workers.client import connect
from workers.namespace import ensure_search_attributes
from workers.stack.plan import GROUPS, OF_GROUP, importable
from workflows.contracts.ids import scan_workflow_id
from workflows.contracts.progress import JobProgress, ScanProgress
from workflows.contracts.queues import Queue
from workflows.contracts.scan import Pause
from workflows.docpack import DocpackWorkflow

T = TypeVar("T")
PATIENCE = 90.0  # seconds; the bound of every wait, far above what any of them takes
LOOK = 0.05
_numbers = itertools.count(1)


_BEHIND = (
    "SELECT count(*) FROM (SELECT repository_id, ref_id, max(id) AS last FROM sync_events GROUP BY 1, 2) e"
    " CROSS JOIN unnest($1::text[]) AS t(target) LEFT JOIN sync_cursors c USING (target, repository_id, ref_id)"
    " WHERE coalesce(c.event_id, 0) < e.last"
)
_OPEN = "SELECT count(*) FROM storage_sync WHERE target = ANY($1) AND state <> 'synced'"


async def until(found: Callable[[], Awaitable[T | None]], what: str, seconds: float = PATIENCE) -> T:
    """The first answer that is neither None nor False."""
    deadline = time.monotonic() + seconds
    while True:
        answer = await found()
        if answer is not None and answer is not False:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:g} s")
        await asyncio.sleep(LOOK)


@dataclass(frozen=True)
class Scanned:
    """A finished run and what it wrote; paths are absent where it wrote nothing."""

    started: StartedRun
    end: RunEnd
    docpack: Path
    docs: Path

    @property
    def outcome(self) -> str:
        return str(self.end.outcome)


@dataclass
class Stack:
    settings: Settings
    environment: dict[str, str]
    client: Client
    url: str
    postgres: EmbeddedPostgres
    worker: str = "workers.main"  # the module that a worker process runs
    workers: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.settings.home

    # ── scanning, as the command line does it ──

    async def start(
        self,
        source: Path | str,
        *,
        ref: str | None = None,
        name: str | None = None,
        scip: Sequence[Path | str] = (),
        **options: Any,
    ) -> StartedRun:
        """``scip``: files of indexes, or hashes of those that are stored already."""
        spec = parse_spec(str(source), cwd=Path("/"))
        with tempfile.TemporaryDirectory() as work:
            files = copy_indexes([each for each in scip if isinstance(each, Path)], Path(work))
            indexes = {*await store_indexes(self.settings, files), *(each for each in scip if isinstance(each, str))}
        wanted = ScanOptions(**options, scip=tuple(sorted(indexes)))
        identity = await asyncio.to_thread(identify, spec, ref, name, wanted, self.settings.source.to_policy())
        order = ScanOrder(
            source=spec.location,
            repository=identity.repository,
            commit=identity.commit,
            engine=identity.engine(self.settings),
            ref=ref,
            name=name,
            options=wanted,
        )
        return await start_scan(self.client, order, "")

    async def finish(self, started: StartedRun) -> Scanned:
        """Wait for a run and fetch what it made."""
        end = await asyncio.wait_for(run_end(self.client, started.workflow_id, started.run_id), PATIENCE)
        into = Path(tempfile.mkdtemp(dir=self.home.parent, prefix="out-"))
        found = Scanned(started, end, into / "run.docpack", into / "docs")
        if end.result is not None:
            await write_results(end.result, self.settings, docpack=found.docpack, docs=found.docs)
        return found

    async def scan(self, source: Path | str, **order: Any) -> Scanned:
        return await self.finish(await self.start(source, **order))

    async def offline(
        self,
        source: Path | str,
        *,
        ref: str | None = None,
        name: str | None = None,
        scip: Sequence[Path] = (),
        **options: Any,
    ) -> tuple[OfflineResult, Path]:
        """The same work in this process; the folder holds ``run.docpack``, ``docs``, ``graph.jsonl``."""
        into = Path(tempfile.mkdtemp(dir=self.home.parent, prefix="offline-"))
        request = OfflineRequest(
            source=str(source),
            cwd=Path("/"),
            ref=ref,
            name=name,
            options=ScanOptions(**options),
            encoder=encoder_settings(self.settings),
            out=into / ".docrunch",
            graph=into / "graph.jsonl",
            docs=into / "docs",
            docpack=into / "run.docpack",
            scip=tuple(scip),
        )
        return await asyncio.to_thread(run_offline, request), into

    def handle(self, started: StartedRun) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(started.workflow_id, run_id=started.run_id)

    async def pause(self, started: StartedRun) -> None:
        await self.handle(started).execute_update(DocpackWorkflow.pause, Pause(reason="test"))

    async def resume(self, started: StartedRun) -> None:
        await self.handle(started).execute_update(DocpackWorkflow.resume, Pause())

    async def cancel(self, started: StartedRun) -> None:
        """Ask, and wait until an activity that runs has been asked as well."""
        await self.handle(started).cancel()

        async def asked() -> bool:
            for workflow_id in (started.workflow_id, scan_workflow_id(started.workflow_id)):
                try:
                    history = await self.client.get_workflow_handle(workflow_id).fetch_history()
                except RPCError:
                    continue
                kinds = {event.event_type for event in history.events}
                if EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED in kinds:
                    return True
            return False

        await until(asked, "the cancellation arrives at an activity")

    async def progress(self, started: StartedRun) -> tuple[JobProgress, ScanProgress | None]:
        job = JobProgress.model_validate(await self.handle(started).query("progress", result_type=JobProgress))
        try:
            handle = self.client.get_workflow_handle(job.scan_workflow_id)
            return job, ScanProgress.model_validate(await handle.query("progress", result_type=ScanProgress))
        except RPCError:
            return job, None

    # ── looking into the database ──

    async def rows(self, query: str, *arguments: Any) -> list[dict[str, Any]]:
        connection = await asyncpg.connect(self.url)
        try:
            return [dict(row) for row in await connection.fetch(query, *arguments)]
        finally:
            await connection.close()

    async def value(self, query: str, *arguments: Any) -> Any:
        found = await self.rows(query, *arguments)
        return next(iter(found[0].values())) if found else None

    async def stores_settled(self) -> None:
        """Every derived store holds what was published."""
        targets = list(self.settings.storage.sync.targets)

        async def settled() -> bool:
            return not await self.value(_BEHIND, targets) and not await self.value(_OPEN, targets)

        await until(settled, "the derived stores have caught up")

    # ── stopping a run at a chosen point ──

    @asynccontextmanager
    async def held(self, kind: str) -> AsyncIterator["Hold"]:
        """Transactions that write an event of ``kind`` (or ``refs``: that move a ref) wait until the block ends."""
        connection = await asyncpg.connect(self.url)
        hold = Hold(self, connection)
        try:
            await connection.execute(HOLDS)
            await connection.execute("INSERT INTO holds VALUES ($1)", kind)
            await connection.execute("SELECT pg_advisory_lock($1)", HOLD_KEY)
            yield hold
        finally:
            if connection.is_closed():
                connection = await asyncpg.connect(self.url)
            await connection.execute("DELETE FROM holds")
            await connection.close()  # and with it the lock

    # ── processes ──

    def start_worker(self, group: str) -> None:
        log = self.home / "run" / "logs" / f"{group}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        roles = [f"--role={role}" for role in GROUPS[group]]
        with log.open("ab") as out:
            self.workers[group] = subprocess.Popen(
                [sys.executable, "-m", self.worker, *roles],
                env={**OF_GROUP.get(group, {}), **self.environment},
                cwd=self.home / "run",
                stdout=out,
                stderr=out,
            )

    async def polled(self) -> bool:
        """Whether somebody takes work of every kind.

        Raises:
            AssertionError: a worker has ended.
        """
        for group, worker in self.workers.items():
            assert worker.poll() is None, f"the worker {group} ended: {self.logs()[-4000:]}"
        counts = [(await pollers(self.client, queue)).count for queue in (Queue.INGEST, Queue.EMBED_CPU, Queue.FAST)]
        return all(counts)

    def process(self, group: str) -> psutil.Process:
        return psutil.Process(self.workers[group].pid)

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted((self.home / "run" / "logs").glob("*")))

    def stop(self) -> None:
        for worker in self.workers.values():
            worker.terminate()
        for worker in self.workers.values():
            try:
                worker.wait(20)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()

    # ── what must hold when nothing runs ──

    async def leftovers(self) -> dict[str, Any]:
        """Everything that a finished run must not leave behind; empty when all is well."""
        work = self.home / "work"
        spool = self.home / "cache" / "spool"
        found = {
            "open scans": await self.value("SELECT count(*) FROM scan_runs WHERE closed_at IS NULL"),
            "open jobs": await self.value("SELECT count(*) FROM jobs WHERE closed_at IS NULL"),
            "uses of dead scans": await self.value(
                "SELECT count(*) FROM scan_uses u JOIN scan_runs s ON s.id = u.scan_id"
                " WHERE s.status NOT IN ('open', 'published', 'stored')"
            ),
            "work directories": [path.name for path in work.iterdir()] if work.is_dir() else [],
            "spooled files": [path.name for path in spool.iterdir()] if spool.is_dir() else [],
        }
        return {name: value for name, value in found.items() if value}


@dataclass
class Hold:
    stack: Stack
    connection: "asyncpg.Connection[asyncpg.Record]"

    async def reached(self) -> None:
        """Until something waits."""
        await until(self._waiting, "nothing came to the point where it should be held")

    async def _waiting(self) -> bool:
        return bool(
            await self.stack.value(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1", HOLD_KEY
            )
        )

    async def release(self) -> None:
        if not self.connection.is_closed():
            await self.connection.execute("SELECT pg_advisory_unlock_all()")


HOLD_KEY = 7_403_211
HOLDS = f"""
CREATE TABLE IF NOT EXISTS holds (kind text);
CREATE OR REPLACE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM holds WHERE kind = TG_ARGV[0] OR kind = to_jsonb(NEW) ->> 'kind') THEN
        PERFORM pg_advisory_xact_lock_shared({HOLD_KEY});
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER hold BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION hold('');
CREATE OR REPLACE TRIGGER hold BEFORE UPDATE OF current_scan_id ON refs FOR EACH ROW EXECUTE FUNCTION hold('refs');
"""


@pytest.fixture(scope="session")
async def stack(postgres_server: EmbeddedPostgres, temporal_client: Client) -> AsyncIterator[Stack]:
    """A system of this test run: empty at first, shared by all end-to-end tests, each with repositories of its own."""
    async with running_stack(postgres_server, temporal_client) as made:
        yield made


@asynccontextmanager
async def running_stack(
    postgres: EmbeddedPostgres, temporal: Client, *, worker: str = "workers.main", **variables: str
) -> AsyncIterator[Stack]:
    """A stack of one's own; ``variables`` are settings as environment variables."""
    namespace = f"stack-{os.getpid()}-{next(_numbers)}"
    address = temporal.service_client.config.target_host
    with tempfile.TemporaryDirectory(prefix="docrunch-stack-", ignore_cleanup_errors=True) as folder:
        async with fresh_database(postgres, TEMPLATE) as url:
            given = {
                "DOCRUNCH_HOME": str(Path(folder) / "home"),
                "DOCRUNCH_DATABASE_URL": url,
                "DOCRUNCH_TEMPORAL__ADDRESS": address,
                "DOCRUNCH_TEMPORAL__NAMESPACE": namespace,
                **variables,
            }
            settings = load_settings(env=given)
            settings.run_dir.mkdir(parents=True)
            client = await _namespace(temporal, settings)
            made = Stack(settings, importable({**_inherited(), **given}), client, url, postgres, worker)
            try:
                for group in GROUPS:
                    made.start_worker(group)
                await until(made.polled, "the workers poll")
                yield made
            finally:
                made.stop()


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("DOCRUNCH_")}


async def _namespace(temporal: Client, settings: Settings) -> Client:
    request = RegisterNamespaceRequest(
        namespace=settings.temporal.namespace, workflow_execution_retention_period=Duration(seconds=86_400)
    )

    async def registered() -> bool:
        try:  # a server with dozens of namespaces sometimes cancels this when it is busy
            await temporal.workflow_service.register_namespace(request)
        except RPCError as error:
            return error.status is RPCStatusCode.ALREADY_EXISTS
        return True

    await until(registered, "the namespace is registered")

    async def prepared() -> Client | None:
        try:  # the server takes moments to know its new namespace
            client = await connect(settings.temporal)
            await ensure_search_attributes(client)
            await client.count_workflows()
            return client
        except (RPCError, RuntimeError):
            return None

    return await until(prepared, "the new namespace answers")
