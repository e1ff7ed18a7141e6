"""A scan of what was scanned before: nothing is read or computed twice, every vector is used, every chunk told."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.embed import Embed
from activities.encoder import LoadedEncoder
from activities.facts import FactsCache
from activities.scans import ScanRows
from activities.worlds import Worlds
from db.events.store import after
from db.objects import ObjectStore
from db.session import Database
from docrunch.embedding.model import EncoderSpec, EncodeStats, Prepared, Vectors
from docrunch.errors import Failed
from tests.support.publishing import opened, repository
from tests.support.trees import stored_tree
from workflows.contracts.scan import EmbedRange, EmbedResult

pytestmark = pytest.mark.integration

FILES = {
    "a.py": "def first(value):\n    return value\n",
    "b.py": "def second(value):\n    return value\n",
    "guide.md": "# Guide\n\nHow to do the things that are to be done.\n",
}


class Counting:
    """An encoder that remembers what it was given, and refuses texts with a word in them."""

    def __init__(self, refused: str = "") -> None:
        self.spec = EncoderSpec("e", "m", "onnxruntime", "fp32", 3, 8, "f")
        self.stats = EncodeStats()
        self.seen: list[str] = []
        self._refused = refused

    def prepare(self, texts: Sequence[str]) -> Prepared:
        return Prepared(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self._refused and any(self._refused in each for each in texts):
            raise Failed("no")
        self.seen += texts
        return np.ones((len(texts), 3), np.float32)

    def close(self) -> None:
        pass


class Process:
    """A worker process that embeds; it counts how many files' facts it asked for."""

    def __init__(self, database: Database, folder: Path, encoder: Counting) -> None:
        self.objects = ObjectStore("memory://")
        rows = ScanRows(database)
        self.facts = FactsCache(rows, processes=1)
        self.encoder = encoder
        self.asked: list[str] = []
        self.scans = 0
        ensure = self.facts.ensure

        async def counted(scan_id, scope, tree, entries, options, **keep):  # type: ignore[no-untyped-def]
            self.asked += [entry.path for entry in entries]
            return await ensure(scan_id, scope, tree, entries, options, **keep)

        self.facts.ensure = counted  # type: ignore[method-assign]
        self._folder = folder
        self._database = database
        self._embed = Embed(Worlds(self.objects, folder), rows, self.facts, LoadedEncoder(lambda: encoder))

    async def scan(self, files: Mapping[str, str], scope: str = "public") -> tuple[int, EmbedResult]:
        """The number of a new scan of these files, and what embedding them came to."""
        self.asked, self.encoder.seen = [], []
        self.scans += 1
        scan = await opened(self._database, await repository(self._database), run_id=f"r{self.scans}")
        tree = await stored_tree(self.objects, self._folder, files)
        request = EmbedRange(scan_id=scan.run_id, tree_object=tree, lo=0, hi=len(files), encoder_id="e", scope=scope)
        return scan.id, await ActivityEnvironment().run(self._embed.embed_range, request)

    async def uses(self, scan_id: int) -> int:
        """How many vectors a scan is recorded to use."""
        async with self._database.transaction() as connection:
            found = await connection.scalar(
                text("SELECT count(*) FROM scan_uses WHERE cache = 1 AND scan_id = :id"), {"id": scan_id}
            )
        return int(found or 0)

    async def chunks_told(self, scan_id: int, kind: str) -> list[str]:
        async with self._database.transaction() as connection:
            events = await after(connection, 0, limit=10_000)
            keys = await connection.execute(
                text("SELECT event_id FROM events WHERE idempotency_key LIKE :key"), {"key": f"scan:{scan_id}:%"}
            )
        mine = {row[0] for row in keys}
        return [
            chunk
            for event in events
            if event.kind == kind and event.event_id in mine
            for chunk in event.payload["chunks"]
        ]


@pytest.fixture
async def process(database: Database, tmp_path: Path) -> AsyncIterator[Process]:
    made = Process(database, tmp_path, Counting())
    yield made
    made.facts.close()


async def test_an_unchanged_scan_reads_no_facts_and_uses_every_vector(process: Process) -> None:
    before, first = await process.scan(FILES)
    assert (first.embedded, first.reused) == (first.texts, 0)
    again, second = await process.scan(FILES)
    assert (second.texts, second.embedded, second.reused) == (first.texts, 0, first.texts)
    assert (process.asked, process.encoder.seen) == ([], [])
    assert await process.uses(again) == await process.uses(before) == first.embedded
    for kind in ("ingest.chunk_created.v1", "embedding.chunk_vector.v1"):
        told = await process.chunks_told(again, kind)
        assert len(told) == first.texts
        assert told == await process.chunks_told(before, kind)


async def test_of_one_changed_file_only_its_own_texts_are_made(process: Process) -> None:
    await process.scan(FILES)
    _, found = await process.scan({**FILES, "b.py": FILES["b.py"] + "\n\ndef third(value):\n    return value\n"})
    assert process.asked == ["b.py"]
    assert found.embedded == len(process.encoder.seen) == 2  # the new function, and the card of its module
    assert any("third" in each for each in process.encoder.seen)


async def test_a_vector_that_cleanup_took_away_is_computed_again(process: Process, database: Database) -> None:
    """What is remembered says which texts a file has, not that they have vectors."""
    _, first = await process.scan(FILES)
    async with database.transaction() as connection:
        await connection.execute(text("DELETE FROM embeddings"))
    again, found = await process.scan(FILES)
    assert found.embedded == first.embedded
    assert await process.uses(again) == first.embedded


async def test_what_is_remembered_stays_in_its_scope(process: Process) -> None:
    _, first = await process.scan(FILES, "tenant:acme")
    _, other = await process.scan(FILES, "tenant:other")
    assert process.asked == sorted(FILES)
    assert other.embedded == first.embedded


async def test_a_text_that_cannot_be_embedded_is_listed_again_and_told_without_a_vector(
    database: Database, tmp_path: Path
) -> None:
    process = Process(database, tmp_path, Counting(refused="second"))
    try:
        for _ in range(2):
            scan, found = await process.scan(FILES)
            lost = found.failed
            assert (lost, found.issues) == (2, {"embedding_failed": 2})  # the function, and the card of its module
            assert len(await process.chunks_told(scan, "ingest.chunk_created.v1")) == found.texts
            assert len(await process.chunks_told(scan, "embedding.chunk_vector.v1")) == found.texts - lost
    finally:
        process.facts.close()
