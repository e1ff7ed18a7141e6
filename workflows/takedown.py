"""`TakedownWorkflow`: a repository is forgotten in every store. What cannot be reached is tried until it is done."""

from contextlib import suppress

from temporalio import workflow

from workflows.contracts import options
from workflows.contracts.takedown import (
    Removed,
    Rest,
    TakedownActivities,
    TakedownProgress,
    TakedownRequest,
    TakedownResult,
)
from workflows.projecting import project
from workflows.steps import StepRow
from workflows.visibility import show_details

STEPS: tuple[StepRow, ...] = (
    StepRow("stop_derived", None, "The repository is as before; its stores are followed again by the next sync."),
    StepRow("remove_repository", None, "The repository is gone; what is left of it is written down.", final=True),
    StepRow("clear_rest", None, "The repository is gone; the sweeper takes up what is left."),
    StepRow("prove_takedown", None, "The repository is gone; the sweeper takes up what is left."),
)


@workflow.defn(name="TakedownWorkflow")
class TakedownWorkflow:
    @workflow.init
    def __init__(self, request: TakedownRequest) -> None:
        self._request = request
        self._progress = TakedownProgress(phase="stop")
        self._hurried = False

    @workflow.run
    async def run(self, request: TakedownRequest) -> TakedownResult:
        await project(
            TakedownActivities.stop_derived,
            request,
            "stop what keeps derived stores of the repository",
            patience=options.ROW_WAITING,
        )
        self._show("remove", {})
        removed = await project(
            TakedownActivities.remove_repository, request, "drop its workspaces and its rows", keep_result=True
        )
        rest = await self._clear(removed)
        self._show("prove", {})
        return await self._prove(rest)

    @workflow.query(description="Phase, and what the takedown waits for")
    def progress(self) -> TakedownProgress:
        return self._progress

    @workflow.signal(description="Try again now what could not be reached")
    def hurry(self) -> None:
        self._hurried = True

    async def _clear(self, removed: Removed) -> Rest:
        wait = self._request.first_wait_seconds
        dropped, objects = dict(removed.dropped), 0
        while True:
            rest = await project(
                TakedownActivities.clear_rest,
                self._request,
                "what could not be reached before, and objects",
                keep_result=True,
            )
            objects += rest.objects
            for name, count in rest.dropped.items():
                dropped[name] = dropped.get(name, 0) + count
            if not rest.waiting:
                return Rest(objects=objects, dropped=dropped)
            self._show("wait", rest.waiting)
            await self._pause(wait)
            wait = min(2 * wait, self._request.max_wait_seconds)
            if workflow.info().get_current_history_length() >= self._request.continue_after_events:
                workflow.continue_as_new(self._request)  # every step may be repeated, and what is left is in a row

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._hurried, timeout=seconds, timeout_summary="try again")
        self._hurried = False

    async def _prove(self, rest: Rest) -> TakedownResult:
        result = await project(TakedownActivities.prove_takedown, self._request, "count what is left", keep_result=True)
        found = result.model_copy(update={"dropped": rest.dropped, "objects": rest.objects})
        self._show("done", {name: f"{count:,} left" for name, count in found.left.items()})
        return found

    def _show(self, phase: str, waiting: dict[str, str]) -> None:
        self._progress = TakedownProgress(phase=phase, waiting=waiting)
        rows = [("phase", phase), *((f"waits for {name}", reason) for name, reason in waiting.items())]
        show_details(f"Takedown of {self._request.repository}", rows)
