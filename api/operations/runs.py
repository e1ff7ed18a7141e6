"""List, show and cancel runs."""

from typing import Any

import msgspec
from temporalio.client import Client
from temporalio.service import RPCError

from api.operations.start_scan import run_url
from api.operations.waiting import waiting_for
from api.operations.watch_run import rpc_error
from db.repositories import runs
from db.repositories.runs import RunRow
from db.session import Database
from docrunch.errors import Conflict
from workflows.contracts.ids import scan_workflow_id

ISSUES = 1_000  # of one run; the manifest of the docpack has all


async def list_runs(database: Database, *, limit: int, open_only: bool = False) -> list[RunRow]:
    """Newest first, from the read model."""
    async with database.transaction() as connection:
        return await runs.list_runs(connection, limit=limit, open_only=open_only)


async def find_run(database: Database, text: str) -> RunRow:
    """By the beginning of its id.

    Raises:
        NotFound, AmbiguousName: none or several begin with it.
    """
    async with database.transaction() as connection:
        return await runs.find_run(connection, text)


async def show_run(database: Database, client: Client, text: str, ui_url: str) -> dict[str, Any]:
    """Everything known of a run, its issues included; of one that runs also what it waits for (`waiting`).

    Raises:
        NotFound, AmbiguousName: as `find_run`.
    """
    async with database.transaction() as connection:
        found = await runs.find_run(connection, text)
        issues = await runs.issues_of(connection, found.scan_id, limit=ISSUES) if found.scan_id else []
    family = (found.workflow_id, scan_workflow_id(found.workflow_id))
    waiting = await waiting_for(client, family, answered=True) if found.status == "running" else ""
    return {
        **msgspec.to_builtins(found),
        "waiting": waiting,
        "temporal_url": run_url(ui_url, client.namespace, found.workflow_id, found.run_id),
        "issues": [msgspec.to_builtins(issue) for issue in issues],
    }


async def cancel_run(client: Client, workflow_id: str) -> None:
    """Ask for cancellation; the run undoes what is not published and then ends.

    Raises:
        Conflict: it has ended already.
        NotFound: there is no such run.
        Unreachable: Temporal does not answer.
    """
    handle = client.get_workflow_handle(workflow_id)
    try:
        described = await handle.describe()
        if described.close_time is not None:
            ended = described.status.name.lower() if described.status else "ended"
            raise Conflict(f"{workflow_id} is {ended} already", hint=f"`docrunch runs show {workflow_id}` shows it.")
        await handle.cancel()
    except RPCError as error:
        raise rpc_error(error, workflow_id) from error
