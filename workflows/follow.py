"""What follows a publish and changes nothing about it: metrics, churn, and what search reads.

They run beside each other. The scan is published: neither a failure nor a cancellation changes that, it is a note.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from workflows.contracts import options
from workflows.contracts.errors import from_failure, is_cancellation
from workflows.contracts.queues import Queue
from workflows.contracts.routing import Route
from workflows.contracts.scan import (
    ChurnRequest,
    ChurnResult,
    EncoderInfo,
    IngestActivities,
    LinkActivities,
    LinkResult,
    MetricsRequest,
    MetricsResult,
    PublishResult,
    ResolvedSource,
    ScanRequest,
)
from workflows.contracts.search import IndexSearchRequest, IndexSearchResult, SearchIndexActivities
from workflows.saga import is_compensable
from workflows.steps import Stages, StepRow, call, raise_if_cancelled

HISTORIES = ("git", "worktree")  # kinds of sources that may have one; of a remote, the commit is fetched alone
R = TypeVar("R")

STEPS: tuple[StepRow, ...] = (
    StepRow(
        "publish_metrics",
        None,
        "All of the scan; its metrics are those of the scan before, and a note says so.",
        required=False,
    ),
    StepRow("record_churn", None, "The scan, without churn of files; the next one looks again.", required=False),
    StepRow(
        "index_search",
        None,
        "All of the scan; search answers from an earlier scan of the ref, or says that there is none.",
        required=False,
    ),
)


@dataclass(frozen=True, slots=True)
class PublishedScan:
    scan_id: str
    request: ScanRequest
    source: ResolvedSource
    graph: LinkResult
    published: PublishResult
    route: Route
    encoder: EncoderInfo | None


@dataclass(frozen=True, slots=True)
class Followed:
    churn: ChurnResult | None
    notes: tuple[str, ...]


async def follow(scan: PublishedScan, stages: Stages) -> Followed:
    """All to their end; a cancellation ends all."""
    metrics = asyncio.create_task(_optional(_metrics(scan, stages), "metrics of symbols are those of an earlier scan"))
    churn = asyncio.create_task(_optional(_churn(scan), "no churn was recorded"))
    search = asyncio.create_task(_optional(_search(scan, stages), "this scan cannot be searched"))
    with suppress(asyncio.CancelledError):  # gather passes it on and waits: all have ended, and say so in their notes
        await asyncio.gather(metrics, churn, search)
    _, late = metrics.result()
    found, absent = churn.result()
    _, unsearchable = search.result()
    return Followed(found, tuple(note for note in (late, absent, unsearchable) if note))


async def _optional(work: Awaitable[R], failed: str) -> tuple[R | None, str]:
    """Its result, or a note for a person."""
    try:
        return await work, ""
    except BaseException as error:
        if not is_compensable(error):
            raise
        reason = "cancelled" if is_cancellation(error) else from_failure(error).message
        return None, f"{failed}: {reason}"


async def _metrics(scan: PublishedScan, stages: Stages) -> MetricsResult | None:
    """They need the whole graph, however little changed."""
    if not scan.published.metrics_due:
        return None
    raise_if_cancelled()  # it came while the publish committed: nobody waits for more
    request = MetricsRequest(
        scan_id=scan.scan_id,
        tree_object=scan.source.tree_object,
        scope=scan.source.scope,
        options=scan.request.options,
        graph_object=scan.graph.graph_object,
    )
    with stages.time("metrics"):
        return await call(
            LinkActivities.publish_metrics,
            request,
            queue=Queue.ASSEMBLY,
            options=options.METRICS,
            summary=f"metrics of {scan.graph.nodes:,} nodes",
            route=scan.route,
            keep_result=True,  # what was published is no note about a cancellation
        )


async def _churn(scan: PublishedScan) -> ChurnResult | None:
    if scan.source.kind not in HISTORIES:
        return None
    raise_if_cancelled()
    request = ChurnRequest(
        scan_id=scan.scan_id,
        source=scan.request.source,
        commit=scan.source.commit,
        tree_object=scan.source.tree_object,
    )
    return await call(
        IngestActivities.record_churn,
        request,
        queue=Queue.INGEST,
        options=options.CHURN,
        summary="how often was each file changed?",
        keep_result=True,
    )


async def _search(scan: PublishedScan, stages: Stages) -> IndexSearchResult | None:
    if not scan.published.published:  # of no declared ref
        return None
    raise_if_cancelled()
    request = IndexSearchRequest(
        scan_id=scan.scan_id,
        tree_object=scan.source.tree_object,
        graph_object=scan.graph.graph_object,
        scope=scan.source.scope,
        options=scan.request.options,
        encoder=scan.encoder,
    )
    with stages.time("search"):
        return await call(
            SearchIndexActivities.index_search,
            request,
            queue=Queue.ASSEMBLY,
            options=options.INDEX_SEARCH,
            summary=f"make {scan.source.parsed_files:,} files searchable",
            route=scan.route,
            keep_result=True,
        )
