"""Cleanup, the orphan sweeper, and their ports."""

from abc import ABC, abstractmethod
from enum import StrEnum

from temporalio import activity

from .model import Contract


class CleanupKind(StrEnum):
    """In this order: rows first, then what only they held."""

    JOBS = "jobs"  # finished jobs and tasks past their retention
    SCANS = "scans"  # beyond `retention.scans_per_ref`
    CACHES = "caches"  # facts and vectors that no published or open scan uses, past `cache.grace`
    EVENTS = "events"  # partitions past their retention
    OBJECTS = "objects"  # that no row refers to
    WORKDIRS = "workdirs"  # private directories of jobs that are gone


class CleanupStep(Contract):
    kind: CleanupKind
    now: float  # POSIX seconds, workflow time: the same cut-off on every attempt
    dry_run: bool = False


class Cleaned(Contract):
    deleted: int
    bytes: int = 0


class SweepRequest(Contract):
    """Reconcile jobs and scans that are open in the database while their workflow is closed or gone."""

    older_than_seconds: float = 900.0  # younger rows may belong to a run that is just starting


class SweepResult(Contract):
    checked: int
    swept: int = 0  # rows closed and parts released
    workflow_ids: tuple[str, ...] = ()  # of runs that had ended, at most 100


class MaintenanceActivities(ABC):
    """Queue `sync`: long work on database and objects that nobody waits for."""

    @activity.defn(name="cleanup_step")
    @abstractmethod
    async def cleanup_step(self, request: CleanupStep) -> Cleaned:
        """Delete what is superfluous of one kind. Idempotent; deletes nothing that a published or open scan uses."""

    @activity.defn(name="sweep_orphans")
    @abstractmethod
    async def sweep_orphans(self, request: SweepRequest) -> SweepResult: ...


class CleanupRequest(Contract):
    kinds: tuple[CleanupKind, ...] = tuple(CleanupKind)
    dry_run: bool = False


class CleanupResult(Contract):
    deleted: dict[str, int]
    bytes: int
    failed: dict[str, str] = {}  # kind → reason; the others were done all the same
