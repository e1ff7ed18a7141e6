"""Follow a run: what it does now, and how it ended."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TypeVar

import msgspec
from temporalio.client import Client, WorkflowFailureError, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from api.operations.waiting import waiting_for
from docrunch.errors import DocrunchError, NotFound, Unreachable
from workflows.contracts.docpack import DocpackResult
from workflows.contracts.errors import from_failure, is_cancellation
from workflows.contracts.ids import scan_workflow_id
from workflows.contracts.progress import Counts, JobProgress, Outcome, Phase, ScanProgress, merge

_Progress = TypeVar("_Progress", JobProgress, ScanProgress)

POLL_SECONDS = 0.4
QUERY_SECONDS = 5  # a worker that is away does not answer; the run goes on all the same
WAITING_SECONDS = 2.0  # between two looks at what keeps the run from going on
OUTAGE_SECONDS = 900.0  # that Temporal may be away; then whoever waits for the end is told so
ANSWERED_SECONDS = 30.0  # a request that lasted this long was answered: no outage lasts as long as a call is retried
PAUSE_SECONDS = 1.0

# What a server says that is away, starting or busy; anything else does not change by waiting.
_OUTAGE = (
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,
    RPCStatusCode.UNKNOWN,
    RPCStatusCode.INTERNAL,
    RPCStatusCode.RESOURCE_EXHAUSTED,
    RPCStatusCode.ABORTED,
)


class RunView(msgspec.Struct, frozen=True):
    """What a person is shown of a run in progress."""

    phase: Phase = Phase.START
    note: str = ""
    waiting: str = ""  # what keeps the run from going on: a service that is away, a full disk
    paused: bool = False
    repository: str = ""
    files: int = 0
    counts: Counts = Counts()
    pages: int = 0
    pages_done: int = 0
    stages: dict[str, float] = {}


class RunEnd(msgspec.Struct, frozen=True):
    """``error`` is set for failed runs; a cancelled one has neither error nor docpack."""

    outcome: Outcome
    result: DocpackResult | None = None
    error: DocrunchError | None = None


async def watch_run(client: Client, workflow_id: str, run_id: str | None = None) -> AsyncIterator[RunView | RunEnd]:
    """Views while the run goes on, and one `RunEnd` at last. Cancelling the iteration leaves the run alone.

    A run outlasts its services: while one is away, the views say so.

    Raises:
        NotFound: there is no such run.
        Unreachable: Temporal has not answered for `OUTAGE_SECONDS`.
    """
    ending = asyncio.create_task(run_end(client, workflow_id, run_id))
    last, waiting, looked = RunView(), "", time.monotonic()
    try:
        while not ending.done():
            family, found = await _look(client, workflow_id, run_id)
            if time.monotonic() - looked > WAITING_SECONDS:
                waiting = await waiting_for(client, family, answered=found is not None)
                looked = time.monotonic()
            view = msgspec.structs.replace(found or last, waiting=waiting)
            if view != last:
                last = view
                yield view
            await asyncio.wait([ending], timeout=POLL_SECONDS)
        yield await ending
    finally:
        ending.cancel()


async def run_end(client: Client, workflow_id: str, run_id: str | None = None) -> RunEnd:
    """Wait for the end of a run.

    Raises:
        NotFound, Unreachable: as `watch_run`.
    """
    patient_until = time.monotonic() + OUTAGE_SECONDS
    while True:
        asked = time.monotonic()
        try:
            return await _ending(client, workflow_id, run_id)
        except RPCError as error:
            if time.monotonic() - asked > ANSWERED_SECONDS:
                patient_until = time.monotonic() + OUTAGE_SECONDS
            if error.status not in _OUTAGE or time.monotonic() > patient_until:
                raise rpc_error(error, workflow_id) from error
        await asyncio.sleep(PAUSE_SECONDS)


async def _ending(client: Client, workflow_id: str, run_id: str | None) -> RunEnd:
    handle = client.get_workflow_handle(workflow_id, run_id=run_id, result_type=DocpackResult)
    try:
        result = await handle.result()
    except WorkflowFailureError as failure:
        if is_cancellation(failure):
            return RunEnd(Outcome.CANCELLED)
        return RunEnd(Outcome.FAILED, error=from_failure(failure))
    return RunEnd(result.outcome, result)


async def _look(client: Client, workflow_id: str, run_id: str | None) -> tuple[tuple[str, ...], RunView | None]:
    """Ids of the run and its children, and the view; ``None``: no worker answers right now."""
    family = (workflow_id, scan_workflow_id(workflow_id))
    job = await _ask(client, workflow_id, JobProgress, run_id)
    if job is None:
        return family, None
    scan = await _ask(client, job.scan_workflow_id, ScanProgress) if job.scan_workflow_id else None
    if scan is not None and scan.shards:
        shards = await asyncio.gather(*(_ask(client, shard, ScanProgress) for shard in scan.shards))
        scan = merge(scan, [shard for shard in shards if shard is not None])
    return (*family, *(scan.shards if scan else ())), view_of(job, scan)


def view_of(job: JobProgress, scan: ScanProgress | None) -> RunView:
    """One view of a job and its scan: while the scan runs, its phase says more than the job's."""
    scan = scan or ScanProgress()
    scanning = job.phase in (Phase.START, Phase.INGEST) and scan.phase not in (Phase.START, Phase.DONE)
    return RunView(
        phase=scan.phase if scanning else job.phase,
        note=(scan.note if scanning else "") or job.note,
        paused=job.paused or scan.paused,
        repository=scan.repository,
        files=scan.files,
        counts=scan.counts,
        pages=job.pages,
        pages_done=job.pages_done,
        stages={**scan.stages, **job.stages},
    )


async def _ask(client: Client, workflow_id: str, kind: type[_Progress], run_id: str | None = None) -> _Progress | None:
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    try:
        found = await handle.query("progress", result_type=kind, rpc_timeout=timedelta(seconds=QUERY_SECONDS))
        return kind.model_validate(found)
    except (RPCError, WorkflowQueryFailedError):
        return None  # not started yet, no worker, or the server is restarting: the next look says more


def rpc_error(error: RPCError, workflow_id: str) -> DocrunchError:
    """What a failed call to Temporal means to a person."""
    if error.status is RPCStatusCode.NOT_FOUND:
        return NotFound(f"there is no run {workflow_id}", hint="`docrunch runs list` shows the runs.")
    return Unreachable(f"Temporal does not answer ({error.status.name.lower()})", hint="Check `docrunch status`.")
