"""Ask a question about a repository: the use case behind the command line and every other facade."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError

from api.operations.watch_run import rpc_error
from docrunch.ask.model import Answer
from docrunch.ask.question import check_question
from workflows.contracts.ask import ASK_WORKFLOW, AskRequest, AskResult
from workflows.contracts.errors import from_failure
from workflows.contracts.ids import ask_workflow_id
from workflows.contracts.options import ASK_PATIENCE
from workflows.contracts.queues import Queue

if TYPE_CHECKING:
    from db.session import Database

DELTA = "ask.delta.v1"
LOOK_SECONDS = 0.15


class AskOrder(msgspec.Struct, frozen=True):
    """What a person asks; ``repository`` as people name it."""

    question: str
    repository: str
    ref: str | None = None
    use_model: bool = True
    tenant: str = "local"


class Part(msgspec.Struct, frozen=True):
    """Sentences of an answer that is being worded. ``again``: what was told before no longer counts."""

    text: str
    again: bool = False


async def start_ask(client: Client, order: AskOrder) -> str:
    """Start the workflow and return its id as soon as it is durable.

    Raises:
        UsageError: the question is empty.
        LimitExceeded: it is longer than 8 KB.
        Unreachable: Temporal does not answer.
    """
    request = AskRequest(**{**msgspec.structs.asdict(order), "question": check_question(order.question)})
    workflow_id = ask_workflow_id(uuid4().hex)
    try:
        await client.start_workflow(
            ASK_WORKFLOW,
            request,
            id=workflow_id,
            task_queue=Queue.QUERY,
            execution_timeout=ASK_PATIENCE,
        )
    except RPCError as error:
        raise rpc_error(error, workflow_id) from error
    return workflow_id


async def answer_of(client: Client, workflow_id: str) -> Answer:
    """Wait for the answer.

    Raises:
        NotFound, AmbiguousName: the repository or ref is not known.
        Gone: its scans have expired.
        Unreachable: Temporal or the worker does not answer.
    """
    handle: WorkflowHandle[Any, AskResult] = client.get_workflow_handle(workflow_id, result_type=AskResult)
    try:
        return (await handle.result()).answer
    except WorkflowFailureError as error:
        raise from_failure(error) from error
    except RPCError as error:
        raise rpc_error(error, workflow_id) from error


async def follow_ask(client: Client, database: "Database", workflow_id: str) -> AsyncIterator[Part | Answer]:
    """The parts of a worded answer as they are told, and the answer at last. Raises: as `answer_of`."""
    from db.events.store import EventFilter, after

    wanted = EventFilter(job_id=workflow_id, kinds=(DELTA,))
    ending = asyncio.create_task(answer_of(client, workflow_id))
    seq, attempt = 0, 0
    try:
        while True:
            done = ending.done()  # before looking: what was told until the end is told before the end
            async with database.transaction() as connection:
                found = await after(connection, seq, wanted)
            for event in found:
                seq = event.seq
                now = int(event.payload["attempt"])
                yield Part(str(event.payload["text"]), again=attempt not in (0, now))
                attempt = now
            if done:
                break
            await asyncio.wait([ending], timeout=LOOK_SECONDS)
        yield await ending
    finally:
        ending.cancel()


async def cancel_ask(client: Client, workflow_id: str) -> None:
    """Nobody waits for the answer any more."""
    await client.get_workflow_handle(workflow_id).cancel()


def as_json(answer: Answer, workflow_id: str = "") -> dict[str, Any]:
    """The object that programs read."""
    made: dict[str, Any] = msgspec.to_builtins(answer)
    for each in made["evidence"]:
        each.pop("quote", None)
    return {**made, **({"workflow_id": workflow_id} if workflow_id else {})}
