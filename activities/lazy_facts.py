"""Facts of a scan that are read when a step asks for them, because most steps of a re-scan need few."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from docrunch.parsing.model import FileFacts


class FactsGone(Exception):
    """Facts that the scan had are no longer in the cache; loading all of them computes them again."""


class LazyFacts(Mapping[str, FileFacts]):
    """For one step, in a thread beside the event loop: every look-up may wait for the database."""

    def __init__(
        self,
        keys: Mapping[str, str],
        find: Callable[[Sequence[str]], Awaitable[dict[str, FileFacts]]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """Args: keys of the facts by path, in path order; ``find`` gives facts by path, as far as there are any."""
        self.keys_by_path = keys
        self._find = find
        self._loop = loop
        self._read: dict[str, FileFacts] = {}

    def __getitem__(self, path: str) -> FileFacts:
        if path not in self._read:
            if path not in self.keys_by_path:
                raise KeyError(path)
            self.expect([path])
        return self._read[path]

    def __contains__(self, path: object) -> bool:
        return path in self.keys_by_path

    def expect(self, paths: Sequence[str]) -> None:
        """Read the facts of files that will be asked for, at once.

        Raises:
            FactsGone: some are not in the cache.
        """
        wanted = [path for path in paths if path in self.keys_by_path and path not in self._read]
        if not wanted:
            return
        found = asyncio.run_coroutine_threadsafe(self._found(wanted), self._loop).result()
        missing = next((path for path in wanted if path not in found), None)
        if missing is not None:
            raise FactsGone(missing)
        self._read.update(found)

    async def _found(self, paths: Sequence[str]) -> dict[str, FileFacts]:
        return await self._find(paths)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys_by_path)

    def __len__(self) -> int:
        return len(self.keys_by_path)
