"""Work that two activities of one process would do at the same time: one does it, the other waits for it."""

import asyncio
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager


class Claims:
    """Keys of what is being made. A claim says nothing about success: who waited looks again."""

    def __init__(self) -> None:
        self._held: dict[Hashable, asyncio.Event] = {}

    @contextmanager
    def take(self, keys: Sequence[Hashable]) -> Iterator[frozenset[Hashable]]:
        """Claim those of the keys that are free, until the block ends."""
        released = asyncio.Event()
        mine = frozenset(key for key in keys if key not in self._held)
        self._held.update(dict.fromkeys(mine, released))
        try:
            yield mine
        finally:
            for key in mine:
                del self._held[key]
            released.set()

    async def released(self, keys: Sequence[Hashable]) -> None:
        """Wait until none of the claims that others hold on these keys now is held any more."""
        for event in {id(event): event for event in map(self._held.get, keys) if event is not None}.values():
            await event.wait()
