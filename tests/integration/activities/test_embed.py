"""Two ranges of a scan are embedded side by side; a text that both need is paid for once."""

import asyncio
import time
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.chunks import RangeChunks
from activities.embed import Embed, _Sums, _Told
from activities.encoder import LoadedEncoder
from activities.facts import FactsCache
from activities.heartbeat import Beat
from activities.scans import ScanRows, embedding_started, ended_stages, run_of
from activities.worlds import Worlds
from db.events.model import WorkflowProgress
from db.objects import ObjectStore
from db.repositories import scans
from db.session import Database
from docrunch.canonical import sha256_hex
from docrunch.embedding.model import EncoderSpec, EncodeStats, Prepared, TextKind, TextUnit, Vectors
from docrunch.errors import Unreachable
from docrunch.ids import ChunkId, Sha256
from tests.support.publishing import opened, repository
from workflows.contracts.scan import EmbedRange

pytestmark = pytest.mark.integration


class Counting:
    """An encoder that remembers what it was given; fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.spec = EncoderSpec("e", "m", "onnxruntime", "fp32", 3, 8, "f")
        self.stats = EncodeStats()
        self.seen: list[str] = []
        self.failures = failures

    def prepare(self, texts: Sequence[str]) -> Prepared:
        return Prepared(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        time.sleep(0.05)
        if self.failures:
            self.failures -= 1
            raise Unreachable("away")
        self.seen += texts
        return np.ones((len(texts), 3), np.float32)

    def close(self) -> None:
        pass


def embed(database: Database, folder: Path, encoder: Counting) -> Embed:
    rows = ScanRows(database)
    worlds = Worlds(ObjectStore("memory://"), folder)
    return Embed(worlds, rows, FactsCache(rows, processes=1), LoadedEncoder(lambda: encoder))


def texts_of(*names: str) -> dict[Sha256, str]:
    return {Sha256(sha256_hex(name.encode())): name for name in names}


def ranges(run_id: str) -> list[EmbedRange]:
    return [EmbedRange(scan_id=run_id, tree_object="t", lo=lo, hi=lo + 1, encoder_id="e") for lo in (0, 1)]


async def test_two_ranges_that_miss_the_same_text_embed_it_once(database: Database, tmp_path: Path) -> None:
    scan = await opened(database, await repository(database))
    encoder, sums = Counting(), [_Sums(), _Sums()]
    subject = embed(database, tmp_path, encoder)
    needed = [texts_of("licence", "a"), texts_of("licence", "b")]
    failed = await asyncio.gather(
        *(
            subject._compute(request, list(texts), texts, own, Beat())
            for request, texts, own in zip(ranges(scan.run_id), needed, sums, strict=True)
        )
    )
    assert failed == [set(), set()]
    assert sorted(encoder.seen) == ["a", "b", "licence"]
    assert sum(own.embedded for own in sums) == 3
    async with database.transaction() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM scan_uses")) == 3


async def test_a_range_that_fails_leaves_its_texts_to_the_one_that_waits(database: Database, tmp_path: Path) -> None:
    scan = await opened(database, await repository(database))
    encoder = Counting(failures=1)
    subject = embed(database, tmp_path, encoder)
    texts = texts_of("licence")
    outcome = await asyncio.gather(
        *(subject._compute(request, list(texts), texts, _Sums(), Beat()) for request in ranges(scan.run_id)),
        return_exceptions=True,
    )
    assert [type(each) for each in outcome] == [Unreachable, set]
    assert encoder.seen == ["licence"]


class Given(RangeChunks):
    """Chunks of no file."""

    def __init__(self, units: list[TextUnit]) -> None:
        self._given = units

    def ids(self) -> list[ChunkId]:
        return [unit.id for unit in self._given]

    def hashes(self) -> list[bytes]:
        return [bytes.fromhex(unit.text_sha) for unit in self._given]

    async def units(self, hashes: Collection[bytes]) -> list[TextUnit]:
        return self._given


async def told(database: Database) -> list[tuple[str, str]]:
    async with database.transaction() as connection:
        rows = await connection.execute(
            text("SELECT kind, coalesce(payload->>'encoder_id', payload->>'chunks') FROM events ORDER BY seq")
        )
        wanted = ("embedding.started.v1", "ingest.chunk_created.v1")
        return [(kind, value) for kind, value in rows if kind in wanted]


async def test_embedding_that_starts_again_elsewhere_tells_its_encoder_and_its_texts_anew(
    database: Database, tmp_path: Path
) -> None:
    """A GPU goes away, and the ranges are cut anew on the CPU: the same range twice is told once, another one is not
    taken for it."""
    scan = await opened(database, await repository(database))
    subject = embed(database, tmp_path, Counting())
    reached = WorkflowProgress("embed", 1, 1)
    for encoder, name in (("gpu", "a"), ("gpu", "a"), ("cpu", "b")):
        request = EmbedRange(scan_id=scan.run_id, tree_object="t", lo=0, hi=1, encoder_id=encoder)
        unit = TextUnit(
            ChunkId(f"c_{name}"), "a.py", 0, TextKind.CARD, 1, 1, 0, 1, name, Sha256(sha256_hex(name.encode()))
        )
        told_of = _Told(encoder, "0", reached)
        await ActivityEnvironment().run(subject._embed, request, told_of, Given([unit]), _Sums(), Beat())
    assert await told(database) == [
        ("embedding.started.v1", "gpu"),
        ("ingest.chunk_created.v1", '["c_a"]'),
        ("embedding.started.v1", "cpu"),
        ("ingest.chunk_created.v1", '["c_b"]'),
    ]
    async with database.transaction() as connection:
        row = await scans.find_by_run(connection, scan.run_id)
        assert row is not None
        (ended,) = await ended_stages(connection, run_of(row), "failed", {})
    assert ended.parent_id == run_of(row).event_id(embedding_started("cpu"))
