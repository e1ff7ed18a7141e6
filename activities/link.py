"""Facts of all files → the graph object."""

import asyncio
import time
from collections import Counter

from temporalio import activity

from activities.heartbeat import heartbeating, in_thread
from activities.scan_world import ScanWorlds
from activities.scans import Run
from db.events import NewEvent
from db.events.model import AssemblyStarted, GraphCompleted, NodesCreated, WorkflowProgress
from db.objects import ObjectKind, reference
from docrunch.graph.export import graph_sha256
from docrunch.graph.link import link
from docrunch.graph.model import Graph, NodeKind
from docrunch.graph.shards import GraphObject, split
from workflows.contracts.scan import LinkActivities, LinkRequest, LinkResult

_NO_SYMBOLS = frozenset({NodeKind.REPOSITORY, NodeKind.PACKAGE, NodeKind.MODULE, NodeKind.EXTERNAL})

NODES_PER_EVENT = 5_000


class Link(LinkActivities):
    def __init__(self, scans: ScanWorlds) -> None:
        self._scans = scans

    @activity.defn(name="link")
    async def link(self, request: LinkRequest) -> LinkResult:
        started = time.monotonic()
        async with heartbeating():
            key = await self._scans.inputs(request.scan_id, request.scope, request.options, "link", request.tree_object)
            made = await self._scans.memo.get(key, LinkResult)
            if made is None:
                made = await self._link(request)
                self._scans.memo.put(key, made, [(ObjectKind.GRAPH, made.graph_object)])
            name, content = made.graph_object, made.graph_sha256
            graph = await self._scans.worlds.graph(name)
            await self._scans.rows.record(
                request.scan_id,
                [],
                lambda run: _events(run, graph, content),
                objects={"graph": reference(ObjectKind.GRAPH, name)},
                graph_sha256=content,
            )
            return made.model_copy(update={"seconds": round(time.monotonic() - started, 3)})

    async def _link(self, request: LinkRequest) -> LinkResult:
        world = await self._scans.load(request.scan_id, request.tree_object, request.scope, request.options)
        tree = world.tree.reader

        def build() -> tuple[Graph, GraphObject, str]:
            graph = link(tree.source, tree.entries, world.facts)
            return graph, split(graph), graph_sha256(graph)

        graph, made, content = await in_thread(build)
        objects = self._scans.worlds.objects
        await objects.put_many(ObjectKind.SHARD, made.shards.values())
        name = await objects.put(ObjectKind.GRAPH, made.index)
        self._scans.worlds.keep_graph(name, graph)
        self._scans.worlds.metrics_ahead(name)
        return await asyncio.to_thread(_result, graph, name, content)


def _events(run: Run, graph: Graph, content: str) -> list[NewEvent]:
    started = "assembly:started"
    found = [run.event(AssemblyStarted(scan_id=run.id), started)]
    for page, low in enumerate(range(0, len(graph.nodes), NODES_PER_EVENT)):
        nodes = [str(node.id) for node in graph.nodes[low : low + NODES_PER_EVENT]]
        found.append(run.event(NodesCreated(page, nodes), f"nodes:{page}", started))
    completed = GraphCompleted(content, len(graph.nodes), len(graph.edges))
    progress = WorkflowProgress("link", len(graph.nodes), len(graph.nodes), "nodes")
    return [*found, run.event(completed, f"graph:{content}", started), run.event(progress, "progress:link", started)]


def _result(graph: Graph, name: str, content: str) -> LinkResult:
    kinds = Counter(str(edge.kind) for edge in graph.edges)
    pairs = Counter(f"{edge.kind}.{edge.confidence}" for edge in graph.edges)
    return LinkResult(
        graph_object=name,
        graph_sha256=content,
        nodes=len(graph.nodes),
        edges=len(graph.edges),
        symbols=sum(1 for node in graph.nodes if node.kind not in _NO_SYMBOLS),
        edges_by_kind=dict(sorted(kinds.items())),
        edges_by_confidence=dict(sorted(pairs.items())),
        unresolved=sum(sum(each.reasons.values()) for each in graph.unresolved),
        seconds=0.0,
    )
