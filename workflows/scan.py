"""`RepoScanWorkflow`: a source in, a published graph out."""

import asyncio

from temporalio import workflow

from workflows import follow
from workflows.contracts import options
from workflows.contracts.errors import from_failure, is_cancellation, to_application_error
from workflows.contracts.progress import Counts, Outcome, Phase, ScanProgress
from workflows.contracts.queues import Queue
from workflows.contracts.routing import Device, Route
from workflows.contracts.scan import (
    DropScan,
    EncoderInfo,
    FileRange,
    IngestActivities,
    LinkActivities,
    LinkRequest,
    LinkResult,
    OpenScan,
    Pause,
    PauseState,
    PlanRequest,
    PublishResult,
    PublishScan,
    ResolvedSource,
    ResolveRequest,
    ScanRequest,
    ScanResult,
    ScanState,
    ScanStoreActivities,
    ShardRequest,
)
from workflows.encoder import EncoderChoice
from workflows.pipeline import Gate, Pipeline, check_failures, failures_allowed
from workflows.router import route
from workflows.saga import Saga, is_compensable, settle, uninterrupted
from workflows.scan_view import ScanView, decisions, found_issues
from workflows.shards import ShardWindow
from workflows.steps import Stages, StepRow, call
from workflows.visibility import show_outcome, show_phase

STEPS: tuple[StepRow, ...] = (
    StepRow("resolve_source", None, "Nothing is visible. The private copy of the source is removed."),
    StepRow("open_scan", "drop_scan", "The scan is listed as failed or cancelled; nothing of it can be read."),
    StepRow("plan_shards", "drop_scan", "As before."),
    StepRow("describe_encoder", "drop_scan", "As before."),
    StepRow("parse_page", "drop_scan", "As before. Facts stay cached: the next run does not parse them again."),
    StepRow("embed_range", "drop_scan", "As before. Vectors stay cached: the next run does not embed them again."),
    StepRow("link", "drop_scan", "As before. An unused graph object is removed by cleanup."),
    StepRow("publish_scan", "drop_scan", "All of the scan, or what was published before it.", final=True),
    *follow.STEPS,
)


