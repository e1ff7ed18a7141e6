"""Which role polls which queue, with which workflows and activities: the one table that workers and tests read."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_type_hints

from docrunch.errors import Failed
from workflows.cleanup import CleanupWorkflow
from workflows.contracts.cleanup import MaintenanceActivities
from workflows.contracts.docpack import AssemblyActivities, GenerationActivities, JobActivities, PackActivities
from workflows.contracts.health import HealthActivities
from workflows.contracts.query import QueryActivities
from workflows.contracts.queues import ROLE_QUEUE, Queue, Role
from workflows.contracts.scan import (
    EmbedActivities,
    IngestActivities,
    LinkActivities,
    RoutingActivities,
    ScanStoreActivities,
)
from workflows.contracts.search import SearchIndexActivities
from workflows.docpack import DocpackWorkflow
from workflows.health import HealthCheckWorkflow
from workflows.scan import RepoScanWorkflow
from workflows.search import SearchWorkflow
from workflows.shard import ShardScan
from workflows.sweep import OrphanSweeperWorkflow

WORKFLOWS: tuple[type, ...] = (
    DocpackWorkflow,
    RepoScanWorkflow,
    ShardScan,
    CleanupWorkflow,
    OrphanSweeperWorkflow,
    HealthCheckWorkflow,
)
QUERY_WORKFLOWS: tuple[type, ...] = (SearchWorkflow,)
"""Those whose tasks the `query` worker takes itself: their activities are local to it."""
_PORTS: Mapping[Role, tuple[type, ...]] = MappingProxyType(
    {
        Role.ORCHESTRATOR: (),
        Role.QUERY: (QueryActivities,),
        Role.INGEST: (IngestActivities,),
        Role.GPU: (EmbedActivities,),
        Role.CPU_EMBED: (EmbedActivities,),
        Role.ASSEMBLY: (ScanStoreActivities, LinkActivities, SearchIndexActivities, AssemblyActivities),
        Role.GENERATION: (GenerationActivities,),
        Role.PACK: (PackActivities,),
        Role.SYNC: (MaintenanceActivities,),
        Role.REGISTRY: (),
        # Everything the job router may send here, and what is short by nature.
        Role.FAST: (
            JobActivities,
            RoutingActivities,
            HealthActivities,
            IngestActivities,
            ScanStoreActivities,
            LinkActivities,
            SearchIndexActivities,
            AssemblyActivities,
            GenerationActivities,
            PackActivities,
        ),
    }
)
_WORKFLOWS: Mapping[Role, tuple[type, ...]] = MappingProxyType(
    {Role.ORCHESTRATOR: WORKFLOWS, Role.QUERY: QUERY_WORKFLOWS}
)
SLOTS: Mapping[Role, int] = MappingProxyType(
    {
        # Fixed: a tuner sees the memory and load of the host, neither those of a GPU nor of parser children.
        Role.INGEST: 2,  # one page computes while the next one reads
        Role.GPU: 2,  # the input and output of one range hides behind the computation of the other
        Role.CPU_EMBED: 2,
        Role.ASSEMBLY: 2,
        Role.GENERATION: 2,
        Role.PACK: 2,
        Role.SYNC: 4,
        Role.FAST: 8,
        Role.QUERY: 8,  # searches at a time: they share the cores, and wait for the database in between
    }
)


@dataclass(frozen=True, slots=True)
class RoleSpec:
    role: Role
    queue: Queue
    workflows: tuple[type, ...]
    ports: tuple[type, ...]
    slots: int

    @property
    def has_work(self) -> bool:
        """False for a role whose workflows and activities are not part of this version."""
        return bool(self.workflows or self.ports)


def spec(role: Role) -> RoleSpec:
    return RoleSpec(role, ROLE_QUEUE[role], _WORKFLOWS.get(role, ()), _PORTS[role], SLOTS.get(role, 1))


def port_methods(port: type) -> dict[str, Callable[..., Any]]:
    """Activity name → abstract method of a port."""
    found: dict[str, Callable[..., Any]] = {}
    for _, method in inspect.getmembers(port, inspect.isfunction):
        definition = getattr(method, "__temporal_activity_definition", None)
        if definition is not None:
            found[definition.name] = method
    return found


def bind(role: Role, instances: Sequence[object]) -> list[Callable[..., Any]]:
    """The activities of a role, each port taken from the one instance that implements it.

    Raises:
        Failed: a port is implemented by none or by several instances, an override lost its ``@activity.defn``, or it
            differs from the port in name or signature. Such a worker would let tasks wait or fail for ever.
    """
    bound: list[Callable[..., Any]] = []
    for port in spec(role).ports:
        owners = [each for each in instances if isinstance(each, port)]
        if len(owners) != 1:
            raise Failed(f"role {role}: {port.__name__} is implemented by {len(owners)} objects, not by one")
        bound += [_implementation(owners[0], name, method) for name, method in port_methods(port).items()]
    return bound


def _implementation(owner: object, name: str, port: Callable[..., Any]) -> Callable[..., Any]:
    method: Callable[..., Any] = getattr(owner, port.__name__)
    where = f"{type(owner).__name__}.{port.__name__}"
    definition = getattr(method, "__temporal_activity_definition", None)
    if definition is None or definition.name != name:
        raise Failed(f"{where} lacks @activity.defn(name={name!r})")
    if _shape(method) != _shape(port):
        raise Failed(f"{where} has signature {_shape(method)}, its port {_shape(port)}")
    return method


def _shape(method: Callable[..., Any]) -> tuple[list[Any], Any]:
    hints = get_type_hints(method)
    result = hints.pop("return", None)
    return list(hints.values()), result


def activity_names(role: Role) -> set[str]:
    return {name for port in spec(role).ports for name in port_methods(port)}
