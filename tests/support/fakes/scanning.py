"""A scan: from its source to what search reads."""

from temporalio import activity

from tests.support.fakes.world import Fake
from workflows.contracts import scan, search
from workflows.contracts.queues import Queue
from workflows.contracts.routing import Pollers, PollersRequest


class FakeIngest(Fake, scan.IngestActivities):
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


class FakeScanStore(Fake, scan.ScanStoreActivities):
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


class FakeEmbed(Fake, scan.EmbedActivities):
    @activity.defn(name="describe_encoder")
    async def describe_encoder(self, request: scan.DescribeEncoder) -> scan.EncoderInfo:
        device = activity.info().task_queue.removeprefix("embed-")
        return await self.act(request, scan.EncoderInfo(encoder_id=f"minilm-{device}", dimensions=384))

    @activity.defn(name="embed_range")
    async def embed_range(self, request: scan.EmbedRange) -> scan.EmbedResult:
        texts = (request.hi - request.lo) * 5
        return await self.act(request, scan.EmbedResult(texts=texts, embedded=texts - 1, reused=1, batches=1))


class FakeLink(Fake, scan.LinkActivities):
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


class FakeSearchIndex(Fake, search.SearchIndexActivities):
    @activity.defn(name="index_search")
    async def index_search(self, request: search.IndexSearchRequest) -> search.IndexSearchResult:
        return await self.act(request, search.IndexSearchResult(search_object="x" * 64, published=True))


class FakeRouting(Fake, scan.RoutingActivities):
    @activity.defn(name="queue_pollers")
    async def queue_pollers(self, request: PollersRequest) -> Pollers:
        return await self.act(request, Pollers(queue=Queue.EMBED_GPU, count=self._worlds.here().gpu_pollers))
