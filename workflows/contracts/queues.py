"""Task queues and the roles that poll them (architecture §3). The only place that spells a queue name."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Queue(StrEnum):
    WORKFLOWS = "docrunch-workflows"  # all workflow tasks but those of `query`
    QUERY = "query"
    INGEST = "ingest"
    EMBED_GPU = "embed-gpu"
    EMBED_CPU = "embed-cpu"
    ASSEMBLY = "assembly"
    GENERATION = "generation"
    PACK = "pack"
    SYNC = "sync"
    REGISTRY = "registry"
    FAST = "fast"


class Role(StrEnum):
    ORCHESTRATOR = "orchestrator"
    QUERY = "query"
    INGEST = "ingest"
    GPU = "gpu"
    CPU_EMBED = "cpu-embed"
    ASSEMBLY = "assembly"
    GENERATION = "generation"
    PACK = "pack"
    SYNC = "sync"
    REGISTRY = "registry"
    FAST = "fast"


ROLE_QUEUE: Mapping[Role, Queue] = MappingProxyType(
    {
        Role.ORCHESTRATOR: Queue.WORKFLOWS,
        Role.QUERY: Queue.QUERY,
        Role.INGEST: Queue.INGEST,
        Role.GPU: Queue.EMBED_GPU,
        Role.CPU_EMBED: Queue.EMBED_CPU,
        Role.ASSEMBLY: Queue.ASSEMBLY,
        Role.GENERATION: Queue.GENERATION,
        Role.PACK: Queue.PACK,
        Role.SYNC: Queue.SYNC,
        Role.REGISTRY: Queue.REGISTRY,
        Role.FAST: Queue.FAST,
    }
)
"""Each role polls exactly one queue, so a `gpu` worker can take nothing but embedding work."""
