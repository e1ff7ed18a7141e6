"""Questions to the knowledge graph of a repository: of one ref, and of what was written about no ref."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import chain, zip_longest
from typing import Any

import msgspec

from db.knowledge import entries
from db.knowledge.encoders import LazyEncoder
from db.knowledge.instances import Instances
from db.knowledge.reading import TARGET, GraphReader, Place
from db.knowledge.remote import RemoteStorage
from db.repositories import projects, scans, sync_status
from db.session import Database
from docrunch.config import Settings
from docrunch.config_encoder import encoder_settings
from docrunch.embedding.encoders import open_encoder
from docrunch.embedding.model import Encoder
from docrunch.errors import RefNotFound
from docrunch.knowledge.answers import ranked
from docrunch.storage.ports import Found, Neighbour


class Knowledge:
    """One or two graphs, asked as one. ``repository`` and ``ref``: whose; empty for a server of somebody else."""

    def __init__(self, readers: Sequence[GraphReader | RemoteStorage], repository: str, ref: str) -> None:
        self._readers = readers
        self.repository = repository
        self.ref = ref

    async def search(self, query: str, mode: str, limit: int, keywords: Sequence[str]) -> list[Found]:
        lists = [await each.search(query, mode=mode, limit=limit, keywords=keywords) for each in self._readers]
        taken = chain.from_iterable(zip_longest(*lists))
        return ranked((each for each in taken if each is not None), limit)

    async def related(self, symbol: str, depth: int, limit: int) -> list[Neighbour]:
        return await self._readers[0].get_related(symbol, depth=depth, limit=limit)

    async def export(self) -> Mapping[str, Any]:
        return await self._readers[0].export_graph()

    async def health(self) -> dict[str, Any]:
        return await self._readers[0].health()


@asynccontextmanager
async def open_knowledge(
    settings: Settings, database: Database, repository: str, ref: str | None
) -> AsyncIterator[Knowledge]:
    """The graph of a ref, by default that of the default branch.

    Raises:
        NotFound: the repository or the ref was never scanned.
    """
    configured = settings.storage.lightrag
    if configured.base_url is not None:
        yield Knowledge([RemoteStorage(configured.base_url)], repository, ref or "")
        return
    places = await _places(database, repository, ref)
    encoder = LazyEncoder(lambda: _open_encoder(settings))
    instances = Instances(database, settings.cache_dir / "lightrag", encoder)
    try:
        readers = [GraphReader(database, instances, place) for place in places]
        yield Knowledge(readers, places[0].repository, places[0].ref)
    finally:
        await instances.close()
        encoder.close()


async def _places(database: Database, repository: str, ref: str | None) -> list[Place]:
    """The workspace of the ref; then that of the repository, where it holds anything."""
    async with database.transaction() as connection:
        found = await projects.find(connection, repository)
        scan = (
            await scans.current_scan(connection, found.id, ref)
            if ref
            else await scans.default_scan(connection, found.id) or await scans.latest_scan(connection, found.id)
        )
        if scan is None or scan.ref_id is None:
            raise RefNotFound(
                f"{found.name} has no published scan of {ref or 'any ref'}",
                hint="`docrunch repo list` shows the refs.",
            )
        places = []
        for ref_id, name in ((scan.ref_id, scan.ref), (0, "")):
            generation = await entries.generation(connection, TARGET, found.id, ref_id)
            key = f"r{found.id}_{ref_id}_g{generation or 1}"
            if ref_id or await entries.all_facts(connection, TARGET, key):
                places.append(Place(found.name, name, key))
    return places


def _open_encoder(settings: Settings) -> Encoder:
    key = settings.llm.api_key
    return open_encoder(encoder_settings(settings), api_key=key.get_secret_value() if key else None)


class Status(msgspec.Struct, frozen=True):
    """``health``: as `GraphReader.health`, or of the server. ``waiting``: changes of the repository that it lacks yet;
    ``away``: why it takes none, "" while it does."""

    repository: str
    ref: str
    health: dict[str, Any]
    waiting: int = 0
    away: str = ""


async def statuses(settings: Settings, database: Database, repository: str | None) -> list[Status]:
    """One row per repository and published ref; of one repository if named."""
    if repository is not None:
        return [await _status(settings, database, repository, None)]
    async with database.transaction() as connection:
        listed = await projects.list_repositories(connection)
    made = []
    for summary in listed:
        for ref in summary.refs:
            with suppress(RefNotFound):  # known, and nothing of it is published
                made.append(await _status(settings, database, summary.repository.name, ref))
    return made


async def _status(settings: Settings, database: Database, repository: str, ref: str | None) -> Status:
    async with open_knowledge(settings, database, repository, ref) as graph:
        health = await graph.health()
        if settings.storage.lightrag.base_url is not None or TARGET not in settings.storage.sync.targets:
            return Status(graph.repository, graph.ref, health)
        async with database.transaction() as connection:
            owner = await projects.find(connection, graph.repository)
            [sync] = await sync_status.statuses(connection, [TARGET], owner.id)
        away = (sync.error or "it does not answer") if sync.circuit == "open" else ""
        return Status(graph.repository, graph.ref, health, sync.waiting, away)
