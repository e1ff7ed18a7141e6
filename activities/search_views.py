"""Scans that are ready to be searched, kept by this process: each made of the scan's own objects and nothing else."""

import asyncio
import time
from collections.abc import Awaitable, Mapping
from datetime import date
from typing import NamedTuple, TypeVar

import numpy as np
import structlog

from activities.ready_scans import ReadyScans
from activities.worlds import Worlds
from db.objects import ObjectKind, parse_reference
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
from docrunch.source.model import TreeReader

_log = structlog.get_logger()
Found = TypeVar("Found")


class NoIndex(Exception):
    """The index of the scan cannot be read; the argument says why."""


class Loaded(NamedTuple):
    """``parts``: path → sha256 of its shard, of the index. ``flaws``: a sentence for each part that is missing.

    ``churn``: under which the churn of the scan will be stored; None where the view has it, or there is none.
    """

    view: SearchView
    parts: Mapping[str, str]
    flaws: tuple[str, ...]
    churn: ChurnKey | None

    @property
    def nbytes(self) -> int:
        return self.view.nbytes


class SearchViews:
    """Args: ``worlds``: which keeps trees, and nothing that views are made of."""

    def __init__(self, database: Database, worlds: Worlds, ready: ReadyScans) -> None:
        self._database = database
        self._worlds = worlds
        self._ready = ready

    async def get(self, repository: str, scan: ScanRow, *, asked: bool = True) -> Loaded:
        """The view of a scan that has an index. Callers that ask for the same one at once share the work.

        Args:
            asked: False where nobody waits for it.

        Raises:
            NoIndex: it is missing or damaged.
            Unreachable: the object store or the database is away.
        """
        return await self._ready.get(
            Loaded, scan, _names(repository, scan), lambda: self._load(repository, scan), asked=asked
        )

    def refs(self) -> list[int]:
        """Refs that were searched lately."""
        return self._ready.refs(Loaded)

    async def add_churn(self) -> None:
        """Churn is counted after a publish, and often after the index of it is made: views that were loaded without
        get what is stored by now."""
        for names, loaded in list(self._ready.all(Loaded)):
            if loaded.churn is None:
                continue
            churned = await self._churn(loaded.churn)
            if churned is not None:
                view = loaded.view.with_churn(churned) if churned else loaded.view
                self._ready.replace(names, loaded, loaded._replace(view=view, churn=None))

    async def _load(self, repository: str, scan: ScanRow) -> Loaded:
        began = time.monotonic()
        found, index = await self._index(scan)
        worlds = self._worlds
        flaws: list[str] = []
        graph = await _part(flaws, "graph", _graph(worlds, scan), "hits are not ranked by what is related to them")
        matrix = await _part(flaws, "matrix", _matrix(worlds, scan), "hits are not ranked by meaning")
        tree = await _part(flaws, "tree", _tree(worlds, scan), "hits have no snippets")
        key = ChurnKey(scan.repository_id, scan.commit, scan.tree_sha256 or "")
        churned = await self._churn(key)

        def make() -> SearchView:
            vectors, rows = _rows(index, found, matrix, flaws)
            return SearchView(
                index,
                graph,
                tree.text if tree is not None else _no_text,
                vectors,
                rows,
                churned or {},
                repository=repository,
                commit=scan.commit,
                encoder_id=scan.encoder_id or "",
            )

        view = await asyncio.to_thread(make)
        seconds = round(time.monotonic() - began, 2)
        _log.info("search_view_loaded", repository=repository, scan=scan.id, documents=view.size, seconds=seconds)
        parts = {part.path: part.shard for part in found.parts}
        return Loaded(view, parts, tuple(flaws), key if churned is None else None)

    async def _index(self, scan: ScanRow) -> tuple[SearchObject, SearchIndex]:
        """Made from that of the newest scan of the ref that is kept, where most files are as they were."""
        before = self._ready.newest(Loaded, scan.ref_id)
        known = before.parts if before else {}
        try:
            kind, sha = parse_reference(scan.objects[SEARCH_OBJECT])
            found = await asyncio.to_thread(read_index, await self._worlds.objects.get(kind, sha))
            changed = [part for part in found.parts if known.get(part.path) != part.shard]
            if before is None or 2 * len(changed) > len(found.parts):
                before, changed = None, list(found.parts)
            stored = await self._worlds.objects.get_many(ObjectKind.SEARCH_SHARD, (part.shard for part in changed))

            def put_together() -> SearchIndex:
                shards = (read_shard(stored[part.shard]) for part in changed)
                if before is None:
                    return SearchIndex(shards)
                return before.view.index.replaced(shards, known.keys() - {part.path for part in found.parts})

            return found, await asyncio.to_thread(put_together)
        except (ObjectMissing, InvalidArchive) as error:
            raise NoIndex(error.message) from error

    async def _churn(self, key: ChurnKey) -> Mapping[str, Churned] | None:
        """None where it was not counted yet; empty where there is none."""
        async with self._database.transaction() as connection:
            known = await churn.load(connection, key)
        if known is None:
            return None
        if not isinstance(known, Churn) or not known.files:
            return {}
        newest: date = max(each.last for each in known.files.values())
        return {path: Churned(each.commits, (newest - each.last).days) for path, each in known.files.items()}


def _names(repository: str, scan: ScanRow) -> tuple[str, ...]:
    """Names of everything a view is made of."""
    names = [scan.objects.get(name, "") for name in (SEARCH_OBJECT, "graph", "matrix", "tree")]
    return (repository, scan.commit, scan.encoder_id or "", *names)


async def _part(flaws: list[str], name: str, load: Awaitable[Found], without: str) -> Found | None:
    """A part of a scan that a search can do without, but not silently."""
    try:
        return await load
    except (ObjectMissing, InvalidArchive) as error:
        flaws.append(f"The {name} of the scan cannot be read ({error.message}): {without}.")
        return None


async def _graph(worlds: Worlds, scan: ScanRow) -> Graph:
    return await worlds.graph(_sha(scan, "graph"))


async def _tree(worlds: Worlds, scan: ScanRow) -> TreeReader:
    return (await worlds.tree(_sha(scan, "tree"))).reader


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
