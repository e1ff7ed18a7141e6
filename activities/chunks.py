"""Which chunks the files of a range have. For a file that was seen before, neither facts nor texts are read again.

A unit follows from path, facts, text and instructions alone (`docrunch.embedding.units`), so what is remembered needs
no invalidation. Vectors are looked up, and recorded as used, by the hashes; only a text without a vector is made.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from activities.bounded import Bounded
from activities.facts import FactsCache, key_of
from activities.worlds import Tree
from db.repositories.facts import FactsKey
from docrunch.embedding.model import TextUnit
from docrunch.ids import ChunkId
from docrunch.options import ScanOptions
from docrunch.pipeline.embedding import file_units
from docrunch.source.model import FileEntry

KEPT_CHUNKS = 200_000  # of all files together, of 60 bytes each: 12 MB
_ID, _HASH = 28, 32  # bytes of a chunk id and of the sha256 of a text


class UnitsKey(NamedTuple):
    """What the units of one file follow from. With the scope: no look-up crosses it."""

    scope: str
    path: str
    facts: FactsKey
    text: str  # `embedding.text`
    instructions: tuple[tuple[str, str], ...]


class FileChunks(msgspec.Struct, frozen=True):
    """The chunks of one file in file order: their ids, and the sha256 of their texts, as bytes one after another."""

    packed_ids: bytes
    packed_hashes: bytes

    def __len__(self) -> int:
        return len(self.packed_hashes) // _HASH

    def ids(self) -> list[ChunkId]:
        joined = self.packed_ids.decode("ascii")
        return [ChunkId(joined[at : at + _ID]) for at in range(0, len(joined), _ID)]

    def hashes(self) -> list[bytes]:
        return [self.packed_hashes[at : at + _HASH] for at in range(0, len(self.packed_hashes), _HASH)]


ChunkMemo = Bounded[UnitsKey, FileChunks]


def chunk_memo() -> ChunkMemo:
    return Bounded(KEPT_CHUNKS, lambda chunks: len(chunks) + 8)  # a key weighs about as much as 8 chunks


def units_key(scope: str, entry: FileEntry, options: ScanOptions, instructions: Mapping[str, str]) -> UnitsKey:
    given = tuple(sorted(instructions.items()))
    return UnitsKey(scope, entry.path, key_of(entry, options), options.embedding_text, given)


def packed(units: Iterable[TextUnit]) -> FileChunks:
    rows = [(unit.id.encode("ascii"), bytes.fromhex(unit.text_sha)) for unit in units]
    return FileChunks(b"".join(row[0] for row in rows), b"".join(row[1] for row in rows))


class RangeChunks:
    """The chunks of some files of a scan; their texts where somebody asks for them."""

    def __init__(
        self,
        facts: FactsCache,
        memo: ChunkMemo,
        scan_id: str,
        scope: str,
        tree: Tree,
        entries: Sequence[FileEntry],
        options: ScanOptions,
        instructions: Mapping[str, str],
    ) -> None:
        self._facts = facts
        self._memo = memo
        self._scan_id = scan_id
        self._scope = scope
        self._tree = tree
        self._entries = entries
        self._options = options
        self._instructions = instructions
        self._units: dict[str, list[TextUnit]] = {}  # of files that were made here
        self._chunks: dict[str, FileChunks] = {}  # of all files, in file order; complete after `load`

    async def load(self) -> None:
        """Look up what is remembered, make the rest. A file that cannot be parsed any more has no chunks."""
        keys = {entry.path: units_key(self._scope, entry, self._options, self._instructions) for entry in self._entries}
        known = {path: found for path, key in keys.items() if (found := self._memo.get(key)) is not None}
        await self._make([entry for entry in self._entries if entry.path not in known])
        for path, units in self._units.items():
            known[path] = packed(units)
            self._memo.put(keys[path], known[path])
        self._chunks = {path: known[path] for path in keys if path in known}

    def ids(self) -> list[ChunkId]:
        return [found for chunks in self._chunks.values() for found in chunks.ids()]

    def hashes(self) -> list[bytes]:
        """sha256 of each text, in the order of `ids`."""
        return [found for chunks in self._chunks.values() for found in chunks.hashes()]

    async def units(self, hashes: Collection[bytes]) -> list[TextUnit]:
        """Every unit whose text has one of these hashes, in file order."""
        wanted = frozenset(hashes)
        holding = [path for path, chunks in self._chunks.items() if not wanted.isdisjoint(chunks.hashes())]
        missing = frozenset(holding) - self._units.keys()
        await self._make([entry for entry in self._entries if entry.path in missing])
        hexadecimal = {each.hex() for each in wanted}
        return [unit for path in holding for unit in self._units.get(path, ()) if unit.text_sha in hexadecimal]

    async def _make(self, entries: Sequence[FileEntry]) -> None:
        if not entries:
            return
        reader, options, instructions = self._tree.reader, self._options, self._instructions
        # Nothing else in an embedding process asks for facts, so they are not kept.
        found = await self._facts.ensure(self._scan_id, self._scope, reader, entries, options, keep=False)

        def make() -> dict[str, list[TextUnit]]:
            return {path: file_units(reader, path, facts, options, instructions) for path, facts in found.facts}

        self._units.update(await asyncio.to_thread(make))
