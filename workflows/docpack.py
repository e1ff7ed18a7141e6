"""`DocpackWorkflow`, the main job: a source in, a registered docpack out."""

import asyncio

from temporalio import workflow
from temporalio.workflow import ChildWorkflowHandle

from workflows.contracts import options
from workflows.contracts.docpack import (
    DOCPACK_WORKFLOW,
    AssembleRequest,
    AssembleResult,
    AssemblyActivities,
    CloseJob,
    DocpackRequest,
    DocpackResult,
    DropParts,
    GenerateRequest,
    GenerateResult,
    GenerationActivities,
    JobActivities,
    JobSummary,
    OpenJob,
    PackActivities,
    PackRequest,
    PackResult,
    PagesRequest,
    RegisterDocpack,
)
from workflows.contracts.errors import ErrorDetail, describe, from_failure, is_cancellation, to_application_error
from workflows.contracts.ids import scan_workflow_id
from workflows.contracts.progress import Counts, JobProgress, Outcome, Phase
from workflows.contracts.queues import Queue
from workflows.contracts.routing import Route
from workflows.contracts.scan import Pause, PauseState, ScanResult
from workflows.docpack_view import JobView
from workflows.saga import Saga, is_compensable, settle, uninterrupted
from workflows.scan import RepoScanWorkflow
from workflows.steps import Stages, StepRow, call, child_result, raise_if_cancelled
from workflows.visibility import show_outcome, show_phase, summary

STEPS: tuple[StepRow, ...] = (
    StepRow("open_job", "close_job", "The job is listed as failed or cancelled, with the reason."),
    StepRow("RepoScanWorkflow", "close_job", "As before; the scan undoes itself (its own table)."),
    StepRow(
        "assemble",
        "drop_docpack_parts",
        "The published scan stays (`scan_published: true`); no part of a docpack does.",
    ),
    StepRow("plan_pages", "drop_docpack_parts", "As before."),
    StepRow("generate_pages", "drop_docpack_parts", "As before."),
    StepRow("pack", "drop_docpack_parts", "As before."),
    StepRow("register_docpack", "drop_docpack_parts", "The docpack, or the scan alone.", final=True),
)


