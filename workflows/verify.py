"""`VerifyWorkflow`: every ref of one repository in one derived store, compared with the truth by hash, and repaired."""

from temporalio import workflow

from workflows.contracts import options
from workflows.contracts.queues import Queue
from workflows.contracts.rebuild import DriftReport, VerifyActivities, VerifyRequest, VerifyResult, VerifyStep
from workflows.steps import StepRow, call
from workflows.visibility import show_details

STEPS: tuple[StepRow, ...] = (
    StepRow("list_projections", None, "Nothing was compared."),
    StepRow("verify_projection", None, "What was repaired stays repaired; nothing else was changed."),
)


@workflow.defn(name="VerifyWorkflow")
class VerifyWorkflow:
    @workflow.run
    async def run(self, request: VerifyRequest) -> VerifyResult:
        listed = await call(
            VerifyActivities.list_projections,
            request,
            queue=Queue.SYNC,
            options=options.ROW,
            summary=f"refs of repository {request.repository_id}",
        )
        found: list[DriftReport] = []
        for ref_id in listed.ref_ids:
            found.append(await self._verify(request, ref_id))
            show_details(
                f"Verify {request.target}",
                [(each.ref or "(no ref)", f"{each.drift:,} of {each.compared:,} differ") for each in found],
            )
        return VerifyResult(reports=tuple(found))

    async def _verify(self, request: VerifyRequest, ref_id: int) -> DriftReport:
        return await call(
            VerifyActivities.verify_projection,
            VerifyStep(
                target=request.target,
                repository_id=request.repository_id,
                ref_id=ref_id,
                sample=request.sample,
                seed=request.seed,
                repair=request.repair,
            ),
            queue=Queue.SYNC,
            options=options.PROJECT,
            summary=f"compare ref {ref_id} in {request.target}" + (" and repair" if request.repair else ""),
        )
