"""Bringing the truth of one ref into one workspace of a target, batch by batch."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.projections.target import Batch, Change, Target, Workspace, entity_name
from activities.sync_worker import SyncWorker
from db.repositories import projections, workspaces
from db.repositories.projections import Key, Scope, Truth
from db.repositories.workspaces import Place, Projected
from db.session import Database
from docrunch.storage.model import Action, EntityType, entity_id

BATCH_ENTITIES = 100
NOT_KEPT = "what its hash promises is not kept any more; scan the ref again"


class View(msgspec.Struct, frozen=True):
    """The truth at one moment: every hash, and the newest outbox row that it includes."""

    event_id: int
    hashes: dict[Key, bytes]
    changed: tuple[Key, ...]  # since the moment that was asked about
    entities: tuple[Truth, ...]  # those of ``changed`` that exist


@dataclass
class Brought:
    """What became of entities that were written. ``failed``: `entity_name` → reason."""

    entities: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Brought") -> None:
        self.entities += other.entities
        self.failed |= other.failed


@dataclass(frozen=True)
class Projector:
    """``check`` raises when the caller may not write any more; called before each batch."""

    database: Database
    target: Target
    where: Projected
    check: Callable[[], None] = lambda: None

    @property
    def scope(self) -> Scope:
        return Scope(self.where.repository_id, self.where.ref_id)

    async def place(self) -> Place:
        async with self.database.transaction() as connection:
            return await workspaces.place(connection, self.where.repository_id, self.where.ref_id)

    def workspace(self, place: Place, generation: int) -> Workspace:
        return Workspace(self.where.repository_id, place.slug, self.where.ref_id, place.ref, generation)

    async def view(self, after: int) -> View:
        """Everything as it is now, and what changed since the outbox row ``after``."""
        async with self.database.snapshot() as connection:
            changed = await self._changed(connection, after)
            return View(
                await projections.newest_event(connection, self.scope),
                await projections.hashes(connection, self.scope, self.target.takes),
                tuple(changed),
                tuple(await projections.read(connection, self.scope, changed)),
            )

    async def _changed(self, connection: AsyncConnection, after: int) -> list[Key]:
        changed = await projections.changed_after(connection, self.scope, after)
        return [key for key in changed if key[0] in self.target.takes]

    async def page(self, cursor: Key | None, limit: int) -> tuple[list[Key], list[Truth]]:
        """The next keys and their entities, of one moment."""
        async with self.database.snapshot() as connection:
            keys = await projections.keys_after(connection, self.scope, self.target.takes, cursor, limit)
            return keys, await projections.read(connection, self.scope, keys)

    async def entities(self, keys: Collection[Key]) -> list[Truth]:
        async with self.database.snapshot() as connection:
            return await projections.read(connection, self.scope, keys)

    async def write(self, workspace: Workspace, entities: Sequence[Truth], scan_id: int | None) -> Brought:
        """As a sync does: one entity at fault is found and does not keep the others out."""
        worker, brought = SyncWorker(self.target), Brought()
        kept = [each for each in entities if each.payload is not None]
        brought.failed |= {entity_name(*each.name): NOT_KEPT for each in entities if each.payload is None}
        for start in range(0, len(kept), BATCH_ENTITIES):
            self.check()
            part = kept[start : start + BATCH_ENTITIES]
            outcome = await worker.update_projection(Batch(workspace, tuple(map(_upsert, part)), scan_id))
            brought.failed |= _named(outcome.failed, {each.entity_id: each.name for each in part})
        brought.entities = len(entities) - len(brought.failed)
        return brought

    async def remove(self, workspace: Workspace, keys: Iterable[Key], scan_id: int | None) -> Brought:
        names, worker = list(keys), SyncWorker(self.target)
        brought = Brought(len(names))
        for start in range(0, len(names), BATCH_ENTITIES):
            self.check()
            part = names[start : start + BATCH_ENTITIES]
            identities = {entity_id(self.scope.entities, key): (kind, key) for kind, key in part}
            changes = tuple(
                Change(kind, identity, key, Action.DELETE, None) for identity, (kind, key) in identities.items()
            )
            outcome = await worker.delete_projection(Batch(workspace, changes, scan_id))
            brought.failed |= _named(outcome.failed, identities)
        return brought

    async def catch_up(self, workspace: Workspace, view: View, scan_id: int | None) -> Brought:
        """Bring in what ``view`` says has changed."""
        brought = await self.write(workspace, view.entities, scan_id)
        there = {each.name for each in view.entities}
        brought.add(await self.remove(workspace, [key for key in view.changed if key not in there], scan_id))
        return brought


def _upsert(each: Truth) -> Change:
    payload = msgspec.json.decode(each.payload or b"null")
    return Change(each.entity_type, each.entity_id, each.key, Action.UPSERT, each.content_hash, payload)


def _named(failed: Mapping[str, str], names: Mapping[str, Key]) -> dict[str, str]:
    return {entity_name(*names[each]) if each in names else each: reason for each, reason in failed.items()}


def key_of(name: str, hashes: Mapping[Key, bytes], scope: Scope, takes: Collection[EntityType]) -> Key | None:
    """The entity that a `Drift` means: ``type:key``, or the bare key or the id of one. None: it is no entity."""
    kind, separator, key = name.partition(":")
    if separator and kind in set(EntityType):
        return EntityType(kind), key
    bare = name.removeprefix(entity_id(scope.entities, ""))
    known = [(each, bare) for each in sorted(takes) if (each, bare) in hashes]
    if known:
        return known[0]
    return (next(iter(takes)), bare) if len(takes) == 1 else None


def full_name(name: str, hashes: Mapping[Key, bytes], scope: Scope, takes: Collection[EntityType]) -> str:
    """`entity_name` of what a `Drift` means; what is no entity keeps its name."""
    key = key_of(name, hashes, scope, takes)
    return entity_name(*key) if key is not None else name
