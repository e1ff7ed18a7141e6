"""Derived stores against the truth: by hash, entity by entity, and what `storage_sync` says about them."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.heartbeat import heartbeating
from activities.projecting import Projector, key_of
from activities.projections.registry import Targets
from activities.projections.target import Drift, Sample, Workspace, entity_name
from activities.rebuild import named
from db.locks import session_locks, sync_lock
from db.repositories import projections, sync_notes, workspaces
from db.repositories.projections import Key
from db.repositories.sync_notes import Note
from db.repositories.workspaces import Place, Projected
from db.session import Database
from workflows.contracts.rebuild import (
    NAMES,
    DriftReport,
    ProjectionList,
    VerifyActivities,
    VerifyRequest,
    VerifyStep,
)


class State(msgspec.Struct, frozen=True):
    """Truth, notes and what is on its way, of one moment. ``hashes``: of all ``keys``, or of a sample of them."""

    event_id: int
    keys: frozenset[Key]
    hashes: dict[Key, bytes]
    notes: dict[Key, Note]
    waiting: frozenset[Key]


class Differences(msgspec.Struct, frozen=True):
    """``strays``: what the store holds and no entity accounts for, in its own words; only a rebuild clears it."""

    missing: tuple[Key, ...]
    stale: tuple[Key, ...]
    extra: tuple[Key, ...]
    strays: tuple[str, ...]
    notes: tuple[Key, ...]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(map(len, (self.missing, self.stale, self.extra, self.strays, self.notes)))

    def names(self) -> list[str]:
        drift = Drift(_names(self.missing), _names(self.stale), (*_names(self.extra), *self.strays))
        return [*named(drift), *(f"note {name}" for name in _names(self.notes))]


class Verify(VerifyActivities):
    def __init__(self, database: Database, targets: Targets) -> None:
        self._database = database
        self._targets = targets

    @activity.defn(name="list_projections")
    async def list_projections(self, request: VerifyRequest) -> ProjectionList:
        async with self._database.transaction() as connection:
            found = await workspaces.projections(connection, [request.target], request.repository_id)
        wanted = [each.ref_id for each in found if request.ref_ids is None or each.ref_id in request.ref_ids]
        return ProjectionList(ref_ids=tuple(wanted))

    @activity.defn(name="verify_projection")
    async def verify_projection(self, request: VerifyStep) -> DriftReport:
        where = Projected(request.target, request.repository_id, request.ref_id)
        async with heartbeating(), session_locks(self._database) as locks:
            await locks.share_store(request.target)
            await locks.take(sync_lock(request.target, request.repository_id))  # nothing moves while it is compared
            projector = Projector(self._database, await self._targets.get(request.target), where, locks.check)
            return await self._verify(projector, request)

    async def _verify(self, projector: Projector, request: VerifyStep) -> DriftReport:
        place = await projector.place()
        state, generation = await self._state(projector, request)
        found = DriftReport(
            target=request.target, repository_id=request.repository_id, ref_id=request.ref_id, ref=place.ref
        )
        found = found.model_copy(update={"waiting": len(state.waiting)})
        if generation is None:
            missing = sorted(state.keys - state.waiting)
            names = tuple(f"missing {entity_name(*key)}" for key in missing[:NAMES])
            return found.model_copy(update={"built": False, "missing": len(missing), "named": names})
        workspace = projector.workspace(place, generation)
        # What is on its way belongs to a complete list, and is left out of the differences.
        compared = {k: v for k, v in state.hashes.items() if not request.sample or k not in state.waiting}
        differences = await self._compare(projector, workspace, state, compared, complete=not request.sample)
        failed: tuple[str, ...] = ()
        repaired = 0
        before = differences.total
        for again in (False, True) if request.repair else ():
            if not differences.total:
                break
            failed = await self._repair(projector, workspace, place, state, differences, again=again)
            state, _ = await self._state(projector, request, drawn=sorted(compared))
            differences = await self._compare(projector, workspace, state, compared, complete=not request.sample)
            repaired = max(0, before - differences.total)
        return found.model_copy(
            update={
                "compared": len(compared),
                "missing": len(differences.missing),
                "stale": len(differences.stale),
                "extra": len(differences.extra) + len(differences.strays),
                "notes": len(differences.notes),
                "repaired": repaired,
                "named": tuple(differences.names()[:NAMES]),
                "failed": failed[:NAMES],
                "counts": differences.counts,
            }
        )

    async def _state(
        self, projector: Projector, request: VerifyStep, drawn: Sequence[Key] = ()
    ) -> tuple[State, int | None]:
        """What is on its way: newer outbox rows than were taken in, and rows that have not been applied.

        Args:
            drawn: the sample that was drawn before, to be looked at again.
        """
        takes, scope = projector.target.takes, projector.scope
        async with self._database.snapshot() as connection:
            row = await workspaces.active(connection, projector.where)
            notes = await sync_notes.notes(connection, projector.where)
            late = await self._late(connection, projector, notes)
            if request.sample:
                keys: Collection[Key] = drawn or await projections.all_keys(connection, scope, takes)
                hashes = await projections.hashes_of(connection, scope, drawn or _drawn({*keys} - {*late}, request))
            else:
                hashes = await projections.hashes(connection, scope, takes)
                keys = hashes.keys()
            return (
                State(
                    await projections.newest_event(connection, scope),
                    frozenset(keys),
                    hashes,
                    {key: note for key, note in notes.items() if key[0] in takes},
                    frozenset(key for key in late if key[0] in takes),
                ),
                row.generation if row else None,
            )

    async def _late(
        self, connection: AsyncConnection, projector: Projector, notes: Mapping[Key, Note]
    ) -> Collection[Key]:
        seen = await sync_notes.cursor(connection, projector.where)
        newer = await projections.changed_after(connection, projector.scope, seen)
        return {*newer, *(key for key, note in notes.items() if note.state in ("pending", "failed"))}

    async def _compare(
        self, projector: Projector, workspace: Workspace, state: State, compared: dict[Key, bytes], *, complete: bool
    ) -> Differences:
        """What is on its way is neither missing nor too much."""
        drift = await projector.target.verify(Sample(workspace, compared, complete))
        takes = projector.target.takes

        def settled(names: Iterable[str]) -> tuple[Key, ...]:
            keys = {key_of(each, state.hashes, projector.scope, takes) for each in names}
            return tuple(sorted(key for key in keys if key is not None and key not in state.waiting))

        return Differences(
            settled(drift.missing),
            settled(drift.stale),
            settled(drift.extra),
            tuple(each for each in drift.extra if key_of(each, state.hashes, projector.scope, takes) is None),
            _wrong_notes(state, compared, complete=complete),
            drift.counts,
        )

    async def _repair(
        self,
        projector: Projector,
        workspace: Workspace,
        place: Place,
        state: State,
        found: Differences,
        *,
        again: bool,
    ) -> tuple[str, ...]:
        """Write what is missing or stale, take out what is too much, and note what the store then holds.

        ``again``: a store may have skipped what it believes to hold already; it is taken out first.
        """
        wrong = await projector.entities(sorted({*found.missing, *found.stale}))
        if again:
            await projector.remove(workspace, found.stale, place.scan_id)
        brought = await projector.write(workspace, wrong, place.scan_id)
        brought.add(await projector.remove(workspace, found.extra, place.scan_id))
        touched = [*found.missing, *found.stale, *found.notes]
        held = {
            key: state.hashes[key] for key in touched if key in state.hashes and entity_name(*key) not in brought.failed
        }
        gone = [key for key in (*found.extra, *found.notes) if key not in state.hashes]
        async with self._database.transaction() as connection:
            await sync_notes.set_some(connection, projector.where, state.event_id, held, gone)
        return tuple(f"{name}: {reason}" for name, reason in sorted(brought.failed.items()))


def _names(keys: Iterable[Key]) -> tuple[str, ...]:
    return tuple(entity_name(*key) for key in keys)


def _wrong_notes(state: State, compared: Mapping[Key, bytes], *, complete: bool) -> tuple[Key, ...]:
    """Entities whose row claims another content than the truth, that have no row, or a row although they are gone."""
    wrong = {key for key, value in compared.items() if (note := state.notes.get(key)) is None or note.synced != value}
    if complete:
        wrong |= {key for key, note in state.notes.items() if key not in state.hashes and note.synced is not None}
    return tuple(sorted(wrong - state.waiting))


def _drawn(keys: Collection[Key], request: VerifyStep) -> list[Key]:
    """As many as were asked for: those whose hash with the seed is smallest."""

    def rank(key: Key) -> bytes:
        return hashlib.sha256(f"{request.seed}:{key[0]}:{key[1]}".encode()).digest()

    return sorted(keys, key=rank)[: request.sample]
