"""What the `query` role keeps of scans, ready to be asked: one budget for all of it, whoever made it.

What is kept is named by the objects it was made of and is never out of date. It goes when something newer of its ref is
there, or when room is needed and it was asked for longest ago; whoever still uses it keeps it until done.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from db.repositories.scans import ScanRow
from docrunch.collector import trim

LIMIT_BYTES = 1 << 30
FLAWED_SECONDS = 30.0  # after which objects that were missing are looked for again


class Ready(Protocol):
    @property
    def nbytes(self) -> int:
        """Of memory, roughly; it may grow while it is used."""

    @property
    def flaws(self) -> tuple[str, ...]:
        """A sentence for each part that is missing."""


Made = TypeVar("Made", bound=Ready)
Kind = type[Any]
Key = tuple[Kind, tuple[str, ...]]


@dataclass
class _Held:
    value: Any
    since: float
    asked: bool

    @property
    def usable(self) -> bool:
        return not self.value.flaws or time.monotonic() - self.since < FLAWED_SECONDS


@dataclass(frozen=True)
class _Newest:
    """Of a kind and ref."""

    scan_id: int
    key: Key


class ReadyScans:
    """Args: ``limit``: bytes of all; what is asked for is kept whatever its size. For one event loop."""

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self._limit = limit
        self._held: OrderedDict[Key, _Held] = OrderedDict()
        self._making: dict[Key, asyncio.Task[Any]] = {}
        self._newest: dict[tuple[Kind, int], _Newest] = {}

    async def get(
        self,
        kind: type[Made],
        scan: ScanRow,
        names: Sequence[str],
        make: Callable[[], Awaitable[Made]],
        *,
        asked: bool = True,
    ) -> Made:
        """What is kept of a scan, else what ``make`` gives. Callers that want the same thing at once share the work.

        Args:
            names: of everything it is made of.
            asked: False where nobody waits for it: then it takes the place of what it replaces, or the last one.
        """
        key = (kind, tuple(names))
        held = self._held.get(key)
        if held is None or not held.usable:
            task = self._making.get(key)
            if task is None:
                task = self._making[key] = asyncio.create_task(self._make(key, scan, make))
                task.add_done_callback(lambda _: self._making.pop(key, None))
            value: Made = await asyncio.shield(task)
        else:
            value = held.value
            self._note(key, scan)
        if asked:
            if key not in self._held:  # given up for want of room by whoever had it made and did not ask
                self._held[key] = _Held(value, time.monotonic(), asked=True)
                self._note(key, scan)
            self._held[key].asked = True
            self._held.move_to_end(key)
        self._fit()
        return value

    async def _make(self, key: Key, scan: ScanRow, make: Callable[[], Awaitable[Made]]) -> Made:
        value = await make()
        await asyncio.to_thread(trim)  # what it was made of is larger than what is kept
        self._held[key] = _Held(value, time.monotonic(), asked=False)
        self._held.move_to_end(key, last=False)
        self._note(key, scan)
        return value

    def newest(self, kind: type[Made], ref_id: int | None) -> Made | None:
        """What is kept of the newest scan of a ref."""
        found = self._newest.get((kind, ref_id)) if ref_id is not None else None
        held = self._held.get(found.key) if found else None
        return held.value if held else None

    def refs(self, kind: Kind) -> list[int]:
        """Refs of which something of a kind was asked for, and is kept."""
        found = [(ref_id, newest.key) for (each, ref_id), newest in self._newest.items() if each is kind]
        return [ref_id for ref_id, key in found if key in self._held and self._held[key].asked]

    def all(self, kind: type[Made]) -> Iterator[tuple[tuple[str, ...], Made]]:
        """What is kept of a kind, by its names."""
        yield from [(names, held.value) for (each, names), held in self._held.items() if each is kind]

    def replace(self, names: Sequence[str], old: Made, new: Made) -> None:
        """Keep something better made of the same objects, where the old one is still kept."""
        held = self._held.get((type(old), tuple(names)))
        if held is not None and held.value is old:
            held.value = new

    def _note(self, key: Key, scan: ScanRow) -> None:
        """What an older scan of the ref has left goes, unless it is the newest of another ref as well."""
        if scan.ref_id is None:
            return
        place = (key[0], scan.ref_id)
        before = self._newest.get(place)
        if before is not None and before.scan_id > scan.id:
            return
        self._newest[place] = _Newest(scan.id, key)
        if before is None or before.key == key:
            return
        gone = self._held.get(before.key)
        if gone is not None and gone.asked and not self._held[key].asked:
            self._held[key].asked = True  # people who asked of the ref will ask again
            self._held.move_to_end(key)
        if all(each.key != before.key for each in self._newest.values()):
            self._held.pop(before.key, None)

    def _fit(self) -> None:
        held = sum(each.value.nbytes for each in self._held.values())
        while held > self._limit and len(self._held) > 1:
            key, gone = self._held.popitem(last=False)
            held -= gone.value.nbytes
            for place in [place for place, each in self._newest.items() if each.key == key]:
                del self._newest[place]
