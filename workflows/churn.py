"""What follows a publish and changes nothing about it: how often were the files of the commit changed?"""

from temporalio import workflow

from workflows.contracts import options
from workflows.contracts.errors import from_failure, is_cancellation
from workflows.contracts.queues import Queue
from workflows.contracts.scan import ChurnRequest, ChurnResult, IngestActivities, ResolvedSource, SourceRequest
from workflows.saga import is_compensable
from workflows.steps import call

HISTORIES = ("git", "worktree")  # kinds of sources that may have one; of a remote, the commit is fetched alone


async def record_churn(
    source: ResolvedSource, scan_id: str, request: SourceRequest
) -> tuple[ChurnResult | None, tuple[str, ...]]:
    """The result and notes for a person. The scan is published: neither a failure nor a cancellation changes that."""
    if source.kind not in HISTORIES or not workflow.patched("churn-after-publish"):
        return None, ()
    try:
        found = await call(
            IngestActivities.record_churn,
            ChurnRequest(scan_id=scan_id, source=request, commit=source.commit, tree_object=source.tree_object),
            queue=Queue.INGEST,
            options=options.CHURN,
            summary="how often was each file changed?",
            keep_result=True,
        )
    except BaseException as error:
        if not is_compensable(error):
            raise
        reason = "cancelled" if is_cancellation(error) else from_failure(error).message
        return None, (f"no churn was recorded: {reason}",)
    return found, ()
