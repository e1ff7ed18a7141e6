"""Parsing and embedding of one range of files, side by side: what `ShardScan` and an inline scan both run.

Pages are parsed one after another, small ones first. Lanes embed whatever is parsed and not yet embedded, as one
range each: while a lane is busy the next range grows, so a slow encoder makes few large ranges and a fast one many
small ones. Parsing waits when it is too far ahead.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from math import inf

from temporalio import workflow

from docrunch.errors import Failed, TooManyFailures
from docrunch.options import ScanOptions
from workflows.contracts import options
from workflows.contracts.errors import to_application_error
from workflows.contracts.progress import Counts
from workflows.contracts.queues import Queue
from workflows.contracts.routing import Device
from workflows.contracts.scan import (
    EmbedActivities,
    EmbedRange,
    EmbedResult,
    EncoderInfo,
    IngestActivities,
    PageRequest,
    PageResult,
    ShardRequest,
)
from workflows.overlap import Overlap
from workflows.saga import settle
from workflows.steps import at_end, call, within

EncoderSource = Callable[[], Awaitable[tuple[EncoderInfo, Device] | None]]


class Gate:
    """Whether new work may be started: shared by a workflow's handlers and its pipeline."""

    def __init__(self, paused: bool = False) -> None:
        self.paused = paused


