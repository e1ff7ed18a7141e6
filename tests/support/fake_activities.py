"""Recording activities behind the real ports, workers and server: the boundary at which workflows are tested.

A test opens a `World`, named by the slug in the workflow id; what the activities of that run are asked is recorded
there, and what goes wrong is arranged there.
"""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from workers.registry import bind, spec
from workflows.contracts import cleanup, docpack, health, query, scan, search
from workflows.contracts.queues import Queue, Role
from workflows.contracts.routing import Pollers, PollersRequest

R = TypeVar("R")
BEAT_SECONDS = 0.02


@dataclass
class World:
    """What one run's activities answer, and what they were asked."""

    name: str
    files: int = 40
    nodes: int = 100
    pages: int = 450
    estimate: float = 100.0  # durable queues
    gpu_pollers: int = 0
    declared_ref: bool = True
    unlinked: int = 0  # files that cannot be linked
    lost_files: int = 0  # per page
    published_before: bool = False
    calls: list[tuple[str, Any]] = field(default_factory=list)
    queues: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    fail: dict[str, BaseException] = field(default_factory=dict)
    fail_times: dict[str, int] = field(default_factory=dict)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    started: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    running: set[str] = field(default_factory=set)
    overlapped: set[tuple[str, str]] = field(default_factory=set)
    health: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0  # that every activity takes
    uncancellable: set[str] = field(default_factory=set)  # their commit is under way when the cancellation comes

    @property
    def workflow_id(self) -> str:
        return f"docpack:{self.name}:0123456789ab:cafe"

    def hold(self, name: str) -> asyncio.Event:
        """The activity waits until the returned event is set, or until it is cancelled."""
        return self.held.setdefault(name, asyncio.Event())

    def names(self, *wanted: str) -> list[str]:
        return [name for name, _ in self.calls if not wanted or name in wanted]

    def requests(self, name: str) -> list[Any]:
        return [request for each, request in self.calls if each == name]

    async def act(self, name: str, request: Any, result: R) -> R:
        self.calls.append((name, request))
        self.queues[name].add(activity.info().task_queue)
        self.overlapped |= {(other, name) for other in self.running}
        self.running.add(name)
        self.started[name].set()
        try:
            await self._wait(name)
        except asyncio.CancelledError:
            if name not in self.uncancellable:
                raise
        finally:
            self.running.discard(name)
        if name in self.fail and self.fail_times.get(name, 1) > 0:
            if name in self.fail_times:
                self.fail_times[name] -= 1
            raise self.fail[name]
        return result

    async def _wait(self, name: str) -> None:
        if self.seconds:
            await asyncio.sleep(self.seconds)
        release = self.held.get(name)
        while release and not release.is_set():
            activity.heartbeat()
            with suppress(TimeoutError):
                await asyncio.wait_for(release.wait(), BEAT_SECONDS)


def refusal(name: str) -> ApplicationError:
    return ApplicationError(f"{name} was told to fail", type="invalid_archive", non_retryable=True)


class Worlds:
    def __init__(self) -> None:
        self._found: dict[str, World] = {}
        self._numbers = itertools.count(1)

    def open(self, label: str = "world", **settings: Any) -> World:
        world = World(name=f"{label}-{next(self._numbers)}", **settings)
        self._found[world.name] = world
        return world

    def here(self) -> World:
        """The world of the run that the current activity belongs to; one for all scheduled operations."""
        parts = (activity.info().workflow_id or "").split(":")
        return self._found.setdefault(parts[1], World(name=parts[1]))


class _Fake:
    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds

    async def act(self, request: Any, result: R) -> R:
        return await self._worlds.here().act(activity.info().activity_type, request, result)


