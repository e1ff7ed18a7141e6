"""LightRAG as a derived store: each change is written ahead, brought in, and taken back where it fails."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, TypeVar

import structlog

from activities.projections.lightrag.bringing import Bringer, Entry
from activities.projections.lightrag.building import Builder, change_of
from activities.projections.lightrag.checking import check
from activities.projections.target import (
    Batch,
    Change,
    Drift,
    Outcome,
    Sample,
    TargetContext,
    TargetUnreachable,
    Workspace,
    Writes,
)
from db.knowledge import entries, places, stored
from db.knowledge.alone import alone, workspace_lock
from db.knowledge.encoders import LazyEncoder
from db.knowledge.entries import EntryKey, EntryRow
from db.knowledge.instances import Instances, Space
from db.knowledge.places import Origin
from db.knowledge.vectors import dimensions
from docrunch.config_encoder import encoder_settings
from docrunch.embedding.encoders import open_encoder
from docrunch.embedding.model import Encoder
from docrunch.errors import DocrunchError, Unreachable
from docrunch.knowledge.manifest import NOTHING
from docrunch.storage.model import Document, EntityType

NAME = "lightrag"
ANALYSE_FROM = 1000  # rows written at once; below, the statistics are near enough

_log = structlog.get_logger()
Result = TypeVar("Result")


class LightRAGTarget:
    """See `activities.projections.target.Target`."""

    name: ClassVar[str] = NAME
    takes: ClassVar[frozenset[EntityType]] = frozenset(EntityType)

    def __init__(self, context: TargetContext, load: Callable[[], Encoder] | None = None) -> None:
        settings = context.settings
        self.database = context.database
        self._settings = settings.storage.lightrag
        self._encoder = LazyEncoder(load or (lambda: _open_encoder(context)))
        self.instances = Instances(context.database, settings.cache_dir / "lightrag", self._encoder)
        self._builder = Builder(context.database, self._settings, self._encoder)
        self._bringer = Bringer(NAME, context.database, self.instances, self._builder)

    async def apply(self, batch: Batch) -> Outcome:
        return await _reached(self._apply(batch))

    async def delete(self, batch: Batch) -> Outcome:
        return await _reached(self._delete(batch))

    async def verify(self, sample: Sample) -> Drift:
        return await _reached(check(self.database, NAME, sample))

    async def rebuild(self, repository: Workspace) -> None:
        """Empty, whatever an earlier attempt left in it; rows are all that a workspace is."""
        await self.drop(repository)

    async def activate(self, repository: Workspace) -> None:
        """Readers ask `workspaces` which generation is active; here only the statistics are brought up to date."""
        await _reached(self._analyse())
        _log.info("workspace_active", target=NAME, workspace=repository.key)

    async def drop(self, repository: Workspace) -> int:
        return await _reached(self._drop(repository.key))

    async def left(self, repository_id: int) -> dict[str, int]:
        return await _reached(self._left(repository_id))

    async def recover(self) -> int:
        return await _reached(self._recover())

    async def health(self) -> dict[str, Any]:
        return await _reached(self._health())

    async def aclose(self) -> None:
        await self.instances.close()
        self._encoder.close()

    async def index(self, workspace: Workspace, documents: Sequence[Document]) -> tuple[int, dict[str, str]]:
        """Documents that come from no outbox: kept like findings until a rebuild, which does not know them.

        Returns the number of those that were written, and id → reason of those that failed.
        """
        changes = tuple(map(change_of, documents))
        stale = await _reached(self._stale(workspace.key, changes))
        outcome = await self.apply(Batch(workspace, tuple(stale)))
        return len(stale) - len(outcome.failed), outcome.failed

    async def _apply(self, batch: Batch) -> Outcome:
        outcome = Outcome()
        async with self._open(batch.workspace, batch.scan_id, outcome) as (origin, space):
            wanted = await self._stale(batch.workspace.key, batch.changes)
            built = await self._builder.build(batch.workspace.ref_id, wanted, origin, outcome.failed)
            given = [Entry(EntryKey(c.entity_type, c.key), c.entity_id, c.content_hash, m) for c, m in built]
            await self._bringer.bring(space, origin.scope, given, outcome)
        await self._after(outcome.writes)
        return outcome

    @asynccontextmanager
    async def _open(
        self, workspace: Workspace, scan_id: int | None, outcome: Outcome
    ) -> AsyncIterator[tuple[Origin, Space]]:
        """A workspace to write: nobody else does, nothing in it is half done, its vectors are of the scan's encoder."""
        async with alone(self.database, workspace_lock(NAME, workspace.key)):
            origin = await self._origin(workspace, scan_id)
            space = await self._space(workspace.key, origin)
            await self._finish(workspace.key)
            outcome.writes.rows += await self._bringer.adopt(space, origin.scope)
            yield origin, space

    async def _delete(self, batch: Batch) -> Outcome:
        key = batch.workspace.key
        outcome = Outcome()
        async with alone(self.database, workspace_lock(NAME, key)):
            await self._finish(key)
            async with self.database.transaction() as connection:
                held = await entries.read(
                    connection, NAME, key, [EntryKey(c.entity_type, c.key) for c in batch.changes]
                )
            gone = [c for c in batch.changes if EntryKey(c.entity_type, c.key) in held]
            if gone:
                origin, space = await self._held(batch.workspace)
                given = [Entry(EntryKey(c.entity_type, c.key), c.entity_id, None, NOTHING) for c in gone]
                await self._bringer.bring(space, origin.scope, given, outcome)
        return outcome

    async def _space(self, key: str, origin: Origin) -> Space:
        """The tables that vectors of this scan belong into; a scan without vectors gets those of our own encoder."""
        if origin.encoder is not None:
            async with self.database.transaction() as connection:
                found = await dimensions(connection, origin.scope, origin.encoder)
            if found is not None:
                return Space(key, origin.encoder, found, self._settings.embedding_model)
        spec = await self._encoder.spec()
        return Space(key, origin.encoder or spec.id, spec.dimensions, self._settings.embedding_model)

    async def _origin(self, workspace: Workspace, scan_id: int | None) -> Origin:
        async with self.database.transaction() as connection:
            return await places.origin(connection, workspace.repository_id, workspace.ref_id, scan_id)

    async def _held(self, workspace: Workspace) -> tuple[Origin, Space]:
        """Where the vectors of a workspace are now."""
        origin = await self._origin(workspace, None)
        async with self.database.transaction() as connection:
            found = await self._bringer.space_of(connection, workspace.key)
        return origin, found or await self._space(workspace.key, origin)

    async def held(self, key: str, changes: Sequence[Change]) -> dict[EntryKey, EntryRow]:
        """Entries of a workspace that the changes are of."""
        async with self.database.transaction() as connection:
            return await entries.read(connection, NAME, key, [EntryKey(c.entity_type, c.key) for c in changes])

    async def _stale(self, key: str, changes: Sequence[Change]) -> list[Change]:
        """Changes that the store does not hold yet."""
        held = await self.held(key, changes)
        hashes = {at: row.content_hash for at, row in held.items()}
        return [
            c for c in changes if hashes.get(EntryKey(c.entity_type, c.key)) != c.content_hash or not c.content_hash
        ]

    async def _after(self, writes: Writes) -> None:
        if writes.total >= ANALYSE_FROM:
            await self._analyse()

    async def _analyse(self) -> None:
        async with self.database.transaction() as connection:
            await stored.analyse(connection)

    async def _finish(self, key: str) -> int:
        """Bring what is unfinished in a workspace back. The caller holds its lock."""
        async with self.database.transaction() as connection:
            rows = (await entries.unfinished(connection, NAME)).get(key, [])
        if not rows:
            return 0
        repository_id, ref_id = _ids(key)
        origin, space = await self._held(Workspace(repository_id, "", ref_id, "", int(key.rsplit("_g", 1)[1])))
        try:
            await self._bringer.back(space, origin.scope, rows)
        except DocrunchError as error:  # nothing may be written beside what is half written
            raise Unreachable(f"the knowledge graph cannot be brought back: {error.message}") from error
        return len(rows)

    async def _recover(self) -> int:
        async with self.database.transaction() as connection:
            keys = list(await entries.unfinished(connection, NAME))
        recovered = 0
        for key in keys:
            async with alone(self.database, workspace_lock(NAME, key), wait=False) as mine:
                recovered += await self._finish(key) if mine else 0  # else somebody writes it now
        if recovered:
            _log.warning("projection_recovered", target=NAME, entities=recovered)
        return recovered

    async def _drop(self, key: str) -> int:
        await self.instances.forget(key)
        async with alone(self.database, workspace_lock(NAME, key)), self.database.transaction() as connection:
            removed = await stored.drop(connection, key)
            await entries.forget_all(connection, NAME, key)
        return removed

    async def _left(self, repository_id: int) -> dict[str, int]:
        async with self.database.transaction() as connection:
            found = await stored.left(connection, repository_id)
            noted = await entries.left(connection, NAME, repository_id)
        return {**found, **({"projection_entries": noted} if noted else {})}

    async def _health(self) -> dict[str, Any]:
        async with self.database.transaction() as connection:
            unfinished = await entries.unfinished(connection, NAME)
            tables = await stored.totals(connection)
        return {"status": "ok", "unfinished": sum(map(len, unfinished.values())), **tables}


def _ids(key: str) -> tuple[int, int]:
    """Repository and ref of `Workspace.key`."""
    repository, ref, _ = key[1:].split("_")
    return int(repository), int(ref)


def _open_encoder(context: TargetContext) -> Encoder:
    key = context.settings.llm.api_key
    return open_encoder(encoder_settings(context.settings), api_key=key.get_secret_value() if key else None)


async def _reached(work: Awaitable[Result]) -> Result:
    """Raises:
    TargetUnreachable: the database, or what makes vectors, does not answer.
    """
    try:
        return await work
    except TargetUnreachable:
        raise
    except Unreachable as error:
        raise TargetUnreachable(error.message, hint=error.hint) from error
    except (DocrunchError, asyncio.CancelledError):
        raise
