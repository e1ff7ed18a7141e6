"""`HealthCheckWorkflow`: every component is asked, and an answer that does not come is an answer."""

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.contracts import options
from workflows.contracts.errors import from_failure, is_cancellation
from workflows.contracts.health import (
    CheckRequest,
    Component,
    ComponentHealth,
    Health,
    HealthActivities,
    HealthReport,
    HealthRequest,
)
from workflows.contracts.queues import Queue
from workflows.saga import settle
from workflows.steps import StepRow, call
from workflows.visibility import show_details

STEPS: tuple[StepRow, ...] = (
    StepRow("check_component", None, "The component is reported as failing; the others are checked all the same."),
    StepRow("record_health", None, "The last recorded report stays."),
)
_ORDER = (Health.OK, Health.DEGRADED, Health.FAILING)


@workflow.defn(name="HealthCheckWorkflow")
class HealthCheckWorkflow:
    @workflow.run
    async def run(self, request: HealthRequest) -> HealthReport:
        components = await settle(*(self._check(component) for component in request.components))
        worst = max((each.health for each in components), key=_ORDER.index, default=Health.OK)
        report = HealthReport(health=worst, components=tuple(components))
        show_details(
            f"Health: {report.health.value}",
            [(each.component.value, f"{each.health.value} {each.detail}".strip()) for each in components],
        )
        await call(
            HealthActivities.record_health,
            report,
            queue=Queue.FAST,
            options=options.ROW,
            summary=f"record: {report.health.value}",
        )
        return report

    async def _check(self, component: Component) -> ComponentHealth:
        try:
            return await call(
                HealthActivities.check_component,
                CheckRequest(component=component),
                queue=Queue.FAST,
                options=options.CHECK,
                summary=f"check {component.value}",
            )
        except ActivityError as error:
            if is_cancellation(error):
                raise
            return ComponentHealth(component=component, health=Health.FAILING, detail=from_failure(error).message)