class Pipeline:
    """One pass over ``request.range``; counts and issues add to those in the request."""

    def __init__(
        self, request: ShardRequest, *, encoder: EncoderSource, gate: Gate, changed: Callable[[], None], bounded: bool
    ) -> None:
        self._request = request
        self._encoder = encoder
        self._gate = gate
        self._changed = changed
        self._bounded = bounded  # stop, drained, when the history has become long
        self._overlap = Overlap()
        self._base = request.counts
        self._sums = Counts()
        self.issues: dict[str, int] = dict(request.issues)
        self.cursor = request.range.lo if request.cursor is None else request.cursor
        self._claimed = self.cursor  # files before it are embedded or being embedded
        self.parsed = False  # no page will follow in this run

    @property
    def counts(self) -> Counts:
        overlap = self._overlap
        timed = Counts(
            parse_seconds=round(overlap.parse_seconds, 3),
            embed_seconds=round(overlap.embed_seconds, 3),
            overlap_seconds=round(overlap.both_seconds, 3),
        )
        return self._base.plus(self._sums).plus(timed)

    @property
    def finished(self) -> bool:
        return self.cursor >= self._request.range.hi

    @property
    def embedding(self) -> bool:
        """Whether anything is still to be embedded, or being embedded."""
        return self._request.options.embeddings and (self._backlog() > 0 or self._overlap.embedding)

    async def run(self) -> None:
        """Until the end of the range; when ``bounded``, perhaps only part of it: see `finished`."""
        lanes = options.EMBED_LANES if self._request.options.embeddings else 0
        await settle(self._parse(), *(self._embed_lane() for _ in range(lanes)))

    # ── parsing ──

    async def _parse(self) -> None:
        size = options.SHARD_FIRST_PAGE_FILES if self._bounded else options.FIRST_PAGE_FILES
        while not self.finished and not self._history_is_long():
            await workflow.wait_condition(lambda: not self._gate.paused and self._backlog() < self._backlog_limit())
            self._add_page(await self._parse_page(size))
            size = min(size * options.PAGE_GROWTH, options.PAGE_FILES)
        self.parsed = True

    async def _parse_page(self, size: int) -> PageResult:
        request = self._request
        hi = min(self.cursor + size, request.range.hi)
        page = PageRequest(
            scan_id=request.scan_id,
            tree_object=request.tree_object,
            lo=request.range.lo,
            hi=hi,
            until=request.range.hi,
            cursor=self.cursor,
            scope=request.scope,
            options=request.options,
        )
        with self._timed("parse"):
            return await call(
                IngestActivities.parse_page,
                page,
                queue=Queue.INGEST,
                options=options.PARSE,
                summary=f"parse files {self.cursor:,}–{hi - 1:,}",
                route=request.route,
            )

    def _add_page(self, page: PageResult) -> None:
        if page.next_cursor <= self.cursor:
            raise to_application_error(Failed(f"parse_page did not advance beyond file {self.cursor}."))
        self.cursor = page.next_cursor
        self._add_issues(page.issues)
        self._sums = self._sums.plus(
            Counts(
                parsed=page.parsed,
                parse_reused=page.reused,
                parse_failed=page.failed,
                symbols=page.symbols,
                issues=sum(page.issues.values()),
                bytes=page.bytes,
            )
        )
        self._changed()
        check_failures(self.counts.parse_failed, self._request.failures_allowed, "files")

    # ── embedding ──

    async def _embed_lane(self) -> None:
        while True:
            await workflow.wait_condition(lambda: self._claimed < self.cursor or self.parsed)
            if self._claimed >= self.cursor:
                return
            chosen = await self._encoder()
            await workflow.wait_condition(lambda: not self._gate.paused)
            if chosen is None:
                return
            if self._claimed >= self.cursor:  # the other lane was quicker
                continue
            lo = self._claimed
            self._claimed = hi = min(self.cursor, lo + options.EMBED_RANGE_FILES)
            self._add_range(await self._embed(lo, hi, *chosen))

    async def _embed(self, lo: int, hi: int, encoder: EncoderInfo, device: Device) -> EmbedResult:
        request = self._request
        with self._timed("embed"):
            return await call(
                EmbedActivities.embed_range,
                EmbedRange(
                    scan_id=request.scan_id,
                    tree_object=request.tree_object,
                    lo=lo,
                    hi=hi,
                    encoder_id=encoder.encoder_id,
                    options=request.options,
                    scope=request.scope,
                ),
                queue=Queue.EMBED_GPU if device is Device.GPU else Queue.EMBED_CPU,
                options=within(options.EMBED, request.gpu_wait_seconds if device is Device.GPU else None),
                summary=f"embed files {lo:,}–{hi - 1:,}",
            )

    def _add_range(self, result: EmbedResult) -> None:
        self._add_issues(result.issues)
        self._sums = self._sums.plus(
            Counts(
                texts=result.texts,
                embedded=result.embedded,
                embed_reused=result.reused,
                embed_failed=result.failed,
                issues=sum(result.issues.values()),
                tokens=result.tokens,
                padded_tokens=result.padded_tokens,
                batches=result.batches,
            )
        )
        self._changed()

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        self._overlap.begin(what, workflow.time())
        with at_end(lambda: self._overlap.end(what, workflow.time())):
            yield

    # ── bounds ──

    def _backlog(self) -> int:
        return self.cursor - self._claimed

    def _backlog_limit(self) -> float:
        return options.EMBED_BACKLOG_FILES if self._request.options.embeddings else inf

    def _history_is_long(self) -> bool:
        info = workflow.info()
        limit = self._request.continue_after_events
        return self._bounded and (info.is_continue_as_new_suggested() or info.get_current_history_length() >= limit)

    def _add_issues(self, issues: dict[str, int]) -> None:
        for reason in sorted(issues):
            self.issues[reason] = self.issues.get(reason, 0) + issues[reason]


def failures_allowed(wanted: ScanOptions, total: int) -> int:
    """How many may be lost: the configured share, and always one, since one bad file is data and not a failure."""
    return max(1, int(wanted.limits.fail_share * total))


def check_failures(lost: int, allowed: int, what: str) -> None:
    """Raises:
    ApplicationError: of type ``too_many_failures``, when more was lost than the configured share.
    """
    if lost > allowed:
        error = TooManyFailures(
            f"{lost} {what} were lost, more than the {allowed} that the configured share allows.",
            hint="See the issues of the scan for the reasons; raise `limits.fail_share` to accept the loss.",
        )
        raise to_application_error(error)
