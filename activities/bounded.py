"""A cache in memory with a stated bound: what was not used for longest goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Bounded(Generic[Key, Value]):
    """Values of content-addressed keys, at most ``most`` in weight. Used by the thread of the event loop alone."""

    def __init__(self, most: int, weigh: Callable[[Value], int] = lambda value: 1) -> None:
        self._most = most
        self._weigh = weigh
        self._entries: OrderedDict[Key, Value] = OrderedDict()
        self.weight = 0

    def get(self, key: Key) -> Value | None:
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found

    def put(self, key: Key, value: Value) -> None:
        held = self._entries.pop(key, None)
        self.weight += self._weigh(value) - (0 if held is None else self._weigh(held))
        self._entries[key] = value
        while self.weight > self._most:
            self.weight -= self._weigh(self._entries.popitem(last=False)[1])
