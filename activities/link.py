"""Facts of all files → the graph object."""

import time
from collections import Counter
from collections.abc import Sequence

import msgspec
import structlog
from temporalio import activity

from activities.heartbeat import finished, heartbeating, in_thread
from activities.lazy_facts import FactsGone
from activities.publishing import metrics_rows
from activities.scan_world import ScanWorlds
from activities.scans import Run
from activities.told import Telling, telling
from activities.worlds import is_large
from db.events import NewEvent, append
from db.events.model import AssemblyStarted, GraphCompleted, MetricsPublished, NodesCreated, WorkflowProgress
from db.objects import ObjectKind, parse_reference, reference
from db.publish import publish_metrics
from db.repositories import issues, scans
from db.repositories.scans import LinkBase
from docrunch.errors import InvalidArchive, ObjectMissing
from docrunch.graph.failures import LINK_FAILED
from docrunch.graph.model import GraphMetrics
from docrunch.graph.relink import Linked, relink
from docrunch.graph.trace import Trace
from docrunch.source.model import Issue
from workflows.contracts.scan import LinkActivities, LinkRequest, LinkResult, MetricsRequest, MetricsResult

NODES_PER_EVENT = 5_000
_log = structlog.get_logger()


class _Made(msgspec.Struct, frozen=True):
    result: LinkResult
    trace: str
    base: LinkBase | None  # the scan whose shards the graph shares
    lost: tuple[Issue, ...] = ()


class Link(LinkActivities):
    def __init__(self, worlds: ScanWorlds) -> None:
        self._scans = worlds

    @activity.defn(name="link")
    async def link(self, request: LinkRequest) -> LinkResult:
        started = time.monotonic()
        async with heartbeating():
            key = await self._scans.inputs(request.scan_id, request.scope, request.options, "link", request.tree_object)
            known = await self._scans.memo.get(key, _Made)
            made, nodes = (known, []) if known else await self._link(request, await self._base(request.scan_id))
            if not await self._record(request, made, nodes):  # what it shares with an earlier scan may be swept by now
                made, nodes = await self._link(request, None)
                await self._record(request, made, nodes)
            if made is not known:
                kept = [(ObjectKind.GRAPH, made.result.graph_object), (ObjectKind.TRACE, made.trace)]
                self._scans.memo.put(key, made, kept)
            return made.result.model_copy(update={"seconds": round(time.monotonic() - started, 3)})

    @activity.defn(name="publish_metrics")
    async def publish_metrics(self, request: MetricsRequest) -> MetricsResult:
        started = time.monotonic()
        async with heartbeating():
            found, repaired = await self._metrics(request)
            rows = await in_thread(lambda: metrics_rows(found))
            store = self._scans.rows
            async with store.database.transaction() as connection:
                run = await store.run(connection, request.scan_id)
            told = run.event(MetricsPublished(run.id, len(rows)), "metrics", "assembly:started")
            done = await finished(publish_metrics(store.database, run.id, rows, [told]), keep_result=True)
        seconds = round(time.monotonic() - started, 3)
        return MetricsResult(rows=len(rows), published=done, repaired=repaired, seconds=seconds)

    async def _metrics(self, request: MetricsRequest) -> tuple[GraphMetrics, bool]:
        worlds = self._scans.worlds
        try:
            return await worlds.metrics(request.graph_object), False
        except (ObjectMissing, InvalidArchive) as error:
            _log.warning("parts of the graph are gone or damaged; everything is linked anew", error=str(error))
            # the same bytes under the same names: linking what changed equals linking everything
            await self._link(request, None, repair=True)
            return await worlds.metrics(request.graph_object), True

    async def _base(self, scan_id: str) -> LinkBase | None:
        async with self._scans.rows.database.transaction() as connection:
            run = await self._scans.rows.run(connection, scan_id)
            return await scans.link_base(connection, run.id)

    async def _link(
        self, request: LinkRequest, base: LinkBase | None, *, repair: bool = False
    ) -> tuple[_Made, list[str]]:
        """What was made, and the nodes of the shards that were."""
        trace = await self._trace(base)
        linked, told = await self._relink(request, trace)
        if linked.why:
            base = None
        worlds = self._scans.worlds
        name, stored = await worlds.keep_linked(linked, repair=repair)
        for path, reason in linked.failed.items():
            _log.error("a file could not be linked; its references are left out", path=path, reason=reason)
        _log.info(
            "graph linked", relinked=len(linked.relinked), files=len(linked.paths) - 1, everything_because=linked.why
        )
        nodes = [str(node.id) for _, shard in sorted(linked.made.items()) for node in shard.nodes]
        made, large = _Made(_result(linked, name, told.counts), stored, base, _lost(linked)), is_large(linked)
        del linked, trace
        if large:
            await worlds.let_go_of_link(stored)
        return made, nodes

    async def _trace(self, base: LinkBase | None) -> Trace | None:
        """What the earlier link left; None where there is none, or where it cannot be used."""
        if base is None:
            return None
        try:
            return await self._scans.worlds.trace(parse_reference(base.trace)[1])
        except (ObjectMissing, InvalidArchive) as error:
            _log.info("everything is linked anew", scan=base.scan_id, reason=str(error))
            return None

    async def _relink(self, request: LinkRequest, trace: Trace | None) -> tuple[Linked, Telling]:
        world, scope, options = self._scans, request.scope, request.options
        tree = (await world.worlds.tree(request.tree_object)).reader
        facts = await world.lazy_facts(request.scan_id, request.tree_object, scope, options)
        keys = facts.keys_by_path
        told = await telling(world.worlds, options, tree.text)

        def lazily() -> Linked:
            said = told.of(facts, facts.expect)
            return relink(tree.source, tree.entries, facts, keys, trace, facts.expect, said)

        if trace is not None:
            try:
                return await in_thread(lazily), told
            except FactsGone as gone:
                _log.info("facts were cleaned up and are computed again", path=str(gone))
        every = (await world.load(request.scan_id, request.tree_object, scope, options)).facts.apart()

        def loaded() -> Linked:
            return relink(tree.source, tree.entries, every, keys, trace, told=told.of(every))

        return await in_thread(loaded), told

    async def _record(self, request: LinkRequest, made: _Made, nodes: Sequence[str]) -> bool:
        """Record objects and events; False where the earlier scan that shards are shared with is gone."""
        result = made.result
        objects = {
            "graph": reference(ObjectKind.GRAPH, result.graph_object),
            "trace": reference(ObjectKind.TRACE, made.trace),
        }
        rows = self._scans.rows
        async with rows.database.transaction() as connection:
            if made.base is not None and not await scans.hold_base(connection, made.base.scan_id):
                return False
            run = await rows.run(connection, request.scan_id)
            await scans.record(connection, run.id, objects=objects, graph_sha256=result.graph_sha256)
            await issues.add_many(connection, run.id, made.lost)
            await append(connection, _events(run, result, nodes))
        return True