class FakeIngest(_Fake, scan.IngestActivities):
    @activity.defn(name="resolve_source")
    async def resolve_source(self, request: scan.ResolveRequest) -> scan.ResolvedSource:
        world = self._worlds.here()
        resolved = scan.ResolvedSource(
            repository=f"example.org/{world.name}",
            slug=world.name,
            commit="0123456789abcdef0123456789abcdef01234567",
            ref="main",
            declared_ref=world.declared_ref,
            kind="git",
            tree_object="t" * 64,
            tree_sha256="a" * 64,
            files=world.files + 2,
            parsed_files=world.files,
            bytes=world.files * 1000,
            skipped={"binary": 2},
            languages=3,
            issues={"encoding_guessed": 1},
            estimate=scan.EstimateRange(seconds_low=world.estimate / 2, seconds_high=world.estimate),
        )
        return await self.act(request, resolved)

    @activity.defn(name="plan_shards")
    async def plan_shards(self, request: scan.PlanRequest) -> scan.ShardPlan:
        files = self._worlds.here().files
        shards = tuple(
            scan.FileRange(lo=lo, hi=min(lo + request.max_files, files)) for lo in range(0, files, request.max_files)
        )
        return await self.act(request, scan.ShardPlan(shards=shards))

    @activity.defn(name="parse_page")
    async def parse_page(self, request: scan.PageRequest) -> scan.PageResult:
        lost = self._worlds.here().lost_files
        files = request.hi - request.cursor
        page = scan.PageResult(
            next_cursor=request.hi,
            parsed=files - lost,
            reused=0,
            failed=lost,
            symbols=files * 5,
            issues={"parser_crashed": lost} if lost else {},
            bytes=files * 1000,
        )
        return await self.act(request, page)

    @activity.defn(name="record_churn")
    async def record_churn(self, request: scan.ChurnRequest) -> scan.ChurnResult:
        return await self.act(request, scan.ChurnResult(files=1, commits=2))


class FakeScanStore(_Fake, scan.ScanStoreActivities):
    @activity.defn(name="open_scan")
    async def open_scan(self, request: scan.OpenScan) -> scan.OpenedScan:
        return await self.act(request, scan.OpenedScan(slug=request.source.slug))

    @activity.defn(name="drop_scan")
    async def drop_scan(self, request: scan.DropScan) -> None:
        await self.act(request, None)

    @activity.defn(name="publish_scan")
    async def publish_scan(self, request: scan.PublishScan) -> scan.PublishResult:
        declared = self._worlds.here().declared_ref
        return await self.act(request, scan.PublishResult(published=declared, metrics_due=declared))


class FakeEmbed(_Fake, scan.EmbedActivities):
    @activity.defn(name="describe_encoder")
    async def describe_encoder(self, request: scan.DescribeEncoder) -> scan.EncoderInfo:
        device = activity.info().task_queue.removeprefix("embed-")
        return await self.act(request, scan.EncoderInfo(encoder_id=f"minilm-{device}", dimensions=384))

    @activity.defn(name="embed_range")
    async def embed_range(self, request: scan.EmbedRange) -> scan.EmbedResult:
        texts = (request.hi - request.lo) * 5
        return await self.act(request, scan.EmbedResult(texts=texts, embedded=texts - 1, reused=1, batches=1))


class FakeLink(_Fake, scan.LinkActivities):
    @activity.defn(name="link")
    async def link(self, request: scan.LinkRequest) -> scan.LinkResult:
        here = self._worlds.here()
        issues = {"link_failed": here.unlinked} if here.unlinked else {}
        made = scan.LinkResult(
            graph_object="g" * 64, graph_sha256="b" * 64, nodes=here.nodes, edges=here.nodes * 3, issues=issues
        )
        return await self.act(request, made)

    @activity.defn(name="publish_metrics")
    async def publish_metrics(self, request: scan.MetricsRequest) -> scan.MetricsResult:
        return await self.act(request, scan.MetricsResult(rows=self._worlds.here().nodes, published=True))


class FakeSearchIndex(_Fake, search.SearchIndexActivities):
    @activity.defn(name="index_search")
    async def index_search(self, request: search.IndexSearchRequest) -> search.IndexSearchResult:
        return await self.act(request, search.IndexSearchResult(search_object="x" * 64, published=True))


class FakeAssembly(_Fake, docpack.AssemblyActivities):
    @activity.defn(name="assemble")
    async def assemble(self, request: docpack.AssembleRequest) -> docpack.AssembleResult:
        return await self.act(request, docpack.AssembleResult(assembly_object="s" * 64, matrix_object="m" * 64))


class FakeGeneration(_Fake, docpack.GenerationActivities):
    @activity.defn(name="plan_pages")
    async def plan_pages(self, request: docpack.PagesRequest) -> docpack.PagePlan:
        return await self.act(request, docpack.PagePlan(pages=self._worlds.here().pages))

    @activity.defn(name="generate_pages")
    async def generate_pages(self, request: docpack.GenerateRequest) -> docpack.GenerateResult:
        hi = self._worlds.here().pages if request.hi is None else request.hi
        return await self.act(request, docpack.GenerateResult(docs_part=f"part-{request.lo}", pages=hi - request.lo))


