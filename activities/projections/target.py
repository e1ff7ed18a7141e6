"""What a derived store must do to be one."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import msgspec

from db.objects import ObjectStore
from db.repositories.workspaces import workspace_key
from db.session import Database
from docrunch.config import Settings
from docrunch.errors import InvalidConfig, Unreachable
from docrunch.storage.model import Action, EntityType


class TargetUnreachable(Unreachable):
    """The whole store does not answer: no entity is to blame, its circuit opens."""


class Workspace(msgspec.Struct, frozen=True):
    """Where the projection of one ref lives inside a target. A rebuild fills the next ``generation`` beside it.

    ``ref_id`` 0: what belongs to the repository and to no ref (findings, decisions, reports).
    """

    repository_id: int
    slug: str
    ref_id: int
    ref: str
    generation: int

    @property
    def key(self) -> str:
        return workspace_key(self.repository_id, self.ref_id, self.generation)


class Change(msgspec.Struct, frozen=True):
    """The newest state of one entity. ``payload`` is the decoded JSON of its outbox row, None for a deletion.

    `db.publishing.payload` reads that of a file; what people and agents wrote is a `docrunch.storage.model.Document`.
    """

    entity_type: EntityType
    entity_id: str
    key: str  # path of the file or page, id of a finding
    action: Action
    content_hash: bytes | None
    payload: Any = None
    event_id: int = 0


class Batch(msgspec.Struct, frozen=True):
    """Changes of one workspace, each entity once. ``scan_id``: the newest published scan among those they are of."""

    workspace: Workspace
    changes: tuple[Change, ...]
    scan_id: int | None = None


@dataclass(slots=True)
class Writes:
    """What reached the store; projecting the same again counts nothing."""

    vectors: int = 0
    graph: int = 0
    files: int = 0
    rows: int = 0

    @property
    def total(self) -> int:
        return self.vectors + self.graph + self.files + self.rows


@dataclass(slots=True)
class Outcome:
    """What became of a batch. ``failed``: entity id → reason, for entities that are themselves at fault."""

    writes: Writes = field(default_factory=Writes)
    failed: dict[str, str] = field(default_factory=dict)


def entity_name(entity_type: EntityType, key: str) -> str:
    """How an entity is named in a `Drift`."""
    return f"{entity_type}:{key}"


class Sample(msgspec.Struct, frozen=True):
    """What the store should hold: key and type → content hash, of all entities of a workspace or of some."""

    workspace: Workspace
    expected: dict[tuple[EntityType, str], bytes]
    complete: bool = True  # False: entities that are not listed may be there


class Drift(msgspec.Struct, frozen=True):
    """How a store differs from the truth. ``counts``: what it holds (entities, edges, vectors, files, …).

    Entities are named ``type:key`` (`entity_name`).
    """

    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()  # another content than the truth, or damaged
    extra: tuple[str, ...] = ()
    counts: dict[str, int] = {}

    @property
    def total(self) -> int:
        return len(self.missing) + len(self.stale) + len(self.extra)


class Target(Protocol):
    """A derived store. Every method may be repeated: the second time changes nothing.

    Raises (all methods):
        TargetUnreachable: the store does not answer; nothing is said about single entities.
    """

    name: ClassVar[str]
    takes: ClassVar[frozenset[EntityType]]  # other entities are skipped without asking

    async def apply(self, batch: Batch) -> Outcome:
        """Bring the entities in. One that fails leaves its previous state, and does not stop the others."""

    async def delete(self, batch: Batch) -> Outcome:
        """Take the entities out; those that are not there are done."""

    async def verify(self, sample: Sample) -> Drift:
        """Compare what is stored, itself and not a note about it, with the truth."""

    async def rebuild(self, repository: Workspace) -> None:
        """Make an empty workspace of a new generation, beside the one that is read."""

    async def activate(self, repository: Workspace) -> None:
        """Readers see this generation from now on, at once."""

    async def drop(self, repository: Workspace) -> int:
        """Remove a workspace and everything in it. Returns what was removed, in the store's own unit."""

    async def left(self, repository_id: int) -> dict[str, int]:
        """What the store still holds of a repository, by kind; empty after a takedown."""

    async def recover(self) -> int:
        """Bring back to a whole state what a killed process left half done. Returns how many entities."""

    async def health(self) -> dict[str, Any]:
        """Whether it answers and takes what it is given, which is tried; and what it holds."""

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class TargetContext:
    settings: Settings
    database: Database
    objects: ObjectStore


def make_target(name: str, context: TargetContext) -> Target:
    """The target of a name.

    Raises:
        InvalidConfig: there is none.
    """
    if not name.isidentifier():
        raise InvalidConfig(f"storage.sync.targets: {name!r} is no target")
    try:
        module = importlib.import_module(f"activities.projections.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"activities.projections.{name}":
            raise
        raise InvalidConfig(f"storage.sync.targets: there is no target {name!r}") from None
    made: Target = module.make(context)
    return made


def make_targets(names: Sequence[str], context: TargetContext) -> dict[str, Target]:
    return {name: make_target(name, context) for name in names}
