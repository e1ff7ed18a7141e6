"""What a run waits for: the failures of its steps, as Temporal keeps them while it tries them again."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.failure.v1 import Failure
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

ASK_SECONDS = 2  # "does not answer" should be said before people look for it elsewhere
WORKING_SECONDS = 5.0  # an attempt that has lasted this long is no longer failing

SILENT_SERVER = "Temporal does not answer; the run goes on once it does"
SILENT_WORKER = "no worker answers for the run (role orchestrator)"


async def waiting_for(client: Client, workflow_ids: Sequence[str], *, answered: bool) -> str:
    """One sentence for a person; empty when nothing is in the way.

    Args:
        workflow_ids: of the run and its children.
        answered: whether the run's workflow answered its last query.
    """
    try:
        pending = await asyncio.gather(*(_pending(client, each) for each in workflow_ids))
    except RPCError:
        return SILENT_SERVER
    failing = describe(each for several in pending for each in several)
    return failing or ("" if answered else SILENT_WORKER)


async def _pending(client: Client, workflow_id: str) -> Sequence[PendingActivityInfo]:
    handle = client.get_workflow_handle(workflow_id)
    try:
        described = await handle.describe(rpc_timeout=timedelta(seconds=ASK_SECONDS))
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:  # a child that has not been started yet
            return ()
        raise
    return described.raw_description.pending_activities


def describe(pending: Iterable[PendingActivityInfo], now: datetime | None = None) -> str:
    """``the database does not answer (embed_range, parse_page; tried again)``: each failure with the steps it stops."""
    now = now or datetime.now(UTC)
    steps: dict[str, set[str]] = {}
    for each in pending:
        if each.HasField("last_failure") and not _works_again(each, now):
            steps.setdefault(_message(each.last_failure), set()).add(each.activity_type.name)
    return "; ".join(f"{message} ({', '.join(sorted(steps[message]))}; tried again)" for message in sorted(steps))


def _message(failure: Failure) -> str:
    while failure.HasField("server_failure_info") and failure.HasField("cause"):  # "Failure exceeds size limit."
        failure = failure.cause
    return failure.message.rstrip(".") or "a failure without a message"


def _works_again(each: PendingActivityInfo, now: datetime) -> bool:
    started = each.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
    return started and (now - each.last_started_time.ToDatetime(UTC)).total_seconds() > WORKING_SECONDS
