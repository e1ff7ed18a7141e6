"""Outbox to derived stores: requests, results and the port.

`SyncWorkflow` is started with a signal after every commit that wrote outbox rows (`start_options`), so that it runs
while there is something to do and at no other time.
"""

from abc import ABC, abstractmethod
from typing import Any

from temporalio import activity

from .ids import sync_workflow_id
from .model import Contract
from .options import CONTINUE_AFTER_EVENTS
from .queues import Queue
from .rebuild import RebuildRequest
from .search_attributes import start_attributes

SYNC_WORKFLOW = "SyncWorkflow"
WAKE = "wake"  # signal: there is something new; while the store is away it waits for the probe
PROBE = "probe"  # signal: look now, also whether the store answers again


class SyncTotals(Contract):
    """Counted in entities; ``writes`` by kind (vectors, graph, files, rows) as the store counts them."""

    pages: int = 0
    applied: int = 0
    skipped: int = 0  # the store had them already
    failed: int = 0  # attempts
    dead: int = 0
    writes: dict[str, int] = {}

    def plus(self, other: "SyncTotals") -> "SyncTotals":
        writes = {
            name: self.writes.get(name, 0) + other.writes.get(name, 0)
            for name in sorted(self.writes.keys() | other.writes.keys())
        }
        return SyncTotals(
            pages=self.pages + other.pages,
            applied=self.applied + other.applied,
            skipped=self.skipped + other.skipped,
            failed=self.failed + other.failed,
            dead=self.dead + other.dead,
            writes=writes,
        )


class SyncRequest(Contract):
    """``drained_anyway``: refs whose rebuild was asked for and did not help; their backlog is applied after all."""

    target: str
    repository_id: int
    repository: str = ""  # its name, for people
    tenant: str = "local"
    totals: SyncTotals = SyncTotals()  # of the runs before this one
    drained_anyway: tuple[int, ...] = ()
    continue_after_events: int = CONTINUE_AFTER_EVENTS


class DrainRequest(Contract):
    target: str
    repository_id: int
    held: tuple[int, ...] = ()  # refs that are being built anew
    drained_anyway: tuple[int, ...] = ()


class DrainResult(Contract):
    """``wait_seconds``: when to come again by itself (0: at once, None: nothing waits)."""

    totals: SyncTotals = SyncTotals()
    wait_seconds: float | None = None
    waiting: int = 0  # entities
    circuit_open: bool = False
    note: str = ""  # one sentence for a person: why it does not go on
    rebuild: tuple[RebuildRequest, ...] = ()


class SyncProgress(Contract):
    target: str = ""
    repository: str = ""
    totals: SyncTotals = SyncTotals()
    waiting: int = 0
    circuit_open: bool = False
    rebuilding: tuple[int, ...] = ()  # refs
    note: str = ""


class SyncResult(Contract):
    totals: SyncTotals = SyncTotals()
    note: str = ""


class SyncSweepRequest(Contract):
    limit: int = 500  # stores of one page; a sweep goes over all of them


class SyncSweepResult(Contract):
    signalled: int = 0
    breached: int = 0  # service levels that are broken since this sweep
    recovered: int = 0  # entities that a killed process had left half written
    unrecovered: tuple[str, ...] = ()  # targets that could not be looked through for such entities
    workflow_ids: tuple[str, ...] = ()  # at most 20


class SyncActivities(ABC):
    """Queue `sync`."""

    @activity.defn(name="drain_outbox")
    @abstractmethod
    async def drain_outbox(self, request: DrainRequest) -> DrainResult:
        """Take the outbox in and apply what is due, page by page, for at most `DRAIN_SECONDS`. Safe to repeat."""

    @activity.defn(name="sweep_sync")
    @abstractmethod
    async def sweep_sync(self, request: SyncSweepRequest) -> SyncSweepResult:
        """Wake the syncs of stores with something unseen or due, and tell which ones are late."""


def start_options(request: SyncRequest, signal: str = WAKE) -> dict[str, Any]:
    """Arguments of ``Client.start_workflow(SYNC_WORKFLOW, request, …)``: start a sync, or wake the one that runs."""
    what = f"sync {request.target} ← {request.repository or request.repository_id}"
    return {
        "id": sync_workflow_id(request.target, request.repository_id),
        "task_queue": Queue.WORKFLOWS,
        "start_signal": signal,
        "search_attributes": start_attributes(repository=request.repository, tenant=request.tenant),
        "static_summary": what.encode()[:200].decode("utf-8", "ignore"),
    }
