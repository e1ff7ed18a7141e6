"""Manifests into the store and back: write ahead, write, settle; on an error bring the old state back.

Many entries go in one flush. Where that fails they are brought back and tried one by one, so that the one at fault is
found and the others arrive.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.projections.lightrag.building import Builder
from activities.projections.target import Outcome
from db.knowledge import entries, stored
from db.knowledge.entries import EntryKey, EntryRow, Pending
from db.knowledge.instances import Instances, Space, meaning
from db.knowledge.loop import run
from db.knowledge.places import Origin
from db.knowledge.vectors import Vector
from db.knowledge.writing import Written, write
from db.session import Database
from docrunch.errors import AuthError, DocrunchError, Unreachable
from docrunch.knowledge.manifest import NOTHING, Manifest, decode, encode, home_of
from docrunch.knowledge.plan import Step, plan, touched

AT_ONCE = 200  # entries of one flush
_log = structlog.get_logger()


class Entry(msgspec.Struct, frozen=True):
    """``content_hash`` None: the entity is to be gone, its manifest is empty."""

    at: EntryKey
    entity_id: str
    content_hash: bytes | None
    manifest: Manifest


class Mine(msgspec.Struct, frozen=True):
    """A workspace that nobody else writes. ``check`` raises `db.locks.LockLost` when that is no longer so."""

    space: Space
    origin: Origin
    check: Callable[[], None]


class Bringer:
    def __init__(self, target: str, database: Database, instances: Instances, builder: Builder) -> None:
        self._target = target
        self._database = database
        self._instances = instances
        self._builder = builder

    async def bring(self, mine: Mine, given: Sequence[Entry], outcome: Outcome) -> None:
        """Bring entries in; what fails is in ``outcome.failed``.

        Raises:
            Unreachable, AuthError: the store takes nothing. Entries are as before, or noted as unfinished.
        """
        for start in range(0, len(given), AT_ONCE):
            page = given[start : start + AT_ONCE]
            try:
                await self._flush(mine, page, outcome)
            except (Unreachable, AuthError):
                raise
            except DocrunchError as error:
                if len(page) == 1:
                    outcome.failed[page[0].entity_id] = error.message
                    continue
                for entry in page:
                    await self.bring(mine, [entry], outcome)

    async def _flush(self, mine: Mine, page: Sequence[Entry], outcome: Outcome) -> None:
        made, vectors = await self._builder.vectors(mine.origin, mine.space.encoder, [entry.manifest for entry in page])
        async with self._database.transaction() as connection:
            held = await entries.read(connection, self._target, mine.space.workspace, [entry.at for entry in page])
        steps = [
            Step(_home(entry.at), decode(held[entry.at].manifest) if entry.at in held else NOTHING, manifest)
            for entry, manifest in zip(page, made, strict=True)
        ]
        pending = [
            Pending(entry.at, encode(manifest) if entry.content_hash is not None else None, entry.content_hash)
            for entry, manifest in zip(page, made, strict=True)
        ]
        await self._announce(mine, pending)
        try:
            written = await self._write(mine, steps, vectors)
        except BaseException as error:
            restored = await self._compensate(mine, [entry.at for entry in page], error)
            if not isinstance(error, Exception):
                raise
            found = meaning(error)
            if not restored:  # nothing may be written beside what is half written
                raise Unreachable(
                    found.message, hint="The entries are noted and brought back by the next attempt."
                ) from error
            raise found from error
        await self._settle(mine, pending)
        outcome.writes.vectors += written.vectors
        outcome.writes.graph += written.graph
        outcome.writes.rows += written.rows

    async def _write(
        self, mine: Mine, steps: Sequence[Step], vectors: dict[str, Vector], *, force: bool = False
    ) -> Written:
        others = await self._others(mine.space, steps, force=force)
        wanted = plan(steps, others, force=force)
        if wanted.is_empty:
            return Written()
        instance = await self._instances.get(mine.space)
        mine.check()  # also where an old state is brought back because the lock was lost: a successor does that
        return await run(write(instance, wanted, vectors))

    async def _others(self, space: Space, steps: Sequence[Step], *, force: bool) -> dict[str, Manifest]:
        """Manifests of entries outside the steps that may have links of the touched pairs."""
        homes = {home for named in touched(steps, force=force).values() for home in named}
        homes -= {step.home for step in steps}
        if not homes:
            return {}
        keys = [EntryKey(*home.split("\0", 1)) for home in homes]
        async with self._database.transaction() as connection:
            rows = await entries.read(connection, self._target, space.workspace, keys)
        return {_home(at): decode(row.manifest) for at, row in rows.items() if row.manifest}

    async def _compensate(self, mine: Mine, keys: Sequence[EntryKey], cause: BaseException) -> bool:
        """Bring the previous state back. Where that fails too, the entries stay noted, for `recover`."""
        try:
            async with self._database.transaction() as connection:
                rows = await entries.read(connection, self._target, mine.space.workspace, keys)
            await self.back(mine, list(rows.values()))
            return True
        except Exception as error:  # noqa: BLE001 - the first error is the one to tell; the entries are noted
            _log.warning("projection_dirty", target=self._target, error=str(error), cause=str(cause))
        with suppress(DocrunchError):  # else they stay `applying`, which `recover` finds as well
            mine.check()
            async with self._database.transaction() as connection:
                await entries.mark_dirty(connection, self._target, mine.space.workspace, keys)
        return False

    async def back(self, mine: Mine, rows: Sequence[EntryRow]) -> None:
        """From anything between ``manifest`` and ``pending`` to ``manifest``: all rows of both are touched.

        Raises:
            DocrunchError: the store could not be written; the rows are as they were.
        """
        before = [decode(row.manifest) for row in rows]
        after, vectors = await self._builder.vectors(mine.origin, mine.space.encoder, before)
        steps = [
            Step(_home(row.at), _union(held, decode(row.pending)), manifest)
            for row, held, manifest in zip(rows, before, after, strict=True)
        ]
        try:
            await self._write(mine, steps, vectors, force=True)
        except Exception as error:
            raise meaning(error) from error
        await self._settle(
            mine,
            [
                Pending(row.at, encode(manifest) if row.manifest else None, row.content_hash)
                for row, manifest in zip(rows, after, strict=True)
            ],
        )

    async def adopt(self, mine: Mine) -> int:
        """Bring a workspace whose vectors are of another encoder, or in tables of another name, over to this one.

        Vectors of two encoders never meet.

        Returns the number of entries that were brought over.
        """
        async with self._database.transaction() as connection:
            foreign = await entries.read_others(connection, self._target, mine.space.workspace, mine.space.facts)
        for start in range(0, len(foreign), AT_ONCE):
            await self.back(mine, foreign[start : start + AT_ONCE])
        if foreign:
            instance = await self._instances.get(mine.space)
            keep = {
                storage.table_name.lower()
                for storage in (instance.rag.chunks_vdb, instance.rag.entities_vdb, instance.rag.relationships_vdb)
            }
            async with self._database.transaction() as connection:
                old = [t for t in await stored.tables(connection) if t.startswith("lightrag_vdb_") and t not in keep]
                await stored.drop(connection, mine.space.workspace, old)
        return len(foreign)

    async def space_of(self, connection: AsyncConnection, workspace: str) -> Space | None:
        """Where the entries of a workspace are noted to be."""
        return Space.noted(workspace, await entries.all_facts(connection, self._target, workspace))

    async def _announce(self, mine: Mine, pending: Sequence[Pending]) -> None:
        mine.check()
        async with self._database.transaction() as connection:
            await entries.announce(connection, self._target, mine.space.workspace, pending, mine.space.facts)

    async def _settle(self, mine: Mine, done: Sequence[Pending]) -> None:
        mine.check()
        async with self._database.transaction() as connection:
            await entries.settle(connection, self._target, mine.space.workspace, done, mine.space.facts)


def _home(at: EntryKey) -> str:
    return home_of(at.entity_type, at.key)


def _union(held: Manifest, pending: Manifest) -> Manifest:
    return Manifest(
        {**held.nodes, **pending.nodes},
        {**held.pieces, **pending.pieces},
        tuple(sorted({*held.links, *pending.links})),
        {},
    )
