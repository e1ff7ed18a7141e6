"""`AskWorkflow`: an answer of what is known, in the words of a model where one is configured.

What the model fails to do takes nothing away: the answer made of quotations is there before it is asked.
"""

import asyncio

import msgspec
from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError

from docrunch.ask.model import Answer
from workflows.contracts import options
from workflows.contracts.ask import AnswerEnd, AskActivities, AskRequest, AskResult, FoundAnswer, WordRequest
from workflows.contracts.errors import from_failure, is_cancellation
from workflows.contracts.queues import Queue
from workflows.saga import uninterrupted
from workflows.steps import StepRow, call

STEPS: tuple[StepRow, ...] = (
    StepRow("find_answer", None, "The error; nothing was changed."),
    StepRow("word_answer", None, "The answer made of quotations, and why it was not worded.", required=False),
    StepRow("record_answer", None, "The answer; only its event is missing.", required=False),
)


# Not in the sandbox, as `workflows.search`: three calls one after another, and recorded histories that are replayed.
@workflow.defn(name="AskWorkflow", sandboxed=False)
class AskWorkflow:
    @workflow.run
    async def run(self, request: AskRequest) -> AskResult:
        found: FoundAnswer = await workflow.execute_local_activity_method(
            AskActivities.find_answer,
            request,
            start_to_close_timeout=options.SEARCH.start_to_close,
            schedule_to_close_timeout=options.SEARCH_PATIENCE,
            retry_policy=options.SEARCH.retry,
        )
        answer = found.answer
        if request.use_model and found.model and answer.found:
            try:
                answer = await self._worded(request, found)
            except asyncio.CancelledError:
                await uninterrupted(self._record(found, answer, status="cancelled"))
                raise
        await self._record(found, answer)
        return AskResult(answer=answer)

    async def _worded(self, request: AskRequest, found: FoundAnswer) -> Answer:
        try:
            worded = await call(
                AskActivities.word_answer,
                WordRequest(request=request, scan_id=found.scan_id),
                queue=Queue.QUERY,
                options=options.WORD,
                summary=f"word an answer: {found.model}",
            )
        except ActivityError as error:
            if is_cancellation(error):
                raise asyncio.CancelledError from error
            note = f"not worded, {from_failure(error).message}: the answer is made of quotations"
            return msgspec.structs.replace(found.answer, degraded=(*found.answer.degraded, note))
        return worded.answer

    async def _record(self, found: FoundAnswer, answer: Answer, status: str = "completed") -> None:
        end = AnswerEnd(
            repository=answer.repository,
            repository_id=found.repository_id,
            status=status,
            asked=answer.kind.value,
            found=answer.found,
            sentences=len(answer.sentences),
            dropped=answer.dropped,
            model=answer.model,
            reasons={"degraded": len(answer.degraded)} if answer.degraded else {},
        )
        try:
            await workflow.execute_local_activity_method(
                AskActivities.record_answer,
                end,
                start_to_close_timeout=options.SEARCH.start_to_close,
                schedule_to_close_timeout=options.SEARCH_PATIENCE,
                retry_policy=options.SEARCH.retry,
            )
        except FailureError as error:  # of a local activity: the error itself, or one around it
            if is_cancellation(error):
                raise
            workflow.logger.warning("the end of a question could not be recorded: %s", from_failure(error).message)
