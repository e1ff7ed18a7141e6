"""Run the cleanup now rather than at its hour."""

from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy

from workflows.cleanup import CleanupWorkflow
from workflows.contracts.cleanup import CleanupRequest, CleanupResult
from workflows.contracts.errors import from_failure
from workflows.contracts.queues import Queue

WORKFLOW_ID = "cleanup:on-request"


async def collect_garbage(client: Client, *, dry_run: bool) -> CleanupResult:
    """Wait for a cleanup; one that was asked for already is joined.

    Raises:
        DocrunchError: it failed.
    """
    try:
        return await client.execute_workflow(
            CleanupWorkflow.run,
            CleanupRequest(dry_run=dry_run),
            id=WORKFLOW_ID + (":dry-run" if dry_run else ""),
            task_queue=Queue.WORKFLOWS,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary="cleanup on request",
        )
    except WorkflowFailureError as error:
        raise from_failure(error) from error
