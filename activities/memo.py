"""What a step made from which inputs, so that a scan of what was scanned before makes nothing twice.

One per process: the code that made a result is the code that would make it again. A result holds names of immutable
objects; where cleanup took one of them away, the step is done again. It is done again after `KEPT`, too: no row may
refer to the objects, and only making them again keeps them from a cleanup that is about to begin.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from db.objects import ObjectKind, ObjectStore

RESULTS = 256  # names and counts: kilobytes each
KEPT = 3_600.0  # seconds: with `db.objects.FRESH` well below the least grace of a sweep (2 h)

Result = TypeVar("Result")


class Made(msgspec.Struct, frozen=True):
    result: object
    objects: tuple[tuple[ObjectKind, str], ...]
    at: float  # seconds of the monotonic clock


class Memo:
    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._made: OrderedDict[str, Made] = OrderedDict()

    async def get(self, key: str, kind: type[Result]) -> Result | None:
        """What was made from these inputs; None when it was not, or when an object of it is gone."""
        found = self._made.get(key)
        if found is None or not isinstance(found.result, kind):
            return None
        if time.monotonic() - found.at > KEPT:
            del self._made[key]
            return None
        for each, sha256 in found.objects:
            if not await self._objects.exists(each, sha256):
                if self._made.get(key) is found:
                    del self._made[key]
                return None
        if self._made.get(key) is found:  # others put and took while the objects were looked for
            self._made.move_to_end(key)
        return found.result

    def put(self, key: str, result: object, objects: Sequence[tuple[ObjectKind, str]]) -> None:
        self._made[key] = Made(result, tuple(objects), time.monotonic())
        self._made.move_to_end(key)
        while len(self._made) > RESULTS:
            self._made.popitem(last=False)
