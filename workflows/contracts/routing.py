"""The decision of the job router, as it travels in requests, results and events."""

from enum import StrEnum

from .model import Contract
from .queues import Queue


class Device(StrEnum):
    AUTO = "auto"
    GPU = "gpu"
    CPU = "cpu"


class Lane(StrEnum):
    FAST = "fast"
    DURABLE = "durable"


class Route(Contract):
    lane: Lane = Lane.DURABLE
    expected_seconds: float = 0.0
    reason: str = ""

    def queue(self, stage: Queue) -> Queue:
        """Where a stage's activities of this job go. Embedding always stays on the queue of its device."""
        return Queue.FAST if self.lane is Lane.FAST else stage

    @property
    def priority(self) -> int:
        """Temporal priority key, 1 first."""
        return 1 if self.lane is Lane.FAST else 3


class PollersRequest(Contract):
    queue: Queue


class Pollers(Contract):
    """Workers seen on a queue. One that was killed stays listed for about a minute."""

    queue: Queue
    count: int
    identities: tuple[str, ...] = ()