@workflow.defn(name="RepoScanWorkflow")
class RepoScanWorkflow:
    @workflow.init
    def __init__(self, request: ScanRequest) -> None:
        state = request.state
        self._request = request
        self._scan_id = state.scan_id if state else str(workflow.uuid4())
        self._phase = Phase.START
        self._waiting_for_gpu = False
        self._gate = Gate(request.paused)
        self._saga = Saga(on_undo=lambda name: self._enter(Phase.UNDO, f"undoing: {name}"))
        self._stages = Stages(state.stages if state else None)
        self._began = state.started_at if state else workflow.time()
        self._source: ResolvedSource | None = state.source if state else None
        self._slug = ""
        self._route = state.route if state else Route()
        self._encoder = EncoderChoice(self._scan_id, request.embedding, self._wait_for_gpu)
        self._choosing: asyncio.Task[None] | None = None
        self._attempt = state.attempt if state else 0
        self._pipeline: Pipeline | None = None
        self._window: ShardWindow | None = None
        self._graph: LinkResult | None = None
        self._note = ""

    @workflow.run
    async def run(self, request: ScanRequest) -> ScanResult:
        try:
            source = await self._prepare()
            graph = await self._ingest(source)
            return await self._publish(source, graph)
        except BaseException as error:
            if not is_compensable(error):
                raise
            await uninterrupted(self._undo(error))
            raise self._ending(error) from error

    # ── what can be asked and asked for ──

    @workflow.query(description="Phase, counters and seconds per stage of this scan.")
    def progress(self) -> ScanProgress:
        return self._view().progress(self._window.running if self._window else ())

    @workflow.update(description="Start no new page or range until `resume`.")
    async def pause(self, request: Pause) -> PauseState:
        return await self._set_paused(True, request.reason)

    @workflow.update(description="Go on after `pause`.")
    async def resume(self, request: Pause) -> PauseState:
        return await self._set_paused(False, request.reason)

    @workflow.signal(description="As `pause` and `resume`; sent by the job.")
    async def set_paused(self, state: PauseState) -> None:
        await self._set_paused(state.paused, "")

    async def _set_paused(self, paused: bool, reason: str) -> PauseState:
        self._gate.paused = paused
        self._note = f"paused {reason}".strip() if paused else ""
        if self._window:
            await self._window.pause(PauseState(paused=paused))
        self._show()
        return PauseState(paused=paused)

    # ── resolve, open ──

    async def _prepare(self) -> ResolvedSource:
        if self._request.state:
            return self._restore(self._request.state)
        self._enter(Phase.RESOLVE)
        if self._request.options.embeddings:
            self._choosing = asyncio.create_task(self._encoder.choose())
        with self._stages.time("resolve"):
            source = self._source = await self._resolve()
            self._route = route(source.estimate.seconds_high, source.history_seconds)
            self._saga.register("drop_scan", self._drop)
            await self._open(source)
        return source

    async def _resolve(self) -> ResolvedSource:
        request = self._request
        return await call(
            IngestActivities.resolve_source,
            ResolveRequest(
                job_id=request.job_id, tenant=request.tenant, source=request.source, options=request.options
            ),
            queue=Queue.INGEST,
            options=options.RESOLVE,
            summary="read the source once and store its tree",
        )

    async def _open(self, source: ResolvedSource) -> None:
        info = workflow.info()
        opened = await call(
            ScanStoreActivities.open_scan,
            OpenScan(
                scan_id=self._scan_id,
                job_id=self._request.job_id,
                tenant=self._request.tenant,
                workflow_id=info.workflow_id,
                run_id=info.run_id,
                source=source,
                route=self._route,
                options=self._request.options,
            ),
            queue=Queue.ASSEMBLY,
            options=options.ROW,
            summary=f"open the scan of {source.repository} @ {source.commit[:12]}",
            route=self._route,
        )
        self._slug = opened.slug

    # ── parse, embed, link ──

    async def _ingest(self, source: ResolvedSource) -> LinkResult:
        self._enter(Phase.INGEST)
        shards = await self._plan(source)
        while True:
            try:
                with self._stages.time("ingest"):
                    graph = await (self._inline(source) if len(shards) == 1 else self._children(source, shards))
                break
            except BaseException as error:
                if not is_compensable(error) or not self._encoder.may_fall_back(self._encoder.device, error):
                    raise
            self._attempt += 1
            self._pipeline = self._window = None
            await self._encoder.fall_back()
        counts = self._counts()
        check_failures(counts.embed_failed, failures_allowed(self._request.options, counts.texts), "texts")
        return graph

    async def _plan(self, source: ResolvedSource) -> tuple[FileRange, ...]:
        if self._request.state:
            return self._request.state.shards
        files = self._request.shard_files or options.SHARD_FILES
        if source.parsed_files <= files:  # one shard needs no plan and no child
            return (FileRange(lo=0, hi=source.parsed_files),)
        plan = await call(
            IngestActivities.plan_shards,
            PlanRequest(tree_object=source.tree_object, max_files=files, max_bytes=options.SHARD_BYTES),
            queue=Queue.INGEST,
            options=options.PLAN,
            summary=f"cut {source.parsed_files:,} files into shards",
            route=self._route,
        )
        return plan.shards

    async def _inline(self, source: ResolvedSource) -> LinkResult:
        shard = self._shard(source, FileRange(lo=0, hi=source.parsed_files))
        self._pipeline = Pipeline(shard, encoder=self._chosen, gate=self._gate, changed=self._show, bounded=False)
        results = await settle(self._pipeline.run(), self._link_when_parsed(source, self._pipeline))
        graph = results[1]
        if graph is None:
            raise RuntimeError("link ended without a graph")
        return graph

    async def _link_when_parsed(self, source: ResolvedSource, pipeline: Pipeline) -> LinkResult | None:
        await workflow.wait_condition(lambda: pipeline.parsed)
        if self._graph is None:  # linking needs no vectors: it runs beside the rest of the embedding
            self._graph = await self._link(source)
            if pipeline.embedding:
                self._enter(Phase.EMBED)
        return self._graph

    async def _children(self, source: ResolvedSource, shards: tuple[FileRange, ...]) -> LinkResult:
        await self._chosen()
        state = self._request.state
        self._window = ShardWindow(
            requests=[self._shard(source, each) for each in shards],
            scan_workflow=workflow.info().workflow_id,
            attempt=self._attempt,
            state=state if state and state.attempt == self._attempt else None,
            continue_after_events=self._request.continue_after_events,
            changed=self._show,
        )
        await self._window.run()
        if self._window.next_shard < len(shards):
            workflow.continue_as_new(self._rest(source, shards, self._window))
        return await self._link(source)

    def _shard(self, source: ResolvedSource, files: FileRange) -> ShardRequest:
        return ShardRequest(
            scan_id=self._scan_id,
            tree_object=source.tree_object,
            range=files,
            repository=source.repository,
            encoder=self._encoder.info,
            device=self._encoder.device or Device.CPU,
            gpu_wait_seconds=self._encoder.gpu_wait_seconds,
            scope=source.scope,
            options=self._request.options,
            route=self._route,
            failures_allowed=failures_allowed(self._request.options, source.parsed_files),
            paused=self._gate.paused,
        )

    async def _link(self, source: ResolvedSource) -> LinkResult:
        self._enter(Phase.LINK)
        with self._stages.time("link"):
            return await call(
                LinkActivities.link,
                LinkRequest(
                    scan_id=self._scan_id,
                    tree_object=source.tree_object,
                    scope=source.scope,
                    options=self._request.options,
                ),
                queue=Queue.ASSEMBLY,
                options=options.LINK,
                summary=f"link {source.parsed_files:,} files into one graph",
                route=self._route,
            )

    async def _chosen(self) -> tuple[EncoderInfo, Device] | None:
        if self._choosing:
            await asyncio.shield(self._choosing)  # a lane that gives up must not take the choice from the other
        chosen = self._encoder
        return (chosen.info, chosen.device) if chosen.info and chosen.device else None

    # ── publish ──

    async def _publish(self, source: ResolvedSource, graph: LinkResult) -> ScanResult:
        self._enter(Phase.PUBLISH)
        counts = self._counts()
        lost = counts.parse_failed + counts.embed_failed + sum(graph.issues.values())
        outcome = Outcome.PARTIAL if lost else Outcome.COMPLETED
        self._stages.seconds |= {"parse": counts.parse_seconds, "embed": counts.embed_seconds}
        with self._stages.time("publish"):
            published = await self._publish_graph(source, graph, outcome, counts)
        self._saga.commit()
        known = self._encoder.info
        scan = follow.PublishedScan(self._scan_id, self._request, source, graph, published, self._route, known)
        followed = await follow.follow(scan, self._stages)
        self._enter(Phase.DONE)
        show_outcome(outcome)
        return ScanResult(
            scan_id=self._scan_id,
            outcome=outcome,
            source=source,
            slug=self._slug,
            route=self._route,
            graph=graph,
            publish=published,
            counts=counts,
            issues=self._issues(),
            stages=self._stages.seconds,
            notes=decisions(self._route, [*self._encoder.notes, *followed.notes]),
            encoder=self._encoder.info,
            device=self._encoder.device,
            shards=1 if self._window is None else self._window.next_shard,
            churn=followed.churn,
        )

    async def _publish_graph(
        self, source: ResolvedSource, graph: LinkResult, outcome: Outcome, counts: Counts
    ) -> PublishResult:
        return await call(
            ScanStoreActivities.publish_scan,
            PublishScan(
                scan_id=self._scan_id,
                tree_object=source.tree_object,
                graph_object=graph.graph_object,
                outcome=outcome,
                counts=counts,
                stages=self._stages.seconds,
                encoder_id=self._encoder.info.encoder_id if self._encoder.info else "",
                encoder=self._encoder.info,
                scope=source.scope,
                options=self._request.options,
            ),
            queue=Queue.ASSEMBLY,
            options=options.PUBLISH,
            summary=f"publish {graph.nodes:,} nodes and {graph.edges:,} edges in one transaction",
            route=self._route,
            keep_result=True,  # once published, a cancellation that came meanwhile is the job's to honour
        )

    # ── undo ──

    async def _undo(self, error: BaseException) -> None:
        if self._choosing and not self._choosing.done():
            self._choosing.cancel()
        if self._choosing:
            await asyncio.gather(self._choosing, return_exceptions=True)
        await self._saga.compensate(error)
        outcome = Outcome.CANCELLED if is_cancellation(error) else Outcome.FAILED
        self._enter(Phase.DONE, f"{outcome.value}: {_reason(error)}")
        show_outcome(outcome, self._saga.incomplete)

    async def _drop(self, error: BaseException) -> None:
        cancelled = is_cancellation(error)
        domain = from_failure(error)
        await call(
            ScanStoreActivities.drop_scan,
            DropScan(
                scan_id=self._scan_id,
                outcome=Outcome.CANCELLED if cancelled else Outcome.FAILED,
                code="cancelled" if cancelled else domain.code,
                message=_reason(error),
            ),
            queue=Queue.ASSEMBLY,
            options=options.COMPENSATE,
            summary="undo: drop what this scan wrote",
        )

    def _ending(self, error: BaseException) -> BaseException:
        if is_cancellation(error):
            return asyncio.CancelledError()
        return to_application_error(from_failure(error))

    # ── continue-as-new ──

    def _rest(self, source: ResolvedSource, shards: tuple[FileRange, ...], window: ShardWindow) -> ScanRequest:
        state = ScanState(
            scan_id=self._scan_id,
            source=source,
            slug=self._slug,
            route=self._route,
            encoder=self._encoder.info,
            device=self._encoder.device,
            attempt=self._attempt,
            shards=shards,
            next_shard=window.next_shard,
            counts=window.counts,
            issues=window.issues,
            stages=self._stages.seconds,
            notes=tuple(self._encoder.notes),
            started_at=self._began,
        )
        return self._request.model_copy(update={"state": state, "paused": self._gate.paused})

    def _restore(self, state: ScanState) -> ResolvedSource:
        self._slug = state.slug
        self._encoder.restore(state.encoder, state.device, state.notes)
        self._saga.register("drop_scan", self._drop)
        return state.source

    # ── what can be seen ──

    def _counts(self) -> Counts:
        if self._window:
            return self._window.counts
        return self._pipeline.counts if self._pipeline else Counts()

    def _issues(self) -> dict[str, int]:
        part = self._window or self._pipeline
        parts = (part.issues if part else {}, self._graph.issues if self._graph else {})
        return found_issues(self._source, parts, paged=part is not None)

    def _wait_for_gpu(self, waiting: bool) -> None:
        if waiting == self._waiting_for_gpu:
            return
        self._waiting_for_gpu = waiting
        self._note = "waiting for a GPU worker (queue embed-gpu)" if waiting else ""
        self._enter(self._phase, self._note)

    def _shown_phase(self) -> Phase:
        early = self._phase in (Phase.START, Phase.RESOLVE, Phase.INGEST, Phase.EMBED)
        return Phase.WAITING_FOR_GPU if self._waiting_for_gpu and early else self._phase

    def _enter(self, phase: Phase, note: str = "") -> None:
        self._phase, self._note = phase, note or ("" if not self._waiting_for_gpu else self._note)
        if phase is not Phase.DONE:  # the outcome is written together with it
            show_phase(self._shown_phase())
        self._show()

    def _show(self) -> None:
        self._view().show()

    def _view(self) -> ScanView:
        return ScanView(
            title=f"Scan of {self._request.source.text}",
            phase=self._shown_phase(),
            paused=self._gate.paused,
            note=self._note,
            source=self._source,
            counts=self._counts(),
            started_at=self._began,
            encoder=self._encoder.info,
            device=self._encoder.device,
            stages=self._stages.seconds,
            issues=self._issues(),
            undo_incomplete=self._saga.incomplete,
        )


def _reason(error: BaseException) -> str:
    if is_cancellation(error):
        return workflow.cancellation_reason() or "cancelled on request"
    return from_failure(error).message
