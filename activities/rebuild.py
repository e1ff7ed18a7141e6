"""A generation of a derived store, from empty to active, or back to nothing."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.heartbeat import Beat, finished, heartbeating
from activities.projecting import Projector, View, full_name
from activities.projections.registry import Targets
from activities.projections.target import Drift, Sample, TargetUnreachable, Workspace, entity_name
from db.events import NewEvent, append
from db.events.model import Payload, SyncRebuildCompleted, SyncRebuildStarted
from db.locks import SessionLocks, rebuild_lock, session_locks, sync_lock
from db.repositories import leftovers, projections, sync_notes, workspaces
from db.repositories.projections import Key
from db.repositories.workspaces import BUILDING, DROPPING, Place, Projected, WorkspaceRow
from db.session import Database
from docrunch.errors import Conflict, NotFound
from docrunch.storage.model import EntityType
from workflows.contracts.rebuild import (
    NAMES,
    Begun,
    Checked,
    Dropped,
    Filled,
    FillPage,
    GenerationStep,
    Planned,
    ProjectionKey,
    RebuildActivities,
    Switched,
    Undone,
)

_log = structlog.get_logger()


@dataclass(frozen=True)
class Held:
    """The locks of one step, and what it works on."""

    projector: Projector
    locks: SessionLocks
    beat: Beat


class Rebuild(RebuildActivities):
    def __init__(self, database: Database, targets: Targets) -> None:
        self._database = database
        self._targets = targets

    @activity.defn(name="plan_rebuild")
    async def plan_rebuild(self, request: ProjectionKey) -> Planned:
        projector = Projector(self._database, await self._targets.get(request.target), _where(request))
        async with heartbeating():
            view = await projector.view(0)
        return Planned(entities=_by_type(view.hashes))

    @activity.defn(name="begin_generation")
    async def begin_generation(self, request: ProjectionKey) -> Begun:
        async with self._held(request) as held:
            place = await held.projector.place()
            await self._drop(held, building=True)
            async with self._database.transaction() as connection:
                # Read before the first page is: what is published from now on is in the catching up.
                event_id = await projections.newest_event(connection, held.projector.scope)
                generation = await workspaces.begin(connection, held.projector.where)
                told = SyncRebuildStarted(request.target, place.ref, generation, request.reason)
                await append(connection, [_event(request, place, told, f"{generation}:started")])
            await held.projector.target.rebuild(held.projector.workspace(place, generation))
            return Begun(generation=generation, event_id=event_id)

    @activity.defn(name="fill_generation")
    async def fill_generation(self, request: FillPage) -> Filled:
        async with self._held(request.key) as held:
            place, workspace = await self._building(held, request.generation)
            cursor = _key(request.cursor)
            keys, entities = await held.projector.page(cursor, request.limit)
            brought = await held.projector.write(workspace, entities, place.scan_id)
            last = keys[-1] if len(keys) == request.limit else None
            return Filled(
                cursor=(str(last[0]), last[1]) if last else None,
                entities=brought.entities,
                failed=tuple(sorted(brought.failed)),
            )

    @activity.defn(name="check_generation")
    async def check_generation(self, request: GenerationStep) -> Checked:
        async with self._held(request.key) as held:
            place, workspace = await self._building(held, request.generation)
            view, failed = await self._catch_up(held, workspace, place, request)
            drift = await compare(held.projector, workspace, view.hashes, failed)
            return Checked(
                event_id=view.event_id,
                entities=len(view.hashes) - len(failed),
                failed=tuple(sorted(failed)),
                drift=drift.total,
                named=tuple(named(drift))[:NAMES],
            )

    @activity.defn(name="switch_generation")
    async def switch_generation(self, request: GenerationStep) -> Switched:
        async with self._held(request.key) as held:
            # No sync of the repository until the end: what it would write to would not be read any more.
            await held.locks.take(sync_lock(request.key.target, request.key.repository_id))
            return await finished(self._switch(held, request), keep_result=True)

    async def _switch(self, held: Held, request: GenerationStep) -> Switched:
        projector = held.projector
        place = await projector.place()
        workspace = projector.workspace(place, request.generation)
        if (await self._state(projector.where, request.generation)) == workspaces.ACTIVE:  # an earlier attempt
            await projector.target.activate(workspace)
            async with self._database.snapshot() as connection:
                hashes = await projections.hashes(connection, projector.scope, projector.target.takes)
            return Switched(entities=_by_type(hashes), failed=request.failed)
        await self._building(held, request.generation)
        view, failed = await self._catch_up(held, workspace, place, request)
        await self._compare_changed(held, workspace, view, failed)
        entities = {key: value for key, value in view.hashes.items() if entity_name(*key) not in failed}
        held.locks.check()
        async with self._database.transaction() as connection:
            await workspaces.activate(connection, projector.where, request.generation)
            await sync_notes.set_synced(connection, projector.where, view.event_id, entities, failed)
            status = "partial" if failed else "completed"
            reasons = {"entity_failed": len(failed)} if failed else {}
            told = SyncRebuildCompleted(
                request.key.target, place.ref, request.generation, status, reasons, len(entities)
            )
            await append(connection, [_event(request.key, place, told, f"{request.generation}:completed")])
        await projector.target.activate(workspace)
        return Switched(entities=_by_type(entities), failed=tuple(sorted(failed)))

    @activity.defn(name="drop_replaced")
    async def drop_replaced(self, request: ProjectionKey) -> Dropped:
        async with self._held(request) as held:
            return await self._drop(held, building=False)

    @activity.defn(name="abandon_generation")
    async def abandon_generation(self, request: Undone) -> Dropped:
        key = request.key
        async with self._held(key) as held:
            async with self._database.transaction() as connection:
                rows = await workspaces.of(connection, held.projector.where)
                building = [row for row in rows if row.state == BUILDING]
                await workspaces.abandon(connection, held.projector.where)
                if building:
                    await self._tell_end(connection, request, building[-1])
            return await self._drop(held, building=True)

    async def _tell_end(self, connection: AsyncConnection, request: Undone, row: WorkspaceRow) -> None:
        try:
            place = await workspaces.place(connection, row.repository_id, row.ref_id)
        except NotFound:  # removed meanwhile, and its events with it
            return
        told = SyncRebuildCompleted(row.target, place.ref, row.generation, request.status, {request.status: 1}, 0)
        await append(connection, [_event(request.key, place, told, f"{row.generation}:completed")])

    async def sweep(self, where: Projected, gone: Callable[[], Awaitable[bool]]) -> int:
        """Finish what a rebuild whose workflow is gone has left; 0 while one of its steps is still running.

        Args:
            gone: whether the workflow has ended; asked while no step can begin.
        """
        target = await self._targets.get(where.target)
        async with session_locks(self._database) as locks:
            if not await locks.take_now(rebuild_lock(where.target, where.repository_id, where.ref_id)):
                return 0
            if not await gone():
                return 0
            held = Held(Projector(self._database, target, where, locks.check), locks, Beat())
            await locks.share_store(where.target)
            await locks.take(sync_lock(where.target, where.repository_id))
            await self._reactivate(held)
            return (await self._drop(held, building=True)).generations

    async def _reactivate(self, held: Held) -> None:
        """A switch may have ended between the row and the store."""
        async with self._database.transaction() as connection:
            row = await workspaces.active(connection, held.projector.where)
        if row is not None:
            place = await held.projector.place()
            await held.projector.target.activate(held.projector.workspace(place, row.generation))

    # ── parts of steps ──

    @asynccontextmanager
    async def _held(self, key: ProjectionKey) -> AsyncIterator[Held]:
        target = await self._targets.get(key.target)
        async with heartbeating() as beat, session_locks(self._database) as locks:
            await locks.take(rebuild_lock(key.target, key.repository_id, key.ref_id))
            await locks.share_store(key.target)
            yield Held(Projector(self._database, target, _where(key), locks.check), locks, beat)

    async def _state(self, where: Projected, generation: int) -> str | None:
        async with self._database.transaction() as connection:
            rows = await workspaces.of(connection, where)
        return next((row.state for row in rows if row.generation == generation), None)

    async def _building(self, held: Held, generation: int) -> tuple[Place, Workspace]:
        """Raises:
        Conflict: the generation was given up.
        """
        place = await held.projector.place()
        if await self._state(held.projector.where, generation) != BUILDING:
            raise Conflict(f"generation {generation} of {held.projector.where.target} is not being built any more")
        return place, held.projector.workspace(place, generation)

    async def _catch_up(
        self, held: Held, workspace: Workspace, place: Place, request: GenerationStep
    ) -> tuple[View, set[str]]:
        """What changed since the last step is in afterwards; what failed then and did not now, no longer counts."""
        view = await held.projector.view(request.event_id)
        brought = await held.projector.catch_up(workspace, view, place.scan_id)
        changed = {entity_name(*key) for key in view.changed}
        return view, {*(set(request.failed) - changed), *brought.failed}

    async def _compare_changed(self, held: Held, workspace: Workspace, view: View, failed: set[str]) -> None:
        """All was compared before; here only what has changed since.

        Raises:
            Conflict: the store does not hold what it was just given.
        """
        some = {key: view.hashes[key] for key in view.changed if key in view.hashes}
        drift = await compare(held.projector, workspace, some, failed, complete=False)
        if drift.total:
            raise Conflict(f"{held.projector.where.target} does not hold what it was given: {', '.join(named(drift))}")

    async def _drop(self, held: Held, *, building: bool) -> Dropped:
        """Drop generations that nobody reads; with ``building``, what is being built too."""
        where = held.projector.where
        async with self._database.transaction() as connection:
            if building:
                await workspaces.abandon(connection, where)
            rows = [row for row in await workspaces.of(connection, where) if row.state == DROPPING]
        if not rows:
            return Dropped(generations=0)
        place = await held.projector.place()
        dropped = 0
        for row in rows:
            held.locks.check()
            workspace = held.projector.workspace(place, row.generation)
            try:
                await held.projector.target.drop(workspace)
            except TargetUnreachable as error:
                if not building:
                    return Dropped(generations=dropped, left=error.message)
                raise
            async with self._database.transaction() as connection:
                await leftovers.forget_entries(
                    connection, where.target, held.projector.workspace(place, row.generation).key
                )
                await workspaces.forget(connection, where, row.generation)
            dropped += 1
        return Dropped(generations=dropped)


async def compare(
    projector: Projector,
    workspace: Workspace,
    hashes: Mapping[Key, bytes],
    failed: Iterable[str],
    *,
    complete: bool = True,
) -> Drift:
    """Drift of a workspace, without entities that are known to have failed."""
    known = set(failed)
    expected = {key: value for key, value in hashes.items() if entity_name(*key) not in known}
    found = await projector.target.verify(Sample(workspace, expected, complete))

    def wanted(names: tuple[str, ...]) -> tuple[str, ...]:
        full = {full_name(each, hashes, projector.scope, projector.target.takes) for each in names}
        return tuple(sorted(full - known))

    return Drift(wanted(found.missing), wanted(found.stale), wanted(found.extra), found.counts)


def named(drift: Drift) -> list[str]:
    """``missing file:a.py`` and so on."""
    kinds = (("missing", drift.missing), ("stale", drift.stale), ("extra", drift.extra))
    return [f"{kind} {name}" for kind, names in kinds for name in names]


def _where(key: ProjectionKey) -> Projected:
    return Projected(key.target, key.repository_id, key.ref_id)


def _key(cursor: tuple[str, str] | None) -> Key | None:
    return (EntityType(cursor[0]), cursor[1]) if cursor else None


def _by_type(hashes: Iterable[Key]) -> dict[str, int]:
    return dict(sorted(Counter(str(kind) for kind, _ in hashes).items()))


def _event(key: ProjectionKey, place: Place, payload: Payload, fact: str) -> NewEvent:
    prefix = f"rebuild:{key.target}:{key.repository_id}:{key.ref_id}:{key.run_id}"
    started = NewEvent(payload=payload, subject=place.name, idempotency_key=f"{prefix}:{fact}")
    generation, _, what = fact.partition(":")
    parent = None
    if what == "completed":
        parent = NewEvent(payload=payload, subject="", idempotency_key=f"{prefix}:{generation}:started").event_id
    return NewEvent(
        payload=payload,
        subject=place.name,
        idempotency_key=started.idempotency_key,
        job_id=activity.info().workflow_id if activity.in_activity() else None,
        repository_id=key.repository_id,
        parent_id=parent,
        tenant_id=place.tenant_id,
    )
