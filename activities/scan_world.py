"""All facts and texts of one scan, as the steps after parsing need them."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence

import msgspec

from activities.facts import FactsCache
from activities.memo import Memo
from activities.scans import ScanRows
from activities.worlds import FACTS_CACHE_FILES, Recent, Tree, Worlds
from db.repositories import embeddings
from docrunch.canonical import canonical_json, sha256_hex
from docrunch.embedding.model import TextUnit, Vectors
from docrunch.errors import Failed
from docrunch.ids import Sha256
from docrunch.options import ScanOptions
from docrunch.parsing.model import FileFacts
from docrunch.pipeline.embedding import LOST_TEXT, keep_embedded, scan_units
from docrunch.pipeline.extracting import all_issues
from docrunch.pipeline.lost import LOST_FILE_REASONS
from docrunch.source.model import FileEntry, Issue

SCANS = 1  # whose facts and texts one process keeps; another scan gets its own from the cache (`FactsCache`)
LOOKUP_TEXTS = 10_000  # vectors fetched by one query


class ScanWorld(msgspec.Struct, frozen=True):
    tree: Tree
    facts: Mapping[str, FileFacts]  # by path, of every file that was not lost, in path order
    lost: tuple[Issue, ...]  # files without facts, texts without vectors
    key: str  # of what all of this follows from

    def issues(self) -> tuple[Issue, ...]:
        return all_issues(self.tree.reader, list(self.facts.items()), self.lost)


class ScanWorlds:
    def __init__(self, worlds: Worlds, rows: ScanRows, facts: FactsCache) -> None:
        self.worlds = worlds
        self.rows = rows
        self._facts = facts
        self.memo = Memo(worlds.objects)
        self._recent: Recent[str, Mapping[str, FileFacts]] = Recent(SCANS)
        self._units: Recent[str, list[TextUnit]] = Recent(SCANS)

    async def load(self, scan_id: str, tree_object: str, scope: str, options: ScanOptions) -> ScanWorld:
        """Facts from the cache; those that cleanup took away are computed again.

        Their use by the scan was recorded when they were parsed or found.
        """
        tree = await self.worlds.tree(tree_object)
        lost = await self.rows.lost(scan_id, LOST_FILE_REASONS | {LOST_TEXT})

        async def make() -> Mapping[str, FileFacts]:
            gone = {issue.path for issue in lost if issue.reason in LOST_FILE_REASONS}
            wanted = [entry for entry in tree.parsed if entry.path not in gone]
            return await self.facts_of(scan_id, scope, tree, wanted, options)

        key = _key(scope, options, tree_object, lost)
        facts = await (make() if len(tree.parsed) > FACTS_CACHE_FILES else self._recent.get(key, make))
        return ScanWorld(tree, facts, tuple(sorted(lost)), key)

    async def facts_of(
        self, scan_id: str, scope: str, tree: Tree, entries: Sequence[FileEntry], options: ScanOptions
    ) -> Mapping[str, FileFacts]:
        """Facts of some files that the scan did not lose, by path."""
        found = await self._facts.ensure(scan_id, scope, tree.reader, entries, options)
        if found.lost:
            raise Failed(
                f"{found.lost[0].path} could be parsed before and cannot be now ({found.lost[0].reason})",
                hint="Scan again; see the worker's log for the parser's error.",
            )
        return dict(found.facts)

    async def inputs(self, scan_id: str, scope: str, options: ScanOptions, *names: object) -> str:
        """A key for what a step makes: the objects it reads, by name, and what the scan lost."""
        lost = await self.rows.lost(scan_id, LOST_FILE_REASONS | {LOST_TEXT})
        return _key(scope, options, names, lost)

    async def units(self, world: ScanWorld, options: ScanOptions, instructions: Mapping[str, str]) -> list[TextUnit]:
        """All texts of the scan, sorted by id; empty without embeddings."""
        if not options.embeddings:
            return []

        def make() -> Awaitable[list[TextUnit]]:
            tree, facts = world.tree.reader, world.facts.items()
            return asyncio.to_thread(scan_units, tree, facts, options, instructions)

        if len(world.tree.parsed) > FACTS_CACHE_FILES:
            return await make()
        return await self._units.get(_key(world.key, options, dict(instructions), ()), make)

    async def vectors(
        self, scan_id: str, scope: str, encoder_id: str, units: list[TextUnit], dimensions: int
    ) -> tuple[list[TextUnit], Vectors, tuple[Issue, ...]]:
        """Units that have a vector, the vectors in the same order, and issues for the others."""
        shas = list(dict.fromkeys(unit.text_sha for unit in units))
        vector_of: dict[Sha256, Vectors] = {}
        for start in range(0, len(shas), LOOKUP_TEXTS):
            async with self.rows.database.transaction() as connection:
                run = await self.rows.run(connection, scan_id)
                hits, found = await embeddings.lookup_many(
                    connection, run.id, scope, encoder_id, shas[start : start + LOOKUP_TEXTS]
                )
            vector_of.update(zip(hits, found, strict=True))
        return keep_embedded(units, vector_of, dimensions)


def _key(scope: str, options: ScanOptions, names: object, lost: Iterable[Issue]) -> str:
    return sha256_hex(canonical_json([scope, options, names, sorted(lost)]))
