"""The rows of a scan: opened, dropped, published, closed."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from temporalio import activity

from activities.heartbeat import finished, heartbeating
from activities.preparing import Preparation, Prepared
from activities.scan_world import ScanWorlds
from activities.scans import ROOT, Run, embedding_started, ended_scan, run_of
from activities.skipped import skipped_events
from activities.sync_signal import SyncSignal
from activities.told import index_objects
from db.events import NewEvent, append
from db.events.model import EmbeddingCompleted, IngestCompleted, IngestStarted, WorkflowProgress
from db.objects import ObjectKind, reference
from db.publish import BaseMoved, Publication, publish_within, published_before
from db.repositories import issues, jobs, projects, scans
from db.repositories.scans import Hold
from docrunch.pipeline.embedding import LOST_TEXT
from docrunch.pipeline.finishing import scan_extractor_id
from docrunch.source.model import Issue
from workflows.contracts.errors import ErrorDetail
from workflows.contracts.progress import Outcome
from workflows.contracts.scan import (
    DropScan,
    OpenedScan,
    OpenScan,
    PublishResult,
    PublishScan,
    ScanStoreActivities,
)

_KEPT_COUNTS = ("symbols", "embedded", "embed_reused", "embed_failed", "issues")
DELTAS = 2  # attempts to publish a difference before all rows are published, which waits for nobody


class ScanStore(ScanStoreActivities):
    def __init__(self, worlds: ScanWorlds, signal: SyncSignal | None = None) -> None:
        self._worlds = worlds
        self._signal = signal
        self._rows = worlds.rows
        self._preparation = Preparation(worlds)

    @activity.defn(name="open_scan")
    async def open_scan(self, request: OpenScan) -> OpenedScan:
        source = request.source
        tree = await self._worlds.worlds.tree(source.tree_object)
        extractor = await asyncio.to_thread(scan_extractor_id, tree.reader)
        async with self._rows.database.transaction() as connection:
            owner = await projects.upsert_repository(
                connection,
                name=source.repository,
                kind=source.kind,
                scope=source.scope,
                url=source.url,
                tenant_id=request.tenant,
            )
            row = await scans.open_scan(connection, _request(request, owner.id, extractor))
            await scans.record(
                connection,
                row.id,
                objects={"tree": reference(ObjectKind.TREE, source.tree_object), **index_objects(request.options)},
                tree_sha256=source.tree_sha256,
            )
            route = request.route.model_dump(mode="json")
            await jobs.attach_to_open(connection, request.job_id, row.id, owner.id, route)
            run = run_of(row)
            if not tree.parsed:  # no page will list what was found when the source was read
                await issues.add_many(connection, row.id, tree.reader.issues)
            started = IngestStarted(source.repository, source.commit, source.ref, row.id)
            await append(
                connection,
                [
                    run.event(started, ROOT, None),
                    run.event(WorkflowProgress("ingest", 0, source.parsed_files), "progress:ingest"),
                    *skipped_events(run, tree.reader.entries),
                ],
            )
        return OpenedScan(slug=owner.slug)

    @activity.defn(name="drop_scan")
    async def drop_scan(self, request: DropScan) -> None:
        async with heartbeating(), self._rows.database.transaction() as connection:
            row = await scans.find_by_run(connection, request.scan_id, Hold.EXCLUSIVE)
            if row is None:
                return
            error = ErrorDetail(code=request.code, message=request.message).model_dump(mode="json")
            run = run_of(row)
            ended = await ended_scan(connection, run, str(request.outcome), request.code)
            outcome = "superseded" if request.code == "superseded" else str(request.outcome)
            await scans.close_scan(connection, row.id, outcome, error=error, events=ended)

    @activity.defn(name="publish_scan")
    async def publish_scan(self, request: PublishScan) -> PublishResult:
        """Cancelled while it reads and prepares: nothing happened. Cancelled while it writes: it is published."""
        started = asyncio.get_running_loop().time()
        async with heartbeating():
            known = await self._published(request.scan_id)
            if known is not None:
                return known
            for attempt in range(DELTAS + 1):
                prepared = await self._preparation.prepare(request, whole=attempt == DELTAS)
                try:
                    return await finished(self._publish(request, prepared, started), keep_result=True)
                except BaseMoved as moved:
                    activity.logger.info("preparing the publish again: %s", moved)
            raise AssertionError("unreachable: all rows are a delta of nothing")

    async def _publish(self, request: PublishScan, prepared: Prepared, started: float) -> PublishResult:
        tree, lost = prepared.tree, prepared.lost
        async with self._rows.database.transaction() as connection:
            run = await self._rows.run(connection, request.scan_id)
            done = await publish_within(connection, run.id, prepared.rows, [])
            counts = request.counts
            await scans.record(connection, run.id, encoder_id=request.encoder_id or None)
            completed = IngestCompleted(
                str(request.outcome),
                dict(Counter(issue.reason for issue in lost)),
                len(tree.reader.entries),
                counts.parsed,
                counts.parse_reused,
                len(tree.reader.entries) - len(tree.parsed),
            )
            await scans.close_scan(
                connection,
                run.id,
                str(request.outcome),
                counts={
                    "files": len(tree.parsed),
                    **(prepared.totals or _totals(done)),
                    **counts.model_dump(mode="json", include=set(_KEPT_COUNTS)),
                },
                stages=request.stages,
                events=[*_embedded(run, request, lost), run.event(completed, "ingest:completed")],
            )
        if self._signal is not None and done.enqueued.count:
            self._signal.committed(run.repository_id, run.repository, run.tenant)
        return _result(done, asyncio.get_running_loop().time() - started)

    async def _published(self, scan_id: str) -> PublishResult | None:
        """The answer of an attempt that committed and could not say so."""
        async with self._rows.database.transaction() as connection:
            row = await scans.find_by_run(connection, scan_id)
            if row is None or row.status not in ("published", "stored"):
                return None
            done = await published_before(connection, row.id)
            return _result(done, 0.0) if done is not None else None


def _embedded(run: Run, request: PublishScan, lost: Sequence[Issue]) -> list[NewEvent]:
    """That all texts have vectors or are listed; nothing for a scan without embeddings."""
    if not request.encoder_id:
        return []
    missing = Counter(issue.reason for issue in lost if issue.reason == LOST_TEXT)
    counts = request.counts
    status = str(Outcome.PARTIAL if missing else Outcome.COMPLETED)
    completed = EmbeddingCompleted(status, dict(missing), counts.embedded, counts.embed_reused, request.encoder_id)
    return [run.event(completed, "embedding:completed", embedding_started(request.encoder_id))]


def _request(request: OpenScan, repository_id: int, extractor: str) -> scans.ScanRequest:
    source = request.source
    return scans.ScanRequest(
        workflow_id=request.workflow_id,
        run_id=request.scan_id,  # made once by the workflow: it survives continue-as-new
        repository_id=repository_id,
        ref=source.ref,
        declared_ref=source.declared_ref,
        commit=source.commit,
        kind=source.kind,
        extractor_id=extractor,
        options={
            "job_id": request.job_id,
            "tenant": request.tenant,
            "repository": source.repository,
            "scope": source.scope,
            "route": request.route.model_dump(mode="json"),
            "workflow_run_id": request.run_id,
            "scan": request.model_dump(mode="json")["options"],
        },
    )


def _result(done: Publication, seconds: float) -> PublishResult:
    files = done.changes.get("files")
    return PublishResult(
        published=done.ref_id is not None,
        files_changed=(files.added + files.changed) if files else 0,
        files_removed=files.removed if files else 0,
        symbols=_total(done, "symbols"),
        relationships=_total(done, "relationships"),
        chunks=_total(done, "chunks"),
        seconds=round(seconds, 3),
        pending_syncs=done.enqueued.count,
        metrics_due=done.metrics_due,
    )


def _totals(done: Publication) -> dict[str, int]:
    return {name: done.changes[table].total for name, table in _TOTALS.items()}


_TOTALS = {"nodes": "symbols", "edges": "relationships", "chunks": "chunks"}


def _total(done: Publication, table: str) -> int:
    change = done.changes.get(table)
    return change.added + change.changed + change.removed if change else 0
