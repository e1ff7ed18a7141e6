"""What ranks: plain ones to compare with, and ours in parts and whole. All see the same documents of a `World`."""

from typing import Protocol

from benchmarks.retrieval.model import Group
from benchmarks.retrieval.worlds import World


class Ranker(Protocol):
    """A system that has read a world."""

    def rank(self, query: str, group: Group, limit: int) -> list[str]:
        """Node ids of symbols, or paths: answers of the world only, best first, each once, at most ``limit``."""


class System(Protocol):
    @property
    def name(self) -> str: ...

    def open(self, world: World) -> Ranker: ...
