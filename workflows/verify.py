"""`VerifyWorkflow`: every ref of one repository in one derived store, compared with the truth by hash, and repaired."""

from temporalio import workflow

from workflows.contracts import options
from workflows.contracts.rebuild import DriftReport, VerifyActivities, VerifyRequest, VerifyResult, VerifyStep
from workflows.projecting import project
from workflows.steps import StepRow
from workflows.visibility import show_details

STEPS: tuple[StepRow, ...] = (
    StepRow("list_projections", None, "Nothing was compared."),
    StepRow("verify_projection", None, "What was repaired stays repaired; nothing else was changed."),
)


@workflow.defn(name="VerifyWorkflow")
class VerifyWorkflow:
    @workflow.run
    async def run(self, request: VerifyRequest) -> VerifyResult:
        listed = await project(
            VerifyActivities.list_projections,
            request,
            f"refs of repository {request.repository_id}",
            patience=options.ROW,
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
        return await project(
            VerifyActivities.verify_projection,
            VerifyStep(
                target=request.target,
                repository_id=request.repository_id,
                ref_id=ref_id,
                sample=request.sample,
                seed=request.seed,
                repair=request.repair,
            ),
            f"compare ref {ref_id} in {request.target}" + (" and repair" if request.repair else ""),
        )
