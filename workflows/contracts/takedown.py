"""Forgetting a repository in every store, and its port."""

from abc import ABC, abstractmethod

from temporalio import activity

from .model import Contract

TAKEDOWN_WORKFLOW = "TakedownWorkflow"
SHOWN_IDS = 200  # of workflows whose histories Temporal keeps


class TakedownRequest(Contract):
    """``first_wait_seconds``: before what could not be reached is tried again; doubles up to the largest."""

    repository_id: int
    repository: str
    first_wait_seconds: float = 5.0
    max_wait_seconds: float = 600.0
    continue_after_events: int = 4_000


class Stopped(Contract):
    workflow_ids: tuple[str, ...]


class Removed(Contract):
    """Rows of the repository itself are gone."""

    removed: dict[str, int]  # rows by table
    shared: dict[str, int]  # cache entries that other repositories use too
    dropped: dict[str, int]  # by derived store, in its own unit


class Rest(Contract):
    """``waiting``: what could not be cleared yet → why; the takedown comes back to it."""

    waiting: dict[str, str] = {}
    objects: int = 0
    dropped: dict[str, int] = {}


class TakedownResult(Contract):
    """The proof: ``left`` counts what was found after everything was removed, by place; empty when nothing is."""

    repository: str
    removed: dict[str, int] = {}
    shared: dict[str, int] = {}
    dropped: dict[str, int] = {}
    objects: int = 0
    checked: dict[str, int] = {}  # places that were looked at: tables, objects, stores
    left: dict[str, int] = {}
    workflows: tuple[str, ...] = ()  # whose histories Temporal keeps until their retention


class TakedownProgress(Contract):
    phase: str
    waiting: dict[str, str] = {}


class TakedownActivities(ABC):
    """Queue `sync`. Every step may be repeated."""

    @activity.defn(name="stop_derived")
    @abstractmethod
    async def stop_derived(self, request: TakedownRequest) -> Stopped:
        """Cancel what keeps derived stores of the repository, and wait for its end. Refused while a run goes on."""

    @activity.defn(name="remove_repository")
    @abstractmethod
    async def remove_repository(self, request: TakedownRequest) -> Removed:
        """Drop its workspaces where they can be reached, then all of its rows; what is left is written down."""

    @activity.defn(name="clear_rest")
    @abstractmethod
    async def clear_rest(self, request: TakedownRequest) -> Rest:
        """Workspaces that were out of reach, and objects that nobody else uses."""

    @activity.defn(name="prove_takedown")
    @abstractmethod
    async def prove_takedown(self, request: TakedownRequest) -> TakedownResult:
        """Count what is left anywhere, and close the takedown."""
