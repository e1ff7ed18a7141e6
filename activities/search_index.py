"""What search reads of a published scan: its index, its matrix, and the rows that Postgres searches by itself."""

import asyncio
import time
from collections.abc import Mapping, Sequence

import msgspec
import structlog
from temporalio import activity

from activities.encoder import spec_of
from activities.heartbeat import finished, heartbeating, in_thread
from activities.scan_world import ScanWorlds
from activities.worlds import Tree
from db.objects import ObjectKind, parse_reference, reference
from db.publishing.texts import TextsPublished, publish_texts
from db.repositories import scans
from docrunch.embedding.model import TextUnit
from docrunch.errors import InvalidArchive, ObjectMissing
from docrunch.graph.shards import read_index as read_graph_index
from docrunch.graph.shards import read_shard as read_graph_shard
from docrunch.search.build import file_shard, nodes_key, search_object, text_key
from docrunch.search.shards import FileShard, Part, pack_index, pack_shard, read_index, read_shard
from docrunch.source.model import FileEntry
from workflows.contracts.search import IndexSearchRequest, IndexSearchResult, SearchIndexActivities

FILES_AT_ONCE = 200  # whose nodes, texts and shards are in memory together, ≈ 20 MB
_log = structlog.get_logger()


class _Made(msgspec.Struct, frozen=True):
    """``shared``: the scan whose shards the index shares."""

    search: str
    matrix: str | None
    files: int
    made: int
    shared: int | None


