"""The recurring health check and its port."""

from abc import ABC, abstractmethod
from enum import StrEnum

from temporalio import activity

from .model import Contract


class Component(StrEnum):
    DATABASE = "database"
    OBJECTS = "objects"
    WORKERS = "workers"  # pollers on every queue that has a backlog
    DISK = "disk"
    BACKLOG = "backlog"  # outbox and sync state behind their objective


class Health(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    FAILING = "failing"


class CheckRequest(Contract):
    component: Component


class ComponentHealth(Contract):
    component: Component
    health: Health
    detail: str = ""
    seconds: float = 0.0


class HealthReport(Contract):
    health: Health  # the worst of the components
    components: tuple[ComponentHealth, ...]


class HealthActivities(ABC):
    """Queue `fast`."""

    @activity.defn(name="check_component")
    @abstractmethod
    async def check_component(self, request: CheckRequest) -> ComponentHealth: ...

    @activity.defn(name="record_health")
    @abstractmethod
    async def record_health(self, report: HealthReport) -> None:
        """Keep the report for `status` and `/readyz`, and write an event when the health changed."""


class HealthRequest(Contract):
    components: tuple[Component, ...] = tuple(Component)