def _events(run: Run, result: LinkResult, nodes: Sequence[str]) -> list[NewEvent]:
    started = "assembly:started"
    found = [run.event(AssemblyStarted(scan_id=run.id), started)]
    for page, low in enumerate(range(0, len(nodes), NODES_PER_EVENT)):
        made = NodesCreated(page, list(nodes[low : low + NODES_PER_EVENT]))
        found.append(run.event(made, f"nodes:{page}", started))
    completed = GraphCompleted(result.graph_sha256, result.nodes, result.edges)
    progress = WorkflowProgress("link", result.nodes, result.nodes, "nodes")
    return [
        *found,
        run.event(completed, f"graph:{result.graph_sha256}", started),
        run.event(progress, "progress:link", started),
    ]


def _lost(linked: Linked) -> tuple[Issue, ...]:
    return tuple(Issue(path, LINK_FAILED, reason, stage="link") for path, reason in sorted(linked.failed.items()))


def _result(linked: Linked, name: str, index: dict[str, int]) -> LinkResult:
    pairs = {pair: count for pair, count in sorted(linked.counts.items()) if "." in pair}
    kinds: Counter[str] = Counter()
    for pair, count in pairs.items():
        kinds[pair.partition(".")[0]] += count
    return LinkResult(
        graph_object=name,
        graph_sha256=linked.graph_sha256,
        nodes=linked.counts["nodes"],
        edges=sum(pairs.values()),
        symbols=linked.counts["symbols"],
        edges_by_kind=dict(sorted(kinds.items())),
        edges_by_confidence=pairs,
        unresolved=linked.counts["unresolved"],
        issues={LINK_FAILED: len(linked.failed)} if linked.failed else {},
        index=index,
        seconds=0.0,
    )
