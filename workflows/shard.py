"""`ShardScan`: one shard of a large scan, with a history and an id of its own."""

from temporalio import workflow

from workflows.contracts.progress import Phase, ScanProgress
from workflows.contracts.routing import Device
from workflows.contracts.scan import EncoderInfo, PauseState, ShardRequest, ShardResult
from workflows.pipeline import Gate, Pipeline
from workflows.steps import StepRow
from workflows.visibility import counted, show_details

STEPS: tuple[StepRow, ...] = (
    StepRow("parse_page", None, "Nothing is visible; facts stay in the cache and are reused by the next run."),
    StepRow("embed_range", None, "Nothing is visible; vectors stay in the cache and are reused by the next run."),
)


@workflow.defn(name="ShardScan")
class ShardScan:
    """Undoes nothing: what it writes are caches. Its parent drops the scan."""

    @workflow.init
    def __init__(self, request: ShardRequest) -> None:
        self._request = request
        self._gate = Gate(request.paused)
        self._began = workflow.time()
        self._pipeline = Pipeline(request, encoder=self._encoder, gate=self._gate, changed=self._show, bounded=True)

    @workflow.run
    async def run(self, request: ShardRequest) -> ShardResult:
        self._show()
        await self._pipeline.run()
        if not self._pipeline.finished:
            workflow.continue_as_new(self._rest())
        return ShardResult(counts=self._pipeline.counts, issues=self._pipeline.issues)

    @workflow.query(description="How far this shard is.")
    def progress(self) -> ScanProgress:
        return ScanProgress(
            phase=Phase.EMBED if self._pipeline.parsed else Phase.INGEST,
            paused=self._gate.paused,
            repository=self._request.repository,
            files=self._request.range.hi - self._request.range.lo,
            counts=self._pipeline.counts,
            encoder_id=self._request.encoder.encoder_id if self._request.encoder else "",
            started_at=self._began,
            issues=self._pipeline.issues,
        )

    @workflow.signal(description="Stop or allow the start of new pages and ranges; sent by the scan.")
    def set_paused(self, state: PauseState) -> None:
        self._gate.paused = state.paused

    def _rest(self) -> ShardRequest:
        return self._request.model_copy(
            update={
                "cursor": self._pipeline.cursor,
                "counts": self._pipeline.counts,
                "issues": self._pipeline.issues,
                "paused": self._gate.paused,
            }
        )

    async def _encoder(self) -> tuple[EncoderInfo, Device] | None:
        return (self._request.encoder, self._request.device) if self._request.encoder else None

    def _show(self) -> None:
        request = self._request
        rows = counted(self._pipeline.counts, request.range.hi - request.range.lo, workflow.time() - self._began)
        show_details(f"Files {request.range.lo:,}–{request.range.hi - 1:,} of {request.repository}", rows)
