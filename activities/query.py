"""The `query` role: a search of one or several repositories, each of one scan's own objects."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from temporalio import activity

from activities.full_text import FullText
from activities.query_encoder import QueryEncoder
from activities.search_views import Loaded, NoIndex, SearchViews
from db.repositories import projects
from db.repositories.projects import RepositoryRow
from db.repositories.scans import ScanRow
from db.repositories.searchable import Searchable, searchable
from db.session import Database
from docrunch.embedding.model import Vectors
from docrunch.errors import DocrunchError
from docrunch.ids import short_commit
from docrunch.search.fusion import OF_MODE
from docrunch.search.model import Hit, SearchMode, SearchResult
from docrunch.search.notes import did_you_mean, notes
from docrunch.search.query import Query, check_query, understand
from docrunch.search.search import SearchOptions, check_options, search
from workflows.contracts.query import (
    FoundHit,
    FoundSnippet,
    QueryActivities,
    SearchAnswer,
    SearchedScan,
    SearchRequest,
)

UNDERSTOOD = 256  # queries whose meaning is remembered


class Scanned(NamedTuple):
    repository: RepositoryRow
    scans: Searchable


class Answered(NamedTuple):
    """By one repository; ``commit`` is what its hits speak of."""

    result: SearchResult
    degraded: tuple[str, ...]
    commit: str


class Queries(QueryActivities):
    def __init__(self, database: Database, views: SearchViews, encoder: QueryEncoder, by_text: FullText) -> None:
        self._database = database
        self._views = views
        self._by_text = by_text
        self._encoder = encoder
        self._understood: OrderedDict[str, Query] = OrderedDict()

    @activity.defn(name="search")
    async def search(self, request: SearchRequest) -> SearchAnswer:
        began = time.perf_counter()
        check_query(request.query)
        options = check_options(request.mode, request.kinds, request.path, request.group, request.limit)
        asked = await self._resolve(request)
        query = self._understand(request.query)
        found = await asyncio.gather(*(self._search_one(each, query, options) for each in asked))
        results = {each.repository.name: answered.result for each, answered in zip(asked, found, strict=True)}
        hits = sorted((hit for result in results.values() for hit in result.hits), key=_order)[: request.limit]
        return SearchAnswer(
            hits=tuple(_to_contract(hit, rank) for rank, hit in enumerate(hits, 1)),
            degraded=tuple(dict.fromkeys(line for result in found for line in result.degraded)),
            searched=tuple(
                SearchedScan(
                    repository=each.repository.name,
                    ref=each.scans.published.ref,
                    commit=result.commit,
                )
                for each, result in zip(asked, found, strict=True)
            ),
            did_you_mean=did_you_mean(query.text, list(results.values())),
            notes=notes(results, options),
            seconds=round(time.perf_counter() - began, 4),
        )

    async def _resolve(self, request: SearchRequest) -> list[Scanned]:
        """Which scan of each repository is searched: decided once, so that all of an answer is of one version."""
        found: dict[int, Scanned] = {}
        async with self._database.transaction() as connection:
            for name in request.repositories:
                row = await projects.find(connection, name, tenant_id=request.tenant)
                found[row.id] = Scanned(row, await searchable(connection, row.id, row.name, request.ref))
        return list(found.values())

    def _understand(self, text: str) -> Query:
        known = self._understood.get(text)
        if known is None:
            known = self._understood[text] = understand(text)
            while len(self._understood) > UNDERSTOOD:
                self._understood.popitem(last=False)
        return known

    async def _search_one(self, asked: Scanned, query: Query, options: SearchOptions) -> Answered:
        degraded: list[str] = []
        scan, published = asked.scans.indexed, asked.scans.published
        if scan is None:
            reason = f"the index of {short_commit(published.commit)} is not ready"
            return await self._by_postgres(asked, query, options, reason)
        if scan.id != published.id:
            degraded.append(
                f"The index of {short_commit(published.commit)} is not ready:"
                f" hits of {asked.repository.name} speak of {short_commit(scan.commit)}."
            )
        try:
            loaded = await self._views.get(asked.repository.name, scan)
        except NoIndex as error:
            return await self._by_postgres(asked, query, options, str(error))
        degraded += loaded.flaws
        encode, note = await self._encoding(options, loaded, scan)
        result, failed = await asyncio.to_thread(_rank, loaded, query, options, encode)
        degraded += [each for each in (note, failed) if each]
        return Answered(result, tuple(degraded), scan.commit)

    async def _encoding(
        self, options: SearchOptions, loaded: Loaded, scan: ScanRow
    ) -> tuple[Callable[[str], Vectors] | None, str]:
        """What makes the vector of the query, or why there is none."""
        if not OF_MODE[options.mode].semantic:
            return None, ""
        if loaded.view.vectors is None:
            told = any("meaning" in each for each in loaded.flaws)
            why = f"{short_commit(scan.commit)} has no vectors (yet)"
            return None, "" if told else f"{why}: hits are not ranked by meaning."
        try:
            return await self._encoder.ready(loaded.view.encoder_id), ""
        except DocrunchError as error:
            return None, _without(error)

    async def _by_postgres(self, asked: Scanned, query: Query, options: SearchOptions, reason: str) -> Answered:
        """The fallback: full text of the rows of the ref."""
        published = asked.scans.published
        name = asked.repository.name
        found = await self._by_text.search(name, published.ref_id or 0, query, options)
        said = [f"Hits of {name} are ranked by words alone, by the database: {reason}."]
        if found.scan is None:
            said = [f"{name} cannot be searched yet: {reason}, and the database has no texts of it."]
        elif found.scan.id != published.id:
            said.append(f"They speak of {short_commit(found.scan.commit)}, not of {short_commit(published.commit)}.")
        return Answered(found.result, tuple(said), (found.scan or published).commit)


def _rank(
    loaded: Loaded, query: Query, options: SearchOptions, encode: Callable[[str], Vectors] | None
) -> tuple[SearchResult, str]:
    """What is found, and why the query has no vector although there is an encoder. For a thread."""
    vector, failed = None, ""
    try:
        vector = encode(query.prose) if encode is not None else None
    except DocrunchError as error:
        failed = _without(error)
    if vector is None:
        options = _without_meaning(options)
    return search(loaded.view, query, options, vector), failed


def _without(error: DocrunchError) -> str:
    return f"The query cannot be embedded ({error.message}): hits are not ranked by meaning."


def _without_meaning(options: SearchOptions) -> SearchOptions:
    """A search by meaning alone would find nothing: it becomes one by everything else."""
    if options.mode is not SearchMode.SEMANTIC:
        return options
    return msgspec.structs.replace(options, mode=SearchMode.HYBRID)


def _order(hit: Hit) -> tuple[float, str, str, int, str]:
    return -hit.score, hit.repository, hit.path, hit.line, hit.id


def _to_contract(hit: Hit, rank: int) -> FoundHit:
    values = msgspec.structs.asdict(hit) | {"rank": rank}
    snippet = values.pop("snippet")
    return FoundHit(**values, snippet=FoundSnippet(**msgspec.structs.asdict(snippet)) if snippet is not None else None)