@workflow.defn(name=DOCPACK_WORKFLOW)
class DocpackWorkflow:
    @workflow.init
    def __init__(self, request: DocpackRequest) -> None:
        info = workflow.info()
        self._request = request
        self._id, self._run_id = info.workflow_id, info.run_id
        self._scan_workflow_id = scan_workflow_id(info.workflow_id)
        self._phase = Phase.START
        self._note = ""
        self._paused = request.scan.paused
        self._saga = Saga(on_undo=lambda name: self._enter(Phase.UNDO, f"undoing: {name}"))
        self._stages = Stages()
        self._began = workflow.time()
        self._child: ChildWorkflowHandle[RepoScanWorkflow, ScanResult] | None = None
        self._scan: ScanResult | None = None
        self._assembly: AssembleResult | None = None
        self._windows: list[GenerateResult] = []
        self._pages = 0
        self._pack: PackResult | None = None
        self._result: DocpackResult | None = None

    @workflow.run
    async def run(self, request: DocpackRequest) -> DocpackResult:
        try:
            scan = await self._open_and_scan()
            assembly = await self._assemble(scan)
            parts = await self._generate(scan, assembly)
            pack = await self._pack_up(scan, assembly, parts)
            return await self._register(scan, pack)
        except BaseException as error:
            if not is_compensable(error):
                raise
            await uninterrupted(self._undo(error))
            raise self._ending(error) from error

    # ── what can be asked and asked for ──

    @workflow.query(description="Phase and seconds per stage; the scan's own counters are in its own `progress`.")
    def progress(self) -> JobProgress:
        return JobProgress(
            phase=self._phase,
            note=self._note,
            paused=self._paused,
            scan_workflow_id=self._scan_workflow_id,
            scan_published=self._published(),
            stages=self._all_stages(),
            pages=self._pages,
            pages_done=self._pages_done(),
            started_at=self._began,
            undo_incomplete=tuple(self._saga.incomplete),
        )

    @workflow.query(description="The result, also of a failed or cancelled job; null while it runs.")
    def result(self) -> DocpackResult | None:
        return self._result

    @workflow.update(description="Start no new work until `resume`; what runs is finished.")
    async def pause(self, request: Pause) -> PauseState:
        return await self._set_paused(True, request.reason)

    @workflow.update(description="Go on after `pause`.")
    async def resume(self, request: Pause) -> PauseState:
        return await self._set_paused(False, request.reason)

    async def _set_paused(self, paused: bool, reason: str) -> PauseState:
        self._paused = paused
        self._note = f"paused {reason}".strip() if paused else ""
        if self._child and not self._child.done():
            await self._child.signal(RepoScanWorkflow.set_paused, PauseState(paused=paused))
        self._show()
        return PauseState(paused=paused)

    # ── steps ──

    async def _open_and_scan(self) -> ScanResult:
        self._enter(Phase.INGEST)
        self._saga.register("close_job", self._close_job)
        await settle(self._open_job(), self._run_scan())
        if self._scan is None:
            raise RuntimeError("the scan ended without a result")
        raise_if_cancelled()
        return self._scan

    async def _open_job(self) -> None:
        scan = self._request.scan
        await call(
            JobActivities.open_job,
            OpenJob(
                job_id=self._id,
                run_id=self._run_id,
                tenant=scan.tenant,
                source=scan.source.text,
                ref=scan.source.ref,
                name=scan.source.name,
            ),
            queue=Queue.FAST,
            options=options.ROW,
            summary="open the job",
        )

    async def _run_scan(self) -> None:
        request = self._request.scan
        self._child = await workflow.start_child_workflow(
            RepoScanWorkflow.run,
            request.model_copy(update={"job_id": self._id, "paused": self._paused}),
            id=self._scan_workflow_id,
            parent_close_policy=workflow.ParentClosePolicy.REQUEST_CANCEL,
            static_summary=summary(
                "scan", request.source.text, f"@ {request.source.ref}" if request.source.ref else ""
            ),
            search_attributes=workflow.info().typed_search_attributes,
        )
        # A scan that was publishing when the cancellation came is published: its result must be known.
        self._scan = await child_result(self._child, keep_result=True)

    async def _assemble(self, scan: ScanResult) -> AssembleResult:
        await self._ready(Phase.ASSEMBLE)
        self._saga.register("drop_docpack_parts", self._drop_parts)
        with self._stages.time("assemble"):
            self._assembly = await call(
                AssemblyActivities.assemble,
                AssembleRequest(
                    job_id=self._id,
                    scan_id=scan.scan_id,
                    tree_object=scan.source.tree_object,
                    graph_object=scan.graph.graph_object,
                    encoder=scan.encoder,
                    scope=scan.source.scope,
                    options=self._request.scan.options,
                ),
                queue=Queue.ASSEMBLY,
                options=options.ASSEMBLE,
                summary=f"metrics and clusters of {scan.graph.nodes:,} nodes",
                route=scan.route,
            )
        return self._assembly

    async def _generate(self, scan: ScanResult, assembly: AssembleResult) -> tuple[str, ...]:
        await self._ready(Phase.GENERATE)
        pages = self._pages_request(scan, assembly)
        with self._stages.time("generate"):
            requests = await self._plan_windows(pages, scan)
            gate = asyncio.Semaphore(options.WINDOWS_AT_ONCE)
            parts = await settle(*(self._window(gate, request, scan.route) for request in requests))
        return tuple(part.docs_part for part in parts)

    async def _plan_windows(self, pages: PagesRequest, scan: ScanResult) -> list[GenerateRequest]:
        if scan.graph.nodes < options.SINGLE_WINDOW_NODES:
            return [GenerateRequest(pages=pages)]
        plan = await call(
            GenerationActivities.plan_pages,
            pages,
            queue=Queue.GENERATION,
            options=options.PLAN,
            summary="which pages will there be?",
            route=scan.route,
        )
        self._pages = plan.pages
        size = options.PAGES_PER_WINDOW
        return [GenerateRequest(pages=pages, lo=lo, hi=min(lo + size, plan.pages)) for lo in range(0, plan.pages, size)]

    async def _window(self, gate: asyncio.Semaphore, request: GenerateRequest, route: Route) -> GenerateResult:
        async with gate:
            await workflow.wait_condition(lambda: not self._paused)
            part = await call(
                GenerationActivities.generate_pages,
                request,
                queue=Queue.GENERATION,
                options=options.GENERATE,
                summary="all pages" if request.hi is None else f"pages {request.lo:,}–{request.hi - 1:,}",
                route=route,
            )
        self._windows.append(part)
        self._pages = max(self._pages, self._pages_done())
        self._show()
        return part

    async def _pack_up(self, scan: ScanResult, assembly: AssembleResult, parts: tuple[str, ...]) -> PackResult:
        await self._ready(Phase.PACK)
        with self._stages.time("pack"):
            self._pack = await call(
                PackActivities.pack,
                PackRequest(
                    pages=self._pages_request(scan, assembly),
                    docs_parts=parts,
                    matrix_object=assembly.matrix_object,
                    encoder=scan.encoder,
                ),
                queue=Queue.PACK,
                options=options.PACK,
                summary=f"pack {self._pages:,} pages",
                route=scan.route,
            )
        return self._pack

    async def _register(self, scan: ScanResult, pack: PackResult) -> DocpackResult:
        self._enter(Phase.REGISTER)
        await call(
            PackActivities.register_docpack,
            RegisterDocpack(
                job_id=self._id,
                scan_id=scan.scan_id,
                pack=pack,
                graph_sha256=scan.graph.graph_sha256,
                encoder_id=scan.encoder.encoder_id if scan.encoder else None,
                summary=self._summary(scan.outcome),
            ),
            queue=Queue.PACK,
            options=options.ROW,
            summary=f"register docpack {pack.docpack_id[:12]}",
            route=scan.route,
            keep_result=True,
        )
        self._saga.commit()
        return self._finish(scan.outcome)

    def _pages_request(self, scan: ScanResult, assembly: AssembleResult) -> PagesRequest:
        return PagesRequest(
            job_id=self._id,
            scan_id=scan.scan_id,
            tree_object=scan.source.tree_object,
            graph_object=scan.graph.graph_object,
            assembly_object=assembly.assembly_object,
            scope=scan.source.scope,
            options=self._request.scan.options,
        )

    # ── undo ──

    async def _undo(self, error: BaseException) -> None:
        await self._saga.compensate(error)
        cancelled = is_cancellation(error)
        self._finish(
            Outcome.CANCELLED if cancelled else Outcome.FAILED,
            None if cancelled else describe(from_failure(error)),
        )

    async def _close_job(self, error: BaseException) -> None:
        cancelled = is_cancellation(error)
        ending = self._summary(
            Outcome.CANCELLED if cancelled else Outcome.FAILED, None if cancelled else describe(from_failure(error))
        )
        await call(
            JobActivities.close_job,
            CloseJob(job_id=self._id, run_id=self._run_id, summary=ending),
            queue=Queue.FAST,
            options=options.COMPENSATE,
            summary="undo: close the job",
        )

    async def _drop_parts(self, error: BaseException) -> None:
        await call(
            PackActivities.drop_docpack_parts,
            DropParts(job_id=self._id, scan_id=self._scan.scan_id if self._scan else ""),
            queue=Queue.PACK,
            options=options.COMPENSATE,
            summary="undo: release the parts of the docpack",
        )

    def _ending(self, error: BaseException) -> BaseException:
        if is_cancellation(error) or self._result is None:
            return asyncio.CancelledError()
        return to_application_error(from_failure(error), self._result)

    # ── results, and what can be seen ──

    def _summary(self, outcome: Outcome, error: ErrorDetail | None = None) -> JobSummary:
        scan = self._scan
        return JobSummary(
            outcome=outcome,
            scan_id=scan.scan_id if scan else "",
            scan_published=self._published(),
            counts=scan.counts if scan else Counts(),
            stages=self._all_stages(),
            notes=scan.notes if scan else (),
            issues=scan.issues if scan else {},
            error=error,
            undo_incomplete=tuple(self._saga.incomplete),
        )

    def _finish(self, outcome: Outcome, error: ErrorDetail | None = None) -> DocpackResult:
        ending, scan = self._summary(outcome, error), self._scan
        self._result = DocpackResult(
            outcome=outcome,
            workflow_id=self._id,
            run_id=self._run_id,
            scan_workflow_id=self._scan_workflow_id,
            scan_published=ending.scan_published,
            source=scan.source if scan else None,
            scan=scan,
            assembly=self._assembly,
            pages=self._pages_done(),
            pack=self._pack,
            counts=ending.counts,
            stages=ending.stages | {"total": round(workflow.time() - self._began, 3)},
            notes=ending.notes,
            issues=ending.issues,
            route=scan.route if scan else None,
            device=scan.device if scan else None,
            error=error,
            undo_incomplete=ending.undo_incomplete,
        )
        self._phase, self._note = Phase.DONE, error.message if error else outcome.value
        show_outcome(outcome, self._saga.incomplete)
        self._show()
        return self._result

    def _published(self) -> bool:
        return self._scan is not None

    def _all_stages(self) -> dict[str, float]:
        return (self._scan.stages if self._scan else {}) | self._stages.seconds

    async def _ready(self, phase: Phase) -> None:
        self._enter(phase)
        await workflow.wait_condition(lambda: not self._paused)

    def _enter(self, phase: Phase, note: str = "") -> None:
        self._phase, self._note = phase, note
        show_phase(phase)
        self._show()

    def _show(self) -> None:
        JobView(
            title=f"Docpack of {self._request.scan.source.text}",
            phase=self._phase,
            paused=self._paused,
            note=self._note,
            scan_workflow_id=self._scan_workflow_id,
            scan=self._scan,
            pages=self._pages,
            pages_done=self._pages_done(),
            pack=self._pack,
            stages=self._all_stages(),
            undo_incomplete=self._saga.incomplete,
        ).show()

    def _pages_done(self) -> int:
        return sum(window.pages for window in self._windows)
