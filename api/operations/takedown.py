"""Forget a repository everywhere, and say what came of it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import msgspec
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from api.operations.watch_run import rpc_error
from db.repositories import projects, removal, takedowns
from db.session import Database
from docrunch.errors import NotFound
from workflows.contracts.errors import from_failure
from workflows.contracts.ids import takedown_workflow_id
from workflows.contracts.queues import Queue
from workflows.contracts.search_attributes import start_attributes
from workflows.contracts.takedown import TAKEDOWN_WORKFLOW, TakedownProgress, TakedownRequest, TakedownResult

POLL_SECONDS = 0.3
RPC_SECONDS = 10


class TakedownEnd(msgspec.Struct, frozen=True):
    """``result`` None: it goes on by itself, since ``waiting`` (place → why) could not be cleared yet."""

    repository: str
    slug: str
    workflow_id: str
    result: TakedownResult | None
    waiting: dict[str, str]


async def remove_repository(
    database: Database, client: Client, text: str, *, patience: float, tell: Callable[[str], None]
) -> TakedownEnd:
    """By name, slug, or an unambiguous last part of the name. One that is being removed already is joined.

    Args:
        patience: seconds to wait for what cannot be reached.
        tell: is given a sentence when there is something new to wait for.

    Raises:
        NotFound, AmbiguousName: none or several match.
        Conflict: a run of it is going on.
        Unreachable: Temporal does not answer.
    """
    name, slug, repository_id = await _find(database, text)
    workflow_id = takedown_workflow_id(repository_id)
    try:
        handle = await client.start_workflow(
            TAKEDOWN_WORKFLOW,
            TakedownRequest(repository_id=repository_id, repository=name),
            id=workflow_id,
            task_queue=Queue.WORKFLOWS,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="hurry",
            search_attributes=start_attributes(repository=name, tenant="local"),
            static_summary=f"takedown {name}"[:200],
            rpc_timeout=timedelta(seconds=RPC_SECONDS),
        )
    except RPCError as error:
        raise rpc_error(error, workflow_id) from error
    result, waiting = await _follow(handle, patience, tell)
    return TakedownEnd(name, slug, workflow_id, result, waiting)


async def _find(database: Database, text: str) -> tuple[str, str, int]:
    """Name, slug and id: of a repository, or of one whose takedown has not ended."""
    async with database.transaction() as connection:
        try:
            found = await projects.find(connection, text)
        except NotFound:
            todo = await takedowns.open_of(connection, text)
            if todo is None:
                raise
            return todo.report.repository, todo.slug, todo.ids.repository_id
        await removal.refuse_while_running(connection, found.id, found.name)
    return found.name, found.slug, found.id


async def _follow(
    handle: WorkflowHandle[object, object], patience: float, tell: Callable[[str], None]
) -> tuple[TakedownResult | None, dict[str, str]]:
    loop = asyncio.get_running_loop()
    deadline: float | None = None
    said: dict[str, str] = {}
    ended = asyncio.create_task(_result(handle))
    while True:
        done, _ = await asyncio.wait({ended}, timeout=POLL_SECONDS)
        if done:
            return ended.result(), {}
        waiting = (await _progress(handle)).waiting
        if waiting and waiting != said:
            tell("waiting: " + "; ".join(f"{place}: {why}" for place, why in waiting.items()))
            said = waiting
        if not waiting:
            deadline = None
        elif deadline is None:
            deadline = loop.time() + patience
        elif loop.time() > deadline:
            ended.cancel()
            return None, waiting


async def _result(handle: WorkflowHandle[object, object]) -> TakedownResult:
    try:
        return TakedownResult.model_validate(await handle.result())
    except WorkflowFailureError as error:
        raise from_failure(error) from error


async def _progress(handle: WorkflowHandle[object, object]) -> TakedownProgress:
    """Without an answer nothing is known to be in the way."""
    try:
        asked = await handle.query("progress", rpc_timeout=timedelta(seconds=RPC_SECONDS))
    except RPCError as error:
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED,
                            RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.CANCELLED):  # fmt: skip
            return TakedownProgress(phase="unknown")
        raise
    return TakedownProgress.model_validate(asked)