class FakePack(_Fake, docpack.PackActivities):
    @activity.defn(name="pack")
    async def pack(self, request: docpack.PackRequest) -> docpack.PackResult:
        return await self.act(
            request,
            docpack.PackResult(docpack_object="p" * 64, docpack_id="d" * 64, bytes=12345, docs_object="o" * 64),
        )

    @activity.defn(name="register_docpack")
    async def register_docpack(self, request: docpack.RegisterDocpack) -> None:
        await self.act(request, None)

    @activity.defn(name="drop_docpack_parts")
    async def drop_docpack_parts(self, request: docpack.DropParts) -> None:
        await self.act(request, None)


class FakeJobs(_Fake, docpack.JobActivities):
    @activity.defn(name="open_job")
    async def open_job(self, request: docpack.OpenJob) -> None:
        await self.act(request, None)

    @activity.defn(name="close_job")
    async def close_job(self, request: docpack.CloseJob) -> None:
        await self.act(request, None)


class FakeRouting(_Fake, scan.RoutingActivities):
    @activity.defn(name="queue_pollers")
    async def queue_pollers(self, request: PollersRequest) -> Pollers:
        return await self.act(request, Pollers(queue=Queue.EMBED_GPU, count=self._worlds.here().gpu_pollers))


class FakeHealth(_Fake, health.HealthActivities):
    @activity.defn(name="check_component")
    async def check_component(self, request: health.CheckRequest) -> health.ComponentHealth:
        world = self._worlds.here()
        found = health.Health(world.health.get(request.component, "ok"))
        if world.health.get(f"{request.component}!"):
            raise RuntimeError(world.health[f"{request.component}!"])
        return await self.act(request, health.ComponentHealth(component=request.component, health=found))

    @activity.defn(name="record_health")
    async def record_health(self, report: health.HealthReport) -> None:
        await self.act(report, None)


class FakeMaintenance(_Fake, cleanup.MaintenanceActivities):
    @activity.defn(name="cleanup_step")
    async def cleanup_step(self, request: cleanup.CleanupStep) -> cleanup.Cleaned:
        name = f"cleanup_step:{request.kind.value}"
        return await self._worlds.here().act(name, request, cleanup.Cleaned(deleted=10, bytes=100))

    @activity.defn(name="sweep_orphans")
    async def sweep_orphans(self, request: cleanup.SweepRequest) -> cleanup.SweepResult:
        return await self.act(request, cleanup.SweepResult(checked=5, swept=1, workflow_ids=("run-1",)))


class FakeQueries(_Fake, query.QueryActivities):
    @activity.defn(name="search")
    async def search(self, request: query.SearchRequest) -> query.SearchAnswer:
        hit = query.FoundHit(
            rank=1,
            id="n_1",
            kind="symbol",
            path="a.py",
            line=1,
            end_line=2,
            name="f",
            score=1.0,
            signals={"keyword": 1.0},
        )
        return await self.act(request, query.SearchAnswer(hits=(hit,)))


FAKES = (
    FakeIngest, FakeScanStore, FakeEmbed, FakeLink, FakeSearchIndex, FakeAssembly, FakeGeneration, FakePack,
    FakeJobs, FakeRouting, FakeHealth, FakeMaintenance, FakeQueries,
)  # fmt: skip


def fakes(worlds: Worlds) -> list[object]:
    return [kind(worlds) for kind in FAKES]


def fake_worker(client: Client, role: Role, worlds: Worlds) -> Worker:
    found = spec(role)
    return Worker(
        client,
        task_queue=found.queue,
        workflows=found.workflows,
        activities=bind(role, fakes(worlds)),
        max_heartbeat_throttle_interval=timedelta(milliseconds=100),
        default_heartbeat_throttle_interval=timedelta(milliseconds=100),
    )


@asynccontextmanager
async def run_fake_workers(
    client: Client, worlds: Worlds, *, without: frozenset[Role] = frozenset()
) -> AsyncIterator[None]:
    """All roles that have work but the GPU: tests that need one start one, or prove what happens without."""
    roles = [role for role in Role if spec(role).has_work and role is not Role.GPU and role not in without]
    workers = [fake_worker(client, role, worlds) for role in roles]
    running = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield
    finally:
        await asyncio.gather(*(worker.shutdown() for worker in workers))
        await asyncio.gather(*running)
