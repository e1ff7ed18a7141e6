"""`SearchWorkflow`: one local activity on the worker that holds the indexes, so that a search costs one round trip."""

from temporalio import workflow

from workflows.contracts import options
from workflows.contracts.query import QueryActivities, SearchAnswer, SearchRequest
from workflows.steps import StepRow

STEPS: tuple[StepRow, ...] = (StepRow("search", None, "The error; nothing was changed."),)


# Not in the sandbox, which costs more than the search: one call, and nothing that could differ in a replay.
@workflow.defn(name="SearchWorkflow", sandboxed=False)
class SearchWorkflow:
    @workflow.run
    async def run(self, request: SearchRequest) -> SearchAnswer:
        return await workflow.execute_local_activity_method(
            QueryActivities.search,
            request,
            start_to_close_timeout=options.SEARCH.start_to_close,
            schedule_to_close_timeout=options.SEARCH_PATIENCE,
            retry_policy=options.SEARCH.retry,
        )
