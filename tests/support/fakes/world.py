"""What one run's activities answer, and what they were asked."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from temporalio import activity
from temporalio.exceptions import ApplicationError

from workflows.contracts import sync

R = TypeVar("R")
BEAT_SECONDS = 0.02


@dataclass
class World:
    """What one run's activities answer, and what they were asked."""

    name: str
    files: int = 40
    nodes: int = 100
    pages: int = 450
    estimate: float = 100.0  # durable queues
    gpu_pollers: int = 0
    declared_ref: bool = True
    unlinked: int = 0  # files that cannot be linked
    lost_files: int = 0  # per page
    published_before: bool = False
    calls: list[tuple[str, Any]] = field(default_factory=list)
    queues: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    fail: dict[str, BaseException] = field(default_factory=dict)
    fail_times: dict[str, int] = field(default_factory=dict)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    started: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    running: set[str] = field(default_factory=set)
    overlapped: set[tuple[str, str]] = field(default_factory=set)
    health: Mapping[str, str] = field(default_factory=dict)
    drift: int = 0  # of a new generation
    away: int = 0  # times that a store does not answer
    seconds: float = 0.0  # that every activity takes
    drains: list[sync.DrainResult] = field(default_factory=list)  # what drains answer, in order; then: nothing waits
    model: str = ""  # that words answers
    found: bool = True  # an answer
    uncancellable: set[str] = field(default_factory=set)  # their commit is under way when the cancellation comes

    @property
    def workflow_id(self) -> str:
        return f"docpack:{self.name}:0123456789ab:cafe"

    def hold(self, name: str) -> asyncio.Event:
        """The activity waits until the returned event is set, or until it is cancelled."""
        return self.held.setdefault(name, asyncio.Event())

    def names(self, *wanted: str) -> list[str]:
        return [name for name, _ in self.calls if not wanted or name in wanted]

    def requests(self, name: str) -> list[Any]:
        return [request for each, request in self.calls if each == name]

    async def act(self, name: str, request: Any, result: R) -> R:
        self.calls.append((name, request))
        self.queues[name].add(activity.info().task_queue)
        self.overlapped |= {(other, name) for other in self.running}
        self.running.add(name)
        self.started[name].set()
        try:
            await self._wait(name)
        except asyncio.CancelledError:
            if name not in self.uncancellable:
                raise
        finally:
            self.running.discard(name)
        if name in self.fail and self.fail_times.get(name, 1) > 0:
            if name in self.fail_times:
                self.fail_times[name] -= 1
            raise self.fail[name]
        return result

    async def _wait(self, name: str) -> None:
        if self.seconds:
            await asyncio.sleep(self.seconds)
        release = self.held.get(name)
        while release and not release.is_set():
            activity.heartbeat()
            with suppress(TimeoutError):
                await asyncio.wait_for(release.wait(), BEAT_SECONDS)


def refusal(name: str) -> ApplicationError:
    return ApplicationError(f"{name} was told to fail", type="invalid_archive", non_retryable=True)


class Worlds:
    def __init__(self) -> None:
        self._found: dict[str, World] = {}
        self._numbers = itertools.count(1)

    def open(self, label: str = "world", **settings: Any) -> World:
        world = World(name=f"{label}-{next(self._numbers)}", **settings)
        self._found[world.name] = world
        return world

    def here(self) -> World:
        """The world of the run that the current activity belongs to; one for all scheduled operations."""
        parts = (activity.info().workflow_id or "").split(":")
        return self._found.setdefault(parts[1], World(name=parts[1]))


class Fake:
    """Activities of one port, recorded in the world of the run that asks."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds

    async def act(self, request: Any, result: R) -> R:
        return await self._worlds.here().act(activity.info().activity_type, request, result)
