"""Facts of files: from the cache where it has them, else from the parser, and then into the cache."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from typing import TypeVar

import msgspec

from activities.bounded import Bounded
from activities.heartbeat import in_thread
from activities.packed_facts import PackedFacts, Stored, memory_of
from activities.scans import ScanRows
from db.repositories import facts as cache
from db.repositories.facts import FactsKey
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import extractor_id
from docrunch.parsing.codec import decode_facts, encode_facts
from docrunch.parsing.model import FileFacts
from docrunch.parsing.pool import ParsePool
from docrunch.pipeline.extracting import lost_file, parse_items
from docrunch.pipeline.lost import count_empty
from docrunch.source.model import FileEntry, Issue, TreeReader

KNOWN_FACTS = 40_000  # files of which it is remembered what their facts amount to, ≈ 0.5 KB each
DECODED_BYTES = 96 << 20  # of facts that are kept as values, so that steps and scans share them; ≈ 2,500 files
T = TypeVar("T")
LOOKUP_FILES = 2_000  # keys of one query, and facts held as bytes at once


class Found(msgspec.Struct, frozen=True):
    facts: list[tuple[str, FileFacts]]  # in path order
    lost: list[Issue]
    reused: int


class Sum(msgspec.Struct, frozen=True):
    """What the facts of one file amount to: enough to account for a file that was parsed before."""

    symbols: int
    empty: bool  # a limit left nothing but line counts
    issues: tuple[Issue, ...]  # without a path, as in the facts


class Known(msgspec.Struct, frozen=True):
    sums: list[tuple[str, Sum]]  # in path order
    lost: list[Issue]
    reused: int


class FactsCache:
    """One per process. The parser children are started when something must be parsed, and kept."""

    def __init__(self, rows: ScanRows, *, processes: int) -> None:
        self._rows = rows
        self._processes = processes
        self._pool: ParsePool | None = None
        self._pool_limits: object = None
        self._parsing = asyncio.Lock()
        self._decoded: Bounded[tuple[str, FactsKey], FileFacts] = Bounded(DECODED_BYTES, memory_of)
        self._sums: Bounded[tuple[str, FactsKey], Sum] = Bounded(KNOWN_FACTS, lambda found: 1 + len(found.issues))

    async def check(
        self, scan_id: str, scope: str, tree: TreeReader, entries: Sequence[FileEntry], options: ScanOptions
    ) -> Known:
        """That the facts of every entry exist, and what they amount to; else as `ensure`.

        Facts that this process has met before are neither read nor decoded.
        """
        sums, lost, reused = await self._all(
            scan_id, scope, tree, entries, options, lambda part: self.known(scan_id, scope, part, options), sum_of
        )
        return Known(sums, lost, reused)

    async def known(
        self, scan_id: str, scope: str, entries: Sequence[FileEntry], options: ScanOptions
    ) -> dict[str, Sum]:
        """What the facts of those entries that the cache has amount to, each recorded as used by the scan."""
        keys = {entry.path: key_of(entry, options) for entry in entries}
        wanted = list(dict.fromkeys(keys.values()))
        found: dict[FactsKey, Sum] = {}
        for start in range(0, len(wanted), LOOKUP_FILES):
            part = wanted[start : start + LOOKUP_FILES]
            held = {key: known for key in part if (known := self._sums.get((scope, key))) is not None}
            stored = await self._look_up(scan_id, scope, part, held)
            decoded = await _decode({key: data for key, data in stored.items() if data is not None})
            for key, facts in decoded.items():
                self._remember(scope, key, facts)
            found.update((key, held[key] if key in held else sum_of(decoded[key])) for key in stored)
        return {path: found[key] for path, key in keys.items() if key in found}

    def _remember(self, scope: str, key: FactsKey, facts: FileFacts) -> None:
        self._decoded.put((scope, key), facts)
        self._sums.put((scope, key), sum_of(facts))

    async def ensure(
        self,
        scan_id: str,
        scope: str,
        tree: TreeReader,
        entries: Sequence[FileEntry],
        options: ScanOptions,
        *,
        keep: bool = True,
    ) -> Found:
        """Facts of every entry, each recorded as used by the scan; a file that cannot be parsed is listed.

        Args:
            keep: whether later steps of this process will ask for these facts again.
        """
        found, lost, reused = await self._all(
            scan_id,
            scope,
            tree,
            entries,
            options,
            lambda part: self.lookup(scan_id, scope, part, options, keep=keep),
            lambda facts: facts,
        )
        return Found(found, lost, reused)

    async def packed(
        self, scan_id: str, scope: str, tree: TreeReader, entries: Sequence[FileEntry], options: ScanOptions
    ) -> tuple[PackedFacts, list[Issue]]:
        """As `ensure`, for more facts than should be values at once; what is in memory already is not read again."""
        found, lost, _ = await self._all(
            scan_id,
            scope,
            tree,
            entries,
            options,
            lambda part: self._stored(scan_id, scope, part, options),
            lambda facts: Stored(None, encode_facts(facts)),
        )
        return PackedFacts(dict(found)), lost

    async def _stored(
        self, scan_id: str, scope: str, entries: Sequence[FileEntry], options: ScanOptions
    ) -> dict[str, Stored]:
        keys = {entry.path: key_of(entry, options) for entry in entries}
        wanted = list(dict.fromkeys(keys.values()))
        held = {key: known for key in wanted if (known := self._decoded.get((scope, key))) is not None}
        stored = await self._look_up(scan_id, scope, wanted, held)
        hits = {key: Stored(held[key]) if data is None else Stored(None, data) for key, data in stored.items()}
        return {path: hits[key] for path, key in keys.items() if key in hits}

    async def _all(
        self,
        scan_id: str,
        scope: str,
        tree: TreeReader,
        entries: Sequence[FileEntry],
        options: ScanOptions,
        known: Callable[[Sequence[FileEntry]], Awaitable[dict[str, T]]],
        form: Callable[[FileFacts], T],
    ) -> tuple[list[tuple[str, T]], list[Issue], int]:
        """One form of the facts of every entry, in its order; files that were lost; how many were cached.

        Args:
            known: those that the cache has, by path; the others are parsed.
            form: that form of facts that were parsed now.
        """
        found: dict[str, T] = {}
        lost: list[Issue] = []
        reused = 0
        for start in range(0, len(entries), LOOKUP_FILES):
            part = entries[start : start + LOOKUP_FILES]
            hits = await known(part)
            reused += len(hits)
            found.update(hits)
            missing = [entry for entry in part if entry.path not in hits]
            if missing:
                parsed, gone = await self._parse(scan_id, scope, tree, missing, options)
                lost += gone
                found.update(await asyncio.to_thread(_formed, parsed, form))
        return [(entry.path, found[entry.path]) for entry in entries if entry.path in found], lost, reused

    async def find(
        self, scan_id: str, scope: str, entries: Sequence[FileEntry], options: ScanOptions
    ) -> dict[str, FileFacts]:
        """Facts that were computed before, by path; nothing is parsed, and no use is recorded of what is in memory.

        The scan must have recorded its use of them already, as it does when they are parsed or found (`ensure`).
        """
        keys = {entry.path: (scope, key_of(entry, options)) for entry in entries}
        known = {path: held for path, key in keys.items() if (held := self._decoded.get(key)) is not None}
        missing = [entry for entry in entries if entry.path not in known]
        for start in range(0, len(missing), LOOKUP_FILES):
            known |= await self.lookup(scan_id, scope, missing[start : start + LOOKUP_FILES], options)
        return known

    async def lookup(
        self, scan_id: str, scope: str, entries: Sequence[FileEntry], options: ScanOptions, *, keep: bool = True
    ) -> dict[str, FileFacts]:
        """Facts of those entries that the cache has, by path, each recorded as used by the scan.

        Those that are values in this process already are not read again.
        """
        keys = {entry.path: key_of(entry, options) for entry in entries}
        wanted = list(dict.fromkeys(keys.values()))
        held = {key: known for key in wanted if (known := self._decoded.get((scope, key))) is not None}
        stored = await self._look_up(scan_id, scope, wanted, held)
        decoded = await _decode({key: data for key, data in stored.items() if data is not None})
        if keep:
            for key, facts in decoded.items():
                self._decoded.put((scope, key), facts)
        held |= decoded
        return {path: held[key] for path, key in keys.items() if key in stored}

    async def _look_up(
        self, scan_id: str, scope: str, keys: Sequence[FactsKey], held: Container[FactsKey]
    ) -> dict[FactsKey, bytes | None]:
        async with self._rows.database.transaction() as connection:
            run = await self._rows.run(connection, scan_id)
            return await cache.lookup_many(connection, run.id, scope, keys, held)

    async def _parse(
        self,
        scan_id: str,
        scope: str,
        tree: TreeReader,
        entries: Sequence[FileEntry],
        options: ScanOptions,
    ) -> tuple[dict[str, FileFacts], list[Issue]]:
        async with self._parsing:  # the pool serves one sequence at a time
            parsed, lost = await in_thread(lambda: self._run_pool(tree, entries, options))
        keys = {entry.path: key_of(entry, options) for entry in entries}
        fresh = {keys[path]: encode_facts(facts) for path, facts, cacheable in parsed if cacheable}
        async with self._rows.database.transaction() as connection:
            run = await self._rows.run(connection, scan_id)
            await cache.insert_many(connection, run.id, scope, fresh)
        for path, facts, cacheable in parsed:
            if cacheable:
                self._remember(scope, keys[path], facts)
        return {path: facts for path, facts, _ in parsed}, lost

    def _run_pool(
        self, tree: TreeReader, entries: Sequence[FileEntry], options: ScanOptions
    ) -> tuple[list[tuple[str, FileFacts, bool]], list[Issue]]:
        parsed: list[tuple[str, FileFacts, bool]] = []
        lost: list[Issue] = []
        for outcome in self._pool_for(options).run(parse_items(tree, entries)):
            if outcome.facts is not None:
                parsed.append((outcome.key, outcome.facts, outcome.cacheable))
            else:
                lost.append(lost_file(outcome))
        return parsed, lost

    def _pool_for(self, options: ScanOptions) -> ParsePool:
        if self._pool is None or self._pool_limits != options.limits:
            self.close()
            self._pool = ParsePool(processes=self._processes, limits=options.limits)
            self._pool_limits = options.limits
        return self._pool

    def close(self) -> None:
        if self._pool is not None:
            self._pool.close()
            self._pool = None


def key_of(entry: FileEntry, options: ScanOptions) -> FactsKey:
    return FactsKey(entry.text_sha256, entry.language, extractor_id(entry.language) + options.limits.facts_suffix())


def _formed(parsed: Mapping[str, FileFacts], form: Callable[[FileFacts], T]) -> dict[str, T]:
    return {path: form(facts) for path, facts in parsed.items()}


async def _decode(stored: Mapping[FactsKey, bytes]) -> dict[FactsKey, FileFacts]:
    if not stored:
        return {}
    return await asyncio.to_thread(lambda: {key: decode_facts(data) for key, data in stored.items()})


def sum_of(facts: FileFacts) -> Sum:
    return Sum(len(facts.symbols), count_empty([facts]) > 0, tuple(facts.issues))
