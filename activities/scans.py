"""The rows of a scan, found by the id its workflow gave it."""

from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.events import NewEvent, append
from db.events.model import (
    AssemblyCompleted,
    EmbeddingCompleted,
    GenerationCompleted,
    IngestCompleted,
    PackCompleted,
    Payload,
)
from db.events.store import event_id, last_key
from db.repositories import issues, jobs, scans
from db.repositories.scans import Hold, ScanRow
from db.session import Database
from docrunch.errors import Conflict
from docrunch.source.model import Issue

KNOWN = 64  # scans whose row is remembered; ids and requests of a scan never change


ROOT = "ingest:started"  # key of the first event of every scan


def embedding_started(encoder_id: str) -> str:
    """Key of the start of embedding: told anew where a scan's embedding starts again with another encoder."""
    return f"embedding:started:{encoder_id}"


class Run(msgspec.Struct, frozen=True):
    """What does not change while a scan runs: its row, and the job it belongs to."""

    id: int
    repository_id: int
    job_id: str
    tenant: str
    repository: str

    def event(self, payload: Payload, key: str, cause: str | None = ROOT) -> NewEvent:
        """An event of this scan. ``key`` names the fact within the scan, so that a retry repeats nothing.

        ``cause`` is the key of the event that led to this one: events of a scan are one tree, whose root is its start.
        """
        return NewEvent(
            payload=payload,
            subject=self.repository,
            idempotency_key=self.key(key),
            parent_id=self.event_id(cause) if cause is not None else None,
            job_id=self.job_id,
            repository_id=self.repository_id,
            tenant_id=self.tenant,
        )

    def event_id(self, key: str) -> str:
        """Id of the event with that key, whether or not it is written yet."""
        return event_id(self.key(key))

    def key(self, name: str) -> str:
        return f"scan:{self.id}:{name}"


Events = Callable[[Run], Sequence[NewEvent]]


class ScanRows:
    def __init__(self, database: Database) -> None:
        self.database = database
        self._known: dict[str, Run] = {}

    async def run(self, connection: AsyncConnection, scan_id: str) -> Run:
        """The open scan of that id, held until the transaction ends.

        A late attempt that runs beside the compensation commits before the scan is dropped, or writes nothing.

        Raises:
            Conflict: it was never opened, or was dropped behind this activity's back.
        """
        row = await scans.find_by_run(connection, scan_id, Hold.SHARED)
        if row is None:
            raise Conflict("the scan was removed while it ran")
        if row.status in {"failed", "cancelled", "superseded", "expired"}:
            raise Conflict(f"the scan is {row.outcome or row.status} already")
        return self.known(scan_id, row)

    def known(self, scan_id: str, row: ScanRow) -> Run:
        if scan_id not in self._known:
            if len(self._known) >= KNOWN:
                self._known.pop(next(iter(self._known)))
            self._known[scan_id] = run_of(row)
        return self._known[scan_id]

    async def record(
        self,
        scan_id: str,
        found: Sequence[Issue],
        events: Events,
        objects: dict[str, str] | None = None,
    ) -> None:
        """Issues, objects and events of one step, in one transaction."""
        async with self.database.transaction() as connection:
            run = await self.run(connection, scan_id)
            await issues.add_many(connection, run.id, found)
            if objects:
                await scans.record(connection, run.id, objects=objects)
            await append(connection, events(run))

    async def lost(self, scan_id: str, reasons: frozenset[str]) -> list[Issue]:
        """Issues with one of the reasons."""
        async with self.database.transaction() as connection:
            run = await self.run(connection, scan_id)
            return await issues.with_reasons(connection, run.id, sorted(reasons))

    async def last_seconds(self, tenant: str, repository: str) -> float | None:
        """How long the last completed job of a repository took; None without one."""
        async with self.database.transaction() as connection:
            return await jobs.last_seconds(connection, tenant, repository)


async def ended_stages(connection: AsyncConnection, run: Run, status: str, reasons: dict[str, int]) -> list[NewEvent]:
    """The ``*.completed`` events of stages that had begun when a scan or job failed or was cancelled."""
    endings: dict[str, Payload] = {
        "embedding": EmbeddingCompleted(status, reasons, 0, 0),
        "assembly": AssemblyCompleted(status, reasons, 0),
        "generation": GenerationCompleted(status, reasons, 0),
        "pack": PackCompleted(status, reasons, {}),
    }
    found = []
    for stage, payload in endings.items():
        begun = await last_key(connection, run.job_id, run.key(f"{stage}:started"))
        if begun is not None:
            found.append(run.event(payload, f"{stage}:completed", begun.removeprefix(run.key(""))))
    return found


async def ended_scan(connection: AsyncConnection, run: Run, status: str, code: str) -> list[NewEvent]:
    """The last events of a scan that was given up."""
    completed = IngestCompleted(status, {code: 1}, 0, 0, 0, 0)
    return [*await ended_stages(connection, run, status, {code: 1}), run.event(completed, "ingest:completed")]


def run_of(row: ScanRow) -> Run:
    return Run(
        id=row.id,
        repository_id=row.repository_id,
        job_id=str(row.options.get("job_id", row.workflow_id)),
        tenant=str(row.options.get("tenant", "local")),
        repository=str(row.options.get("repository", "")),
    )
