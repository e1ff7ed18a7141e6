"""What a publish writes: all rows of the scan, or those of the files that differ from what its ref shows.

A row of a file follows from the file's entry in the tree, its shard of the graph, and what `Basis.maker` covers. Where
all three are those of the published scan, the row is there already.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from activities.basis import basis_of, instructions, lost_files
from activities.heartbeat import in_thread
from activities.publishing import chunk_rows, file_rows, relationship_rows, symbol_rows
from activities.scan_world import ScanWorlds
from activities.worlds import Tree
from db.objects import ObjectKind
from db.publish import Basis, Delta, PreparedRows, PublishRows, changed_files, prepare_files, prepare_rows
from db.publishing.basis import RefState, read_state
from db.repositories import issues, scans
from db.repositories.scans import ScanRow
from docrunch.embedding.model import TextUnit
from docrunch.errors import InvalidArchive, ObjectMissing
from docrunch.graph.model import Edge, Node
from docrunch.graph.shards import read_index, read_shard
from docrunch.pipeline.embedding import LOST_TEXT, scan_units
from docrunch.pipeline.lost import LOST_FILE_REASONS
from docrunch.source.model import FileEntry, Issue
from workflows.contracts.scan import PublishScan

DELTA_SHARE = 0.5  # of all files; beyond, comparing whole tables in Postgres is cheaper than sending keys and hashes
_Shards = dict[str, str]  # sha256 by path


class Prepared(msgspec.Struct, frozen=True):
    """``totals``: nodes, edges and chunks of a scan that publishes no rows, for its counts."""

    tree: Tree
    lost: tuple[Issue, ...]
    rows: PreparedRows
    totals: dict[str, int] = {}


class Preparation:
    def __init__(self, worlds: ScanWorlds) -> None:
        self._worlds = worlds

    async def prepare(self, request: PublishScan, *, whole: bool = False) -> Prepared:
        """Rows for `db.publish.publish_within`, which refuses them if another scan is published meanwhile.

        ``whole``: all rows, which no other publish can make wrong.
        """
        scan, lost, state = await self._read(request)
        tree = await self._worlds.worlds.tree(request.tree_object)
        if scan.ref_id is None:
            return await self._unpublished(request, tree, lost)
        basis = basis_of(request, lost)
        delta = None if whole else await self._delta(scan.ref_id, tree, basis, state)
        if delta is None:
            rows = await self._all_rows(request, tree, basis)
        else:
            rows = await self._changed_rows(request, tree, basis, lost, *delta)
        return Prepared(tree, lost, rows)

    async def _read(self, request: PublishScan) -> tuple[ScanRow, tuple[Issue, ...], RefState | None]:
        """The state of the ref is read before everything that is compared with it: it only gets older."""
        store = self._worlds.rows
        async with store.database.transaction() as connection:
            run = await store.run(connection, request.scan_id)
            scan = await scans.get_scan(connection, run.id)
            state = await read_state(connection, scan.ref_id) if scan.ref_id is not None else None
            lost = await issues.with_reasons(connection, run.id, sorted(LOST_FILE_REASONS | {LOST_TEXT}))
        return scan, tuple(lost), state

    async def _unpublished(self, request: PublishScan, tree: Tree, lost: tuple[Issue, ...]) -> Prepared:
        """A sha or undeclared ref is kept as objects: it has counts and no rows."""
        graph = await self._worlds.worlds.graph(request.graph_object)
        units = await self._units(request)
        totals = {"nodes": len(graph.nodes), "edges": len(graph.edges), "chunks": len(units)}
        return Prepared(tree, lost, prepare_rows(PublishRows([], [], [], [])), totals)

    async def _all_rows(self, request: PublishScan, tree: Tree, basis: Basis) -> PreparedRows:
        graph = await self._worlds.worlds.graph(request.graph_object)
        units = await self._units(request)
        entries = tree.reader.entries
        return await in_thread(lambda: prepare_rows(_rows(entries, graph.nodes, graph.edges, units, basis, None)))

    async def _delta(
        self, ref_id: int, tree: Tree, basis: Basis, state: RefState | None
    ) -> tuple[Delta, _Shards | None] | None:
        """The homes whose rows may differ, and the shards of the graph unless all of them are the published ones.

        None where nothing can be said: first publish, other options or code, objects of the published scan gone.
        """
        base = state.published.basis if state is not None else None
        if state is None or state.scan_id is None or base is None or base.maker != basis.maker:
            return None
        homes: set[str] = set()
        shards: _Shards | None = None
        if base.graph != basis.graph:
            try:
                before = await self._shards(base.graph)
            except (ObjectMissing, InvalidArchive):
                return None
            shards = await self._shards(basis.graph)
            homes = {path for path, _ in before.items() ^ shards.items()}
            shards = shards if homes else None
        if base.tree != basis.tree:
            files = await in_thread(lambda: prepare_files(file_rows(tree.reader.entries)))
            async with self._worlds.rows.database.transaction() as connection:
                homes |= await changed_files(connection, ref_id, files)
        if len(homes) > DELTA_SHARE * len(tree.reader.entries):
            return None
        return Delta(state.scan_id, frozenset(homes)), shards

    async def _changed_rows(
        self,
        request: PublishScan,
        tree: Tree,
        basis: Basis,
        lost: tuple[Issue, ...],
        delta: Delta,
        moved: _Shards | None,
    ) -> PreparedRows:
        (nodes, edges), units = await asyncio.gather(
            self._parts(moved, basis.graph, delta.homes), self._units_of(request, tree, lost, delta.homes)
        )
        same = moved is None
        entries = [entry for entry in tree.reader.entries if entry.path in delta.homes]
        return await in_thread(lambda: prepare_rows(_rows(entries, nodes, edges, units, basis, delta, same)))

    async def _shards(self, graph: str) -> _Shards:
        index = await self._worlds.worlds.objects.get(ObjectKind.GRAPH, graph)
        return dict(await asyncio.to_thread(lambda: read_index(index).shards))

    async def _parts(
        self, moved: _Shards | None, graph: str, homes: frozenset[str]
    ) -> tuple[Sequence[Node], Sequence[Edge]]:
        """Nodes and edges of some homes, in the order in which a whole graph lists them."""
        if not homes:
            return (), ()
        shards = moved or await self._shards(graph)
        wanted = [sha for path, sha in shards.items() if path in homes]
        stored = await self._worlds.worlds.objects.get_many(ObjectKind.SHARD, wanted)
        parts = await asyncio.to_thread(lambda: [read_shard(sha, data) for sha, data in stored.items()])
        nodes = sorted((node for part in parts for node in part.nodes), key=lambda node: node.id)
        edges = (edge for part in parts for edge in part.edges)
        return nodes, sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind))

    async def _units(self, request: PublishScan) -> Sequence[TextUnit]:
        if not request.options.embeddings:
            return ()
        world = await self._worlds.load(request.scan_id, request.tree_object, request.scope, request.options)
        return await self._worlds.units(world, request.options, instructions(request))

    async def _units_of(
        self, request: PublishScan, tree: Tree, lost: tuple[Issue, ...], homes: frozenset[str]
    ) -> Sequence[TextUnit]:
        if not request.options.embeddings or not homes:
            return ()
        gone = lost_files(lost)
        wanted = [entry for entry in tree.parsed if entry.path in homes and entry.path not in gone]
        facts = await self._worlds.facts_of(request.scan_id, request.scope, tree, wanted, request.options)
        return await in_thread(lambda: scan_units(tree.reader, facts.items(), request.options, instructions(request)))


def _rows(
    entries: Sequence[FileEntry],
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    units: Sequence[TextUnit],
    basis: Basis | None,
    delta: Delta | None,
    same_graph: bool = False,
) -> PublishRows:
    return PublishRows(
        files=file_rows(entries),
        symbols=symbol_rows(nodes),
        relationships=relationship_rows(nodes, edges),
        chunks=chunk_rows(nodes, units),
        basis=basis,
        delta=delta,
        same_graph=same_graph,
    )
