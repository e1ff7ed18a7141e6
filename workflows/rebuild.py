"""`RebuildWorkflow`: a derived store of one ref is built beside the one that is read, compared and switched at once."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.contracts import options
from workflows.contracts.errors import from_failure, is_cancellation
from workflows.contracts.progress import Outcome
from workflows.contracts.rebuild import (
    Checked,
    FillPage,
    GenerationStep,
    ProjectionKey,
    RebuildActivities,
    RebuildRequest,
    RebuildResult,
    RebuildState,
    Undone,
)
from workflows.projecting import project
from workflows.saga import Saga, is_compensable, uninterrupted
from workflows.steps import StepRow, cancelled_or
from workflows.visibility import show_details

MAX_FAILED = 100  # entities that may be at fault themselves; more is a store at fault
STEPS: tuple[StepRow, ...] = (
    StepRow("plan_rebuild", None, "Nothing was changed: a dry run counts."),
    StepRow("begin_generation", "abandon_generation", "The store is as before; the new generation is dropped."),
    StepRow("fill_generation", "abandon_generation", "The store is as before; the new generation is dropped."),
    StepRow("check_generation", "abandon_generation", "The store is as before; the error says what differed."),
    StepRow("switch_generation", None, "Readers see the new generation.", final=True),
    StepRow("drop_replaced", None, "The store is new; the sweeper drops the old generation.", required=False),
)


@workflow.defn(name="RebuildWorkflow")
class RebuildWorkflow:
    @workflow.init
    def __init__(self, request: RebuildRequest) -> None:
        self._request = request
        self._state = request.state
        run_id = self._state.run_id if self._state else workflow.info().run_id
        self._key = ProjectionKey(
            target=request.target,
            repository_id=request.repository_id,
            ref_id=request.ref_id,
            run_id=run_id,
            reason=request.reason,
        )
        self._saga = Saga()

    @workflow.run
    async def run(self, request: RebuildRequest) -> RebuildResult:
        if request.dry_run:
            return await self._plan()
        self._saga.register("abandon_generation", self._abandon)
        try:
            filled = await self._fill(self._state or await self._begin())
            checked = await self._check(filled)
            result = await self._switch(filled, checked)
        except BaseException as error:
            if not is_compensable(error):
                raise
            ended = cancelled_or(error)
            await uninterrupted(self._saga.compensate(ended))
            if ended is not error:
                raise ended from error
            raise
        return await self._drop(result)

    @workflow.query(description="Phase, and how many entities are in the new generation")
    def progress(self) -> RebuildState:
        return self._state or RebuildState(generation=0, event_id=0, run_id=self._key.run_id)

    async def _plan(self) -> RebuildResult:
        planned = await project(RebuildActivities.plan_rebuild, self._key, "count what would be written")
        return self._result("planned", entities=planned.entities)

    async def _begin(self) -> RebuildState:
        begun = await project(
            RebuildActivities.begin_generation, self._key, f"an empty generation in {self._request.target}"
        )
        return RebuildState(generation=begun.generation, event_id=begun.event_id, run_id=self._key.run_id)

    async def _fill(self, state: RebuildState) -> RebuildState:
        """Page by page; a run with a long history continues as a new one from the cursor."""
        while True:
            self._show("fill", state)
            page = await project(
                RebuildActivities.fill_generation,
                FillPage(
                    key=self._key, generation=state.generation, cursor=state.cursor, limit=self._request.page_entities
                ),
                f"generation {state.generation}, {state.entities:,} entities are in",
            )
            state = state.model_copy(
                update={
                    "cursor": page.cursor,
                    "entities": state.entities + page.entities,
                    "failed": (*state.failed, *page.failed),
                }
            )
            _refuse_many(state.failed)
            if page.cursor is None:
                return state
            if workflow.info().get_current_history_length() >= self._request.continue_after_events:
                workflow.continue_as_new(self._request.model_copy(update={"state": state}))

    async def _check(self, state: RebuildState) -> Checked:
        self._show("check", state)
        checked = await project(
            RebuildActivities.check_generation,
            self._step(state, state.event_id, state.failed),
            f"compare generation {state.generation} with the truth",
        )
        _refuse_many(checked.failed)
        if checked.drift:
            raise ApplicationError(
                f"the new generation of {self._request.target} differs from the truth in {checked.drift} entities:"
                f" {', '.join(checked.named)}",
                type="failed",
                non_retryable=True,
            )
        return checked

    async def _switch(self, state: RebuildState, checked: Checked) -> RebuildResult:
        self._show("switch", state)
        switched = await project(
            RebuildActivities.switch_generation,
            self._step(state, checked.event_id, checked.failed),
            f"make generation {state.generation} the active one",
            patience=options.SWITCH,
            keep_result=True,
        )
        self._saga.commit()
        status = Outcome.PARTIAL if switched.failed else Outcome.COMPLETED
        return self._result(
            status.value, generation=state.generation, entities=switched.entities, failed=switched.failed
        )

    async def _drop(self, result: RebuildResult) -> RebuildResult:
        try:
            dropped = await project(
                RebuildActivities.drop_replaced,
                self._key,
                "drop the generations that are not read any more",
                keep_result=True,
            )
        except (ActivityError, asyncio.CancelledError) as error:  # the switch has happened: a cancellation is too late
            left = "cancelled" if is_cancellation(error) else from_failure(error).message
            return result.model_copy(update={"notes": (f"an old generation is left to the sweeper: {left}",)})
        notes = (f"an old generation is left to the sweeper: {dropped.left}",) if dropped.left else ()
        return result.model_copy(update={"dropped": dropped.generations, "notes": notes})

    async def _abandon(self, error: BaseException) -> None:
        status = Outcome.CANCELLED if is_cancellation(error) else Outcome.FAILED
        await project(
            RebuildActivities.abandon_generation,
            Undone(key=self._key, status=status.value),
            "drop what was being built",
            patience=options.COMPENSATE,
        )

    def _step(self, state: RebuildState, event_id: int, failed: tuple[str, ...]) -> GenerationStep:
        return GenerationStep(key=self._key, generation=state.generation, event_id=event_id, failed=failed)

    def _result(self, status: str, **found: object) -> RebuildResult:
        request = self._request
        given = {"target": request.target, "repository_id": request.repository_id, "ref_id": request.ref_id}
        return RebuildResult.model_validate({"status": status, **given, **found})

    def _show(self, phase: str, state: RebuildState) -> None:
        self._state = state
        show_details(
            f"Rebuild of {self._request.target}",
            [
                ("phase", phase),
                ("generation", str(state.generation)),
                ("entities", f"{state.entities:,}"),
                ("failed", f"{len(state.failed):,}"),
                ("reason", self._request.reason),
            ],
        )


def _refuse_many(failed: tuple[str, ...]) -> None:
    if len(failed) > MAX_FAILED:
        raise ApplicationError(
            f"more than {MAX_FAILED} entities could not be projected, among them {', '.join(failed[:3])}",
            type="too_many_failures",
            non_retryable=True,
        )
