"""Building a derived store anew beside the one that is read, comparing one with the truth, and their ports."""

from abc import ABC, abstractmethod

from temporalio import activity

from .model import Contract

REBUILD_WORKFLOW = "RebuildWorkflow"
VERIFY_WORKFLOW = "VerifyWorkflow"
NAMES = 20  # entities that a result names; all are counted


class RebuildState(Contract):
    """What a continued run carries on with."""

    generation: int
    event_id: int
    run_id: str
    cursor: tuple[str, str] | None = None
    entities: int = 0
    failed: tuple[str, ...] = ()


class RebuildRequest(Contract):
    """``ref_id`` 0: what belongs to the repository and to no ref. ``reason`` is shown to people."""

    target: str
    repository_id: int
    ref_id: int
    reason: str
    dry_run: bool = False
    page_entities: int = 500
    continue_after_events: int = 4_000
    state: RebuildState | None = None  # of a continued run


class RebuildResult(Contract):
    """``status``: completed, partial (``failed`` entities are themselves at fault), or planned (a dry run)."""

    status: str
    target: str
    repository_id: int
    ref_id: int
    generation: int = 0
    entities: dict[str, int] = {}  # by type
    failed: tuple[str, ...] = ()  # ``type:key``
    dropped: int = 0  # generations
    notes: tuple[str, ...] = ()


class ProjectionKey(Contract):
    """``run_id``: the first run of the workflow, so that what a retry tells is told once."""

    target: str
    repository_id: int
    ref_id: int
    run_id: str = ""
    reason: str = ""


class Planned(Contract):
    entities: dict[str, int]


class Begun(Contract):
    """``event_id``: the newest outbox row when the generation was begun."""

    generation: int
    event_id: int


class FillPage(Contract):
    key: ProjectionKey
    generation: int
    cursor: tuple[str, str] | None  # type and key of the last entity that is in
    limit: int


class Filled(Contract):
    cursor: tuple[str, str] | None  # None: that was the last page
    entities: int
    failed: tuple[str, ...] = ()


class GenerationStep(Contract):
    """``event_id``: outbox rows up to it are in the generation. ``failed``: entities that could not be brought in."""

    key: ProjectionKey
    generation: int
    event_id: int
    failed: tuple[str, ...] = ()


class Checked(Contract):
    event_id: int
    entities: int
    failed: tuple[str, ...]
    drift: int
    named: tuple[str, ...] = ()  # the first of what differs


class Switched(Contract):
    entities: dict[str, int]
    failed: tuple[str, ...] = ()


class Undone(Contract):
    """Why a generation is given up: ``failed`` or ``cancelled``."""

    key: ProjectionKey
    status: str


class Dropped(Contract):
    generations: int
    left: str = ""  # why some are still there


class RebuildActivities(ABC):
    """Queue `sync`. Every step holds the lock of the rebuild, so a late attempt never runs beside its successor."""

    @activity.defn(name="plan_rebuild")
    @abstractmethod
    async def plan_rebuild(self, request: ProjectionKey) -> Planned:
        """Count what a rebuild would write."""

    @activity.defn(name="begin_generation")
    @abstractmethod
    async def begin_generation(self, request: ProjectionKey) -> Begun:
        """Make an empty generation beside the active one; what an earlier rebuild left is dropped first."""

    @activity.defn(name="fill_generation")
    @abstractmethod
    async def fill_generation(self, request: FillPage) -> Filled:
        """Project the next page of the truth. Idempotent."""

    @activity.defn(name="check_generation")
    @abstractmethod
    async def check_generation(self, request: GenerationStep) -> Checked:
        """Catch up with what was published meanwhile, and compare everything with the truth."""

    @activity.defn(name="switch_generation")
    @abstractmethod
    async def switch_generation(self, request: GenerationStep) -> Switched:
        """Catch up, then make the generation the active one. While it runs no sync writes to the repository."""

    @activity.defn(name="drop_replaced")
    @abstractmethod
    async def drop_replaced(self, request: ProjectionKey) -> Dropped:
        """Drop the generations that are not read any more."""

    @activity.defn(name="abandon_generation")
    @abstractmethod
    async def abandon_generation(self, request: Undone) -> Dropped:
        """Drop what is being built; the active generation is left alone."""


class VerifyRequest(Contract):
    """``ref_ids`` None: all refs. ``sample``: entities to compare, 0: all. ``seed`` picks them."""

    target: str
    repository_id: int
    ref_ids: tuple[int, ...] | None = None
    sample: int = 0
    seed: int = 0
    repair: bool = False


class VerifyStep(Contract):
    target: str
    repository_id: int
    ref_id: int
    sample: int = 0
    seed: int = 0
    repair: bool = False


class DriftReport(Contract):
    """One ref in one target. ``waiting``: entities whose change is on its way, compared when it has arrived.

    ``notes`` count rows of `storage_sync` that say something else than the truth. ``repaired``: what was put right;
    then the other numbers are those found after it.
    """

    target: str
    repository_id: int
    ref_id: int
    ref: str = ""
    built: bool = True  # False: there is no active generation
    compared: int = 0
    waiting: int = 0
    missing: int = 0
    stale: int = 0
    extra: int = 0
    notes: int = 0
    repaired: int = 0
    named: tuple[str, ...] = ()  # ``missing type:key``, … the first of each
    failed: tuple[str, ...] = ()  # ``type:key: reason`` of what could not be repaired
    counts: dict[str, int] = {}  # what the store holds, in its own units

    @property
    def drift(self) -> int:
        return self.missing + self.stale + self.extra + self.notes


class ProjectionList(Contract):
    ref_ids: tuple[int, ...]


class VerifyActivities(ABC):
    """Queue `sync`."""

    @activity.defn(name="list_projections")
    @abstractmethod
    async def list_projections(self, request: VerifyRequest) -> ProjectionList: ...

    @activity.defn(name="verify_projection")
    @abstractmethod
    async def verify_projection(self, request: VerifyStep) -> DriftReport:
        """Compare the active generation with the truth, entity by entity; with ``repair``, put right what differs."""


class VerifyResult(Contract):
    reports: tuple[DriftReport, ...]