class SearchIndexing(SearchIndexActivities):
    def __init__(self, worlds: ScanWorlds) -> None:
        self._scans = worlds
        self._last: tuple[str, Mapping[str, str]] = ("", {})  # the index made last, and its shards by path

    @activity.defn(name="index_search")
    async def index_search(self, request: IndexSearchRequest) -> IndexSearchResult:
        started = time.monotonic()
        async with heartbeating():
            made = await self._objects(request)
            texts = await self._texts(request, made)
        return IndexSearchResult(
            search_object=made.search,
            matrix_object=made.matrix,
            files=made.files,
            made=made.made,
            published=texts.published,
            rows=texts.rows,
            seconds=round(time.monotonic() - started, 3),
        )

    # ── objects ──

    async def _objects(self, request: IndexSearchRequest) -> _Made:
        """Make and record them. What an index shares with an earlier scan may be swept by the time it is recorded."""
        encoder = request.encoder.model_dump_json() if request.encoder else ""
        names = ("search", request.tree_object, request.graph_object, encoder)
        key = await self._scans.inputs(request.scan_id, request.scope, request.options, *names)
        known = await self._scans.memo.get(key, _Made)
        made = known or await self._make(request, *await self._base(request.scan_id))
        if not await self._record(request, made):
            made = await self._make(request, None, {})
            await self._record(request, made)
        if made is not known:
            matrix = [(ObjectKind.MATRIX, made.matrix)] if made.matrix else []
            again = msgspec.structs.replace(made, made=0)
            self._scans.memo.put(key, again, [(ObjectKind.SEARCH, made.search), *matrix])
        _log.info("search indexed", files=made.files, made=made.made)
        return made

    async def _shards(self, search: str) -> Mapping[str, str]:
        """Path → sha256 of the shards of an index."""
        name, shards = self._last
        if name == search:
            return shards
        stored = await self._scans.worlds.objects.get(ObjectKind.SEARCH, search)
        parts = (await asyncio.to_thread(read_index, stored)).parts
        return {part.path: part.shard for part in parts}

    async def _base(self, scan_id: str) -> tuple[int | None, Mapping[str, Part]]:
        """The parts of an earlier index, by path; none where there is none, or where it cannot be used."""
        async with self._scans.rows.database.transaction() as connection:
            run = await self._scans.rows.run(connection, scan_id)
            base = await scans.search_base(connection, run.id)
        if base is None:
            return None, {}
        try:
            stored = await self._scans.worlds.objects.get(*parse_reference(base.search))
            index = await asyncio.to_thread(read_index, stored)
        except (ObjectMissing, InvalidArchive) as error:
            _log.info("every file is made searchable anew", scan=base.scan_id, reason=str(error))
            return None, {}
        return base.scan_id, {part.path: part for part in index.parts}

    async def _make(self, request: IndexSearchRequest, shared: int | None, base: Mapping[str, Part]) -> _Made:
        tree = await self._scans.worlds.tree(request.tree_object)
        parts, made = await self._parts(request, tree, base)
        matrix, units = await self._matrix(request)
        index = await in_thread(lambda: pack_index(search_object(tree.reader, parts, units)))
        search = await self._scans.worlds.objects.put(ObjectKind.SEARCH, index)
        self._last = search, {part.path: part.shard for part in parts}
        return _Made(search, matrix, len(parts), made, shared if base else None)

    async def _parts(
        self, request: IndexSearchRequest, tree: Tree, base: Mapping[str, Part]
    ) -> tuple[Sequence[Part], int]:
        """The parts of all files, and how many of them were made."""
        stored = await self._scans.worlds.objects.get(ObjectKind.GRAPH, request.graph_object)
        graphs = dict(await asyncio.to_thread(lambda: read_graph_index(stored).shards))
        found: list[Part] = []
        wanted: list[tuple[FileEntry, str]] = []
        for entry in tree.parsed:
            before, text = base.get(entry.path), text_key(entry)
            if before is not None and before.text == text and before.graph == graphs.get(entry.path, ""):
                found.append(before)
            else:
                wanted.append((entry, text))
        made = 0
        for start in range(0, len(wanted), FILES_AT_ONCE):
            page = wanted[start : start + FILES_AT_ONCE]
            parts, count = await self._page(tree, page, graphs, base)
            found += parts
            made += count
        return found, made

    async def _page(
        self,
        tree: Tree,
        page: Sequence[tuple[FileEntry, str]],
        graphs: Mapping[str, str],
        base: Mapping[str, Part],
    ) -> tuple[list[Part], int]:
        """Files of which something may have changed: those whose nodes and text have not keep their shards."""
        objects = self._scans.worlds.objects
        names = {entry.path: graphs[entry.path] for entry, _ in page if entry.path in graphs}
        stored = await objects.get_many(ObjectKind.SHARD, names.values())

        def make() -> tuple[list[Part], list[bytes]]:
            parts, packed = [], []
            for entry, text in page:
                graph = names.get(entry.path, "")
                nodes = read_graph_shard(graph, stored[graph]).nodes if graph else ()
                key, before = nodes_key(nodes), base.get(entry.path)
                if before is not None and (before.text, before.nodes) == (text, key):
                    parts.append(msgspec.structs.replace(before, graph=graph))
                    continue
                sha, data = pack_shard(file_shard(entry, tree.reader.text(entry.path), nodes))
                packed.append(data)
                parts.append(Part(entry.path, sha, text, key, graph))
            return parts, packed

        parts, packed = await in_thread(make)
        await objects.put_many(ObjectKind.SEARCH_SHARD, packed)
        return parts, len(packed)

    async def _matrix(self, request: IndexSearchRequest) -> tuple[str | None, Sequence[TextUnit]]:
        if request.encoder is None:
            return None, ()
        found = await self._scans.matrix(
            request.scan_id, request.tree_object, request.scope, request.options, spec_of(request.encoder)
        )
        return found.name, found.units

    async def _record(self, request: IndexSearchRequest, made: _Made) -> bool:
        """False where the earlier scan that shards are shared with is gone."""
        objects = {"search": reference(ObjectKind.SEARCH, made.search)}
        if made.matrix is not None:
            objects["matrix"] = reference(ObjectKind.MATRIX, made.matrix)
        rows = self._scans.rows
        async with rows.database.transaction() as connection:
            if made.shared is not None and not await scans.hold_base(connection, made.shared):
                return False
            run = await rows.run(connection, request.scan_id)
            await scans.record(connection, run.id, objects=objects)
        return True

    # ── rows ──

    async def _texts(self, request: IndexSearchRequest, made: _Made) -> TextsPublished:
        objects = self._scans.worlds.objects
        shards = await self._shards(made.search)

        async def read(paths: Sequence[str]) -> Sequence[FileShard]:
            names = [shards[path] for path in paths]
            stored = await objects.get_many(ObjectKind.SEARCH_SHARD, names)
            return await asyncio.to_thread(lambda: [read_shard(stored[name]) for name in names])

        rows = self._scans.rows
        async with rows.database.transaction() as connection:
            run = await rows.run(connection, request.scan_id)
        return await finished(publish_texts(rows.database, run.id, shards, read), keep_result=True)
