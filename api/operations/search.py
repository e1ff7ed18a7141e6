"""Search one or several repositories: the use case behind the command line and every other facade."""

from typing import Any
from uuid import uuid4

import msgspec
from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError

from api.operations.watch_run import rpc_error
from docrunch.errors import UsageError
from docrunch.search.query import check_query
from docrunch.search.search import check_options
from workflows.contracts.errors import from_failure
from workflows.contracts.ids import search_workflow_id
from workflows.contracts.options import SEARCH_PATIENCE
from workflows.contracts.query import SEARCH_WORKFLOW, FoundHit, SearchAnswer, SearchRequest
from workflows.contracts.queues import Queue

MAX_REPOSITORIES = 20  # of one search: each has its index in memory


class SearchOrder(msgspec.Struct, frozen=True):
    """What a person or a program asks for; ``repositories`` as people name them."""

    query: str
    repositories: tuple[str, ...]
    ref: str | None = None
    mode: str = "hybrid"
    kinds: tuple[str, ...] = ()
    path: str = ""
    group: str = ""
    limit: int = 10
    tenant: str = "local"


def check(order: SearchOrder) -> None:
    """Everything that can be refused before anything is asked of a server.

    Raises:
        UsageError: an option has no such value, the query is empty, or no repository or too many are named.
        LimitExceeded: the query is too long.
    """
    check_query(order.query)
    check_options(order.mode, order.kinds, order.path, order.group, order.limit)
    if not 1 <= len(order.repositories) <= MAX_REPOSITORIES:
        raise UsageError(
            f"{len(order.repositories)} repositories cannot be searched at once",
            hint=f"Name 1 to {MAX_REPOSITORIES}; `docrunch repo list` shows them.",
        )


async def search(client: Client, order: SearchOrder) -> SearchAnswer:
    """
    Raises:
        UsageError, LimitExceeded: see `check`.
        NotFound, AmbiguousName: a repository or ref is not known.
        RefNotIndexed: the ref is known, but not to search.
        Gone: its scans have expired.
        Unreachable: no worker answers.
    """
    check(order)
    workflow_id = search_workflow_id(uuid4().hex)
    try:
        found: Any = await client.execute_workflow(
            SEARCH_WORKFLOW,
            SearchRequest(**msgspec.structs.asdict(order)),
            id=workflow_id,
            task_queue=Queue.QUERY,
            result_type=SearchAnswer,
            execution_timeout=SEARCH_PATIENCE,
        )
    except WorkflowFailureError as error:
        raise from_failure(error) from error
    except RPCError as error:
        raise rpc_error(error, workflow_id) from error
    return SearchAnswer.model_validate(found)


def as_json(answer: SearchAnswer) -> dict[str, Any]:
    """The object that programs read: ``hits`` and ``degraded``; beside them what was searched, and notes about it."""
    return {
        "hits": [_hit(each) for each in answer.hits],
        "degraded": list(answer.degraded),
        "searched": [each.model_dump() for each in answer.searched],
        "did_you_mean": answer.did_you_mean or None,
        "notes": list(answer.notes),
    }


def _hit(hit: FoundHit) -> dict[str, Any]:
    """``snippet`` is text; its place and marks have keys of their own."""
    made = hit.model_dump()
    snippet = made.pop("snippet")
    return made | {
        "snippet": snippet["text"] if snippet else "",
        "snippet_line": snippet["line"] if snippet else None,
        "marks": snippet["marks"] if snippet else [],
    }
