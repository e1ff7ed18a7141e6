"""All facts and texts of one scan, as the steps after parsing need them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

import msgspec

from activities.bounded import Bounded
from activities.chunks import UnitsKey, units_key
from activities.facts import FactsCache, key_of
from activities.lazy_facts import LazyFacts
from activities.memo import Memo
from activities.packed_facts import PackedFacts
from activities.scans import ScanRows
from activities.worlds import FACTS_CACHE_FILES, Recent, Tree, Worlds
from db.objects import ObjectKind
from db.repositories import embeddings
from docrunch.canonical import canonical_json, sha256_hex
from docrunch.embedding.matrix import write_matrix
from docrunch.embedding.model import EncoderSpec, TextUnit, Vectors
from docrunch.errors import Failed
from docrunch.ids import Sha256
from docrunch.options import ScanOptions
from docrunch.parsing.model import FileFacts
from docrunch.pipeline.embedding import LOST_TEXT, file_units, keep_embedded, scan_units, sorted_units
from docrunch.pipeline.extracting import all_issues
from docrunch.pipeline.lost import LOST_FILE_REASONS
from docrunch.source.model import FileEntry, Issue

SCANS = 1  # whose facts and texts one process keeps; another scan gets its own from the cache (`FactsCache`)
KEPT_UNITS = 40_000  # texts of files that scans share, ≈ 0.7 KB each: 28 MB beside those of the scan being finished
VECTOR_BYTES = 64 << 20  # matrix of the last scan, kept for the next one when it is no larger: 43,000 texts of 384
LOOKUP_TEXTS = 4_000  # vectors fetched by one query

FactsOf = Callable[[Sequence[FileEntry]], Awaitable[Mapping[str, FileFacts]]]


class ScanWorld(msgspec.Struct, frozen=True):
    tree: Tree
    facts: PackedFacts  # by path, of every file that was not lost, in path order
    lost: tuple[Issue, ...]  # files without facts, texts without vectors
    scope: str
    key: str  # of what all of this follows from

    def issues(self) -> tuple[Issue, ...]:
        """Every issue of the scan. Looks through all facts: for a thread, and see `ScanWorlds.issues`."""
        return all_issues(self.tree.reader, self.facts.items(), self.lost)


class _Vectors(msgspec.Struct, frozen=True):
    """Rows of the matrix of one scan, by the hash of their text."""

    scope: str
    encoder_id: str
    by_text: Mapping[Sha256, Vectors]


class StoredMatrix(msgspec.Struct, frozen=True):
    """``units`` and ``vectors`` in the order of its rows."""

    name: str
    units: list[TextUnit]
    vectors: Vectors


class _Name(msgspec.Struct, frozen=True):
    name: str


class ScanWorlds:
    def __init__(self, worlds: Worlds, rows: ScanRows, facts: FactsCache) -> None:
        self.worlds = worlds
        self.rows = rows
        self._facts = facts
        self.memo = Memo(worlds.objects)
        self._recent: Recent[str, PackedFacts] = Recent(SCANS)
        self._issues: Recent[str, tuple[Issue, ...]] = Recent(SCANS)
        self._units: Recent[str, list[TextUnit]] = Recent(SCANS)
        self._file_units: Bounded[UnitsKey, list[TextUnit]] = Bounded(KEPT_UNITS, lambda units: len(units) + 1)
        self._vectors = _Vectors("", "", {})
        self._matrix: tuple[str, StoredMatrix] | None = None

    async def load(self, scan_id: str, tree_object: str, scope: str, options: ScanOptions) -> ScanWorld:
        """Facts from the cache; those that cleanup took away are computed again.

        Their use by the scan was recorded when they were parsed or found.
        """
        tree = await self.worlds.tree(tree_object)
        lost = await self.rows.lost(scan_id, LOST_FILE_REASONS | {LOST_TEXT})

        async def make() -> PackedFacts:
            gone = {issue.path for issue in lost if issue.reason in LOST_FILE_REASONS}
            wanted = [entry for entry in tree.parsed if entry.path not in gone]
            found, lost_now = await self._facts.packed(scan_id, scope, tree.reader, wanted, options)
            _check_parsed(lost_now)
            return found

        key = _key(scope, options, tree_object, lost)
        facts = await (make() if len(tree.parsed) > FACTS_CACHE_FILES else self._recent.get(key, make))
        return ScanWorld(tree, facts, tuple(sorted(lost)), scope, key)

    async def facts_of(
        self, scan_id: str, scope: str, tree: Tree, entries: Sequence[FileEntry], options: ScanOptions
    ) -> Mapping[str, FileFacts]:
        """Facts of some files that the scan did not lose, by path."""
        found = await self._facts.ensure(scan_id, scope, tree.reader, entries, options)
        _check_parsed(found.lost)
        return dict(found.facts)

    async def issues(self, world: ScanWorld) -> tuple[Issue, ...]:
        return await self._issues.get(world.key, lambda: asyncio.to_thread(world.issues))

    async def lazy_facts(self, scan_id: str, tree_object: str, scope: str, options: ScanOptions) -> LazyFacts:
        """The same facts as those of `load`, each read when it is asked for; they may be gone (`FactsGone`)."""
        tree = await self.worlds.tree(tree_object)
        lost = await self.rows.lost(scan_id, LOST_FILE_REASONS)
        gone = {issue.path for issue in lost}
        wanted = {entry.path: entry for entry in tree.parsed if entry.path not in gone}
        keys = {path: "\0".join(key_of(entry, options)) for path, entry in wanted.items()}

        async def find(paths: Sequence[str]) -> dict[str, FileFacts]:
            return await self._facts.find(scan_id, scope, [wanted[path] for path in paths], options)

        return LazyFacts(keys, find, asyncio.get_running_loop())

    async def inputs(self, scan_id: str, scope: str, options: ScanOptions, *names: object) -> str:
        """A key for what a step makes: the objects it reads, by name, and what the scan lost."""
        lost = await self.rows.lost(scan_id, LOST_FILE_REASONS | {LOST_TEXT})
        return _key(scope, options, names, lost)

    async def units(self, world: ScanWorld, options: ScanOptions, instructions: Mapping[str, str]) -> list[TextUnit]:
        """All texts of the scan, sorted by id; empty without embeddings. Those of files seen before are not remade."""
        if not options.embeddings:
            return []
        if len(world.tree.parsed) > FACTS_CACHE_FILES:
            tree, facts = world.tree.reader, world.facts.items()
            return await asyncio.to_thread(scan_units, tree, facts, options, instructions)

        async def facts_of(_: Sequence[FileEntry]) -> Mapping[str, FileFacts]:
            return world.facts

        wanted = [entry for entry in world.tree.parsed if entry.path in world.facts]
        return await self._kept_units(world.key, world.tree, wanted, world.scope, options, instructions, facts_of)

    async def all_units(
        self, scan_id: str, tree_object: str, scope: str, options: ScanOptions, instructions: Mapping[str, str]
    ) -> list[TextUnit]:
        """The same texts as `units`, reading no facts but those of files that were not seen before."""
        tree = await self.worlds.tree(tree_object)
        if len(tree.parsed) > FACTS_CACHE_FILES:
            return await self.units(await self.load(scan_id, tree_object, scope, options), options, instructions)
        lost = await self.rows.lost(scan_id, LOST_FILE_REASONS | {LOST_TEXT})
        gone = {issue.path for issue in lost if issue.reason in LOST_FILE_REASONS}
        wanted = [entry for entry in tree.parsed if entry.path not in gone]

        async def facts_of(entries: Sequence[FileEntry]) -> Mapping[str, FileFacts]:
            return await self.facts_of(scan_id, scope, tree, entries, options)

        key = _key(scope, options, tree_object, lost)
        return await self._kept_units(key, tree, wanted, scope, options, instructions, facts_of)

    async def _kept_units(
        self,
        world_key: str,
        tree: Tree,
        entries: Sequence[FileEntry],
        scope: str,
        options: ScanOptions,
        instructions: Mapping[str, str],
        facts_of: FactsOf,
    ) -> list[TextUnit]:
        async def make() -> list[TextUnit]:
            keys = {entry.path: units_key(scope, entry, options, instructions) for entry in entries}
            found = {path: units for path, key in keys.items() if (units := self._file_units.get(key)) is not None}
            absent = [entry for entry in entries if entry.path not in found]
            facts = await facts_of(absent) if absent else {}

            def of_files() -> dict[str, list[TextUnit]]:
                return {
                    entry.path: file_units(tree.reader, entry.path, facts[entry.path], options, instructions)
                    for entry in absent
                }

            made = await asyncio.to_thread(of_files)
            for path, units in made.items():
                self._file_units.put(keys[path], units)
            return sorted_units((found | made).values())

        return await self._units.get(_key(world_key, options, dict(instructions), ()), make)

    async def vectors(
        self, scan_id: str, scope: str, encoder_id: str, units: list[TextUnit], dimensions: int
    ) -> tuple[list[TextUnit], Vectors, tuple[Issue, ...]]:
        """Units that have a vector, the vectors in the same order (read-only), and issues for the others."""
        shas = dict.fromkeys(unit.text_sha for unit in units)
        held = await self._held_vectors(scan_id, scope, encoder_id)
        vector_of = {sha: held[sha] for sha in shas if sha in held}
        absent = [sha for sha in shas if sha not in held]
        for start in range(0, len(absent), LOOKUP_TEXTS):
            async with self.rows.database.transaction() as connection:
                run = await self.rows.run(connection, scan_id)
                hits, found = await embeddings.lookup_many(
                    connection, run.id, scope, encoder_id, absent[start : start + LOOKUP_TEXTS]
                )
            vector_of.update(zip(hits, found, strict=True))
        kept, matrix, lost = await asyncio.to_thread(keep_embedded, units, vector_of, dimensions)
        matrix.flags.writeable = False
        rows = zip(kept, matrix, strict=True) if matrix.nbytes <= VECTOR_BYTES else ()
        self._vectors = _Vectors(scope, encoder_id, {unit.text_sha: row for unit, row in rows})
        return kept, matrix, lost

    async def matrix(
        self, scan_id: str, tree_object: str, scope: str, options: ScanOptions, spec: EncoderSpec
    ) -> StoredMatrix:
        """The matrix object of a scan; its bytes are written once for all steps that ask for it.

        Raises:
            Failed: more texts lack a vector than the scan has listed.
        """
        key = await self.inputs(scan_id, scope, options, "matrix", tree_object, msgspec.to_builtins(spec))
        known = await self.memo.get(key, _Name)
        if known is not None and self._matrix is not None and self._matrix[0] == key:
            return self._matrix[1]
        every = await self.all_units(scan_id, tree_object, scope, options, spec.instructions)
        units, vectors, lost = await self.vectors(scan_id, scope, spec.id, every, spec.dimensions)
        _check_listed(len(lost), await self.rows.lost(scan_id, frozenset({LOST_TEXT})))
        if known is None:
            data = await asyncio.to_thread(lambda: write_matrix(vectors, [unit.id for unit in units]))
            known = _Name(await self.worlds.objects.put(ObjectKind.MATRIX, data))
            del data
            self.memo.put(key, known, [(ObjectKind.MATRIX, known.name)])
        found = StoredMatrix(known.name, units, vectors)
        # Rows are those of `_vectors`, as long as it holds them.
        self._matrix = (key, found) if not lost and vectors.nbytes <= VECTOR_BYTES else None
        return found

    async def _held_vectors(self, scan_id: str, scope: str, encoder_id: str) -> Mapping[Sha256, Vectors]:
        """Vectors of the last scan, as far as this one has them, too: each is recorded as used since it was embedded.

        A scan that lost a text takes none: which vectors it has, only the database knows.
        """
        held = self._vectors
        if (held.scope, held.encoder_id) != (scope, encoder_id) or await self.rows.lost(
            scan_id, frozenset({LOST_TEXT})
        ):
            return {}
        return held.by_text


def _check_listed(missing: int, lost: Sequence[Issue]) -> None:
    """A vector that is gone without a word would silently make another docpack of the same commit.

    Raises:
        Failed: more texts lack a vector than the scan has listed.
    """
    if missing > len(lost):
        raise Failed(
            f"{missing} texts have no vector, but only {len(lost)} could not be embedded",
            hint="Scan again: the missing vectors are then computed again.",
        )


def _check_parsed(lost: Sequence[Issue]) -> None:
    """Raises:
    Failed: facts that the scan had are gone, and cannot be computed again.
    """
    if lost:
        raise Failed(
            f"{lost[0].path} could be parsed before and cannot be now ({lost[0].reason})",
            hint="Scan again; see the worker's log for the parser's error.",
        )


def _key(scope: str, options: ScanOptions, names: object, lost: Iterable[Issue]) -> str:
    return sha256_hex(canonical_json([scope, options, names, sorted(lost)]))
