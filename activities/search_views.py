"""Scans that are ready to be searched, kept by this process: each made of the scan's own objects and nothing else."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import structlog

from activities.worlds import Worlds
from db.objects import ObjectKind, ObjectStore, parse_reference
from db.repositories import churn
from db.repositories.churn import ChurnKey
from db.repositories.scans import ScanRow
from db.repositories.searchable import SEARCH_OBJECT
from db.session import Database
from docrunch.embedding.matrix import Matrix
from docrunch.embedding.model import Vectors
from docrunch.errors import InvalidArchive, ObjectMissing
from docrunch.graph.model import Graph
from docrunch.search.index import SearchIndex
from docrunch.search.shards import SearchObject, read_index, read_shard
from docrunch.search.view import Churned, Numbers, SearchView
from docrunch.source.churn import Churn

VIEW_BYTES = 1 << 30  # of all views; the one that is asked is kept whatever its size
FLAWED_SECONDS = 30.0  # after which objects that were missing are looked for again

_log = structlog.get_logger()
Found = TypeVar("Found")


class NoIndex(Exception):
    """The index of the scan cannot be read; the argument says why."""


class Loaded(NamedTuple):
    """``flaws``: a sentence for each part that is missing."""

    view: SearchView
    flaws: tuple[str, ...]


class SearchViews:
    """Args: ``spool`` receives trees; ``limit``: bytes of all views."""

    def __init__(self, database: Database, objects: ObjectStore, spool: Path, limit: int = VIEW_BYTES) -> None:
        self._database = database
        self._objects = objects
        self._spool = spool
        self._limit = limit
        self._views: OrderedDict[str, tuple[Loaded, float]] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Loaded]] = {}

    async def get(self, repository: str, scan: ScanRow) -> Loaded:
        """The view of a scan that has an index. Callers that ask for the same one at once share the work.

        Raises:
            NoIndex: it is missing or damaged.
            Unreachable: the object store or the database is away.
        """
        key = _key(repository, scan)
        kept = self._views.get(key)
        if kept is not None and (not kept[0].flaws or time.monotonic() - kept[1] < FLAWED_SECONDS):
            self._views.move_to_end(key)
            return kept[0]
        task = self._loading.get(key)
        if task is None:
            task = self._loading[key] = asyncio.create_task(self._load(repository, scan))
            task.add_done_callback(lambda _: self._loading.pop(key, None))
        loaded = await asyncio.shield(task)
        self._keep(key, loaded)
        return loaded

    def _keep(self, key: str, loaded: Loaded) -> None:
        self._views[key] = (loaded, time.monotonic())
        self._views.move_to_end(key)
        held = sum(each.view.nbytes for each, _ in self._views.values())
        while held > self._limit and len(self._views) > 1:
            _, (gone, _) = self._views.popitem(last=False)
            held -= gone.view.nbytes

    async def _load(self, repository: str, scan: ScanRow) -> Loaded:
        began = time.monotonic()
        found, index = await self._index(scan)
        worlds = Worlds(self._objects, self._spool)  # of this load alone: a graph is not kept beside its view
        flaws: list[str] = []
        graph = await _part(flaws, "graph", _graph(worlds, scan), "hits are not ranked by what is related to them")
        matrix = await _part(flaws, "matrix", _matrix(worlds, scan), "hits are not ranked by meaning")
        tree = await _part(flaws, "tree", worlds.tree(_sha(scan, "tree")), "hits have no snippets")
        churned = await self._churn(scan)

        def make() -> SearchView:
            vectors, rows = _rows(index, found, matrix, flaws)
            return SearchView(
                index,
                graph,
                tree.reader.text if tree is not None else _no_text,
                vectors,
                rows,
                churned,
                repository=repository,
                commit=scan.commit,
                encoder_id=scan.encoder_id or "",
            )

        view = await asyncio.to_thread(make)
        seconds = round(time.monotonic() - began, 2)
        _log.info("search_view_loaded", repository=repository, scan=scan.id, documents=view.size, seconds=seconds)
        return Loaded(view, tuple(flaws))

    async def _index(self, scan: ScanRow) -> tuple[SearchObject, SearchIndex]:
        try:
            kind, sha = parse_reference(scan.objects[SEARCH_OBJECT])
            found = await asyncio.to_thread(read_index, await self._objects.get(kind, sha))
            stored = await self._objects.get_many(ObjectKind.SEARCH_SHARD, (part.shard for part in found.parts))

            def put_together() -> SearchIndex:
                return SearchIndex(read_shard(stored[part.shard]) for part in found.parts)

            return found, await asyncio.to_thread(put_together)
        except (ObjectMissing, InvalidArchive) as error:
            raise NoIndex(error.message) from error

    async def _churn(self, scan: ScanRow) -> Mapping[str, Churned]:
        async with self._database.transaction() as connection:
            key = ChurnKey(scan.repository_id, scan.commit, scan.tree_sha256 or "")
            known = await churn.load(connection, key)
        if not isinstance(known, Churn) or not known.files:
            return {}
        newest: date = max(each.last for each in known.files.values())
        return {path: Churned(each.commits, (newest - each.last).days) for path, each in known.files.items()}


def _key(repository: str, scan: ScanRow) -> str:
    """Names of everything a view is made of."""
    names = [scan.objects.get(name, "") for name in (SEARCH_OBJECT, "graph", "matrix", "tree")]
    return "\0".join([repository, scan.commit, scan.encoder_id or "", *names])


async def _part(flaws: list[str], name: str, load: Awaitable[Found], without: str) -> Found | None:
    """A part of a scan that a search can do without, but not silently."""
    try:
        return await load
    except (ObjectMissing, InvalidArchive) as error:
        flaws.append(f"The {name} of the scan cannot be read ({error.message}): {without}.")
        return None


async def _graph(worlds: Worlds, scan: ScanRow) -> Graph:
    return await worlds.graph(_sha(scan, "graph"))


async def _matrix(worlds: Worlds, scan: ScanRow) -> Matrix | None:
    return await worlds.matrix(_sha(scan, "matrix")) if "matrix" in scan.objects else None


def _sha(scan: ScanRow, name: str) -> str:
    """Raises:
    ObjectMissing: the scan does not name such an object.
    """
    if name not in scan.objects:
        raise ObjectMissing(f"the scan names no {name}")
    return parse_reference(scan.objects[name])[1]


def _rows(
    index: SearchIndex, found: SearchObject, matrix: Matrix | None, flaws: list[str]
) -> tuple[Vectors | None, Numbers | None]:
    if matrix is None:
        return None, None
    rows = index.of_rows(found)
    if len(rows) != len(matrix.rows):
        flaws.append("The index was made before the vectors of the scan: hits are not ranked by meaning.")
        return None, None
    return np.asarray(matrix.rows, np.float32), rows


def _no_text(path: str) -> bytes:
    raise ObjectMissing(f"the text of {path} is not kept")
