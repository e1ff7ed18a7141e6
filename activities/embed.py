"""Vectors of a range of files. The same class serves `embed-cpu` and `embed-gpu`; only the encoder differs."""

import asyncio
import time
from collections.abc import Sequence

import msgspec
import structlog
from temporalio import activity

from activities.claims import Claims
from activities.encoder import LoadedEncoder, info_of
from activities.facts import FactsCache
from activities.heartbeat import Beat, heartbeating, in_thread
from activities.scans import EMBEDDING_STARTED, ScanRows
from activities.worlds import Worlds
from db.events import append
from db.events.model import (
    ChunksCreated,
    ChunkVectors,
    EmbeddingBatchCompleted,
    EmbeddingBatchStarted,
    EmbeddingStarted,
)
from db.repositories import embeddings, issues
from docrunch.embedding.model import TextUnit
from docrunch.errors import Conflict
from docrunch.ids import Sha256
from docrunch.pipeline.embedding import Encoded, encode_isolating, lost_texts, range_units, unique_texts
from docrunch.pipeline.lost import LOST_FILE_REASONS
from workflows.contracts.queues import Queue
from workflows.contracts.scan import DescribeEncoder, EmbedActivities, EmbedRange, EmbedResult, EncoderInfo

FILES_AT_ONCE = 256  # files whose texts are held at once
COMMIT_TEXTS = 1_024  # texts computed between two commits: what a kill can cost; fewer fill fixed shapes 5 % worse

_log = structlog.get_logger()


class _Sums(msgspec.Struct):
    texts: int = 0
    embedded: int = 0
    reused: int = 0
    failed: int = 0
    tokens: int = 0
    padded: int = 0
    batches: int = 0


class Embed(EmbedActivities):
    def __init__(self, worlds: Worlds, rows: ScanRows, facts: FactsCache, encoder: LoadedEncoder) -> None:
        self._worlds = worlds
        self._rows = rows
        self._facts = facts
        self._encoder = encoder
        self._claims = Claims()

    @activity.defn(name="describe_encoder")
    async def describe_encoder(self, request: DescribeEncoder) -> EncoderInfo:
        return info_of(await self._encoder.spec())

    @activity.defn(name="embed_range")
    async def embed_range(self, request: EmbedRange) -> EmbedResult:
        started = time.monotonic()
        spec = await self._encoder.spec()
        if spec.id != request.encoder_id:
            raise Conflict(
                f"this worker embeds with {spec.id}, the scan was begun with {request.encoder_id}",
                hint="Run one kind of encoder per queue, or scan again.",
            )
        sums = _Sums()
        options = request.options
        async with heartbeating() as beat:
            tree = await self._worlds.tree(request.tree_object)
            gone = {issue.path for issue in await self._rows.lost(request.scan_id, LOST_FILE_REASONS)}
            entries = [entry for entry in tree.slice(request.lo, request.hi) if entry.path not in gone]
            for start in range(0, len(entries), FILES_AT_ONCE):
                part = entries[start : start + FILES_AT_ONCE]
                beat.at(request.lo + start)
                found = await self._facts.ensure(request.scan_id, request.scope, tree.reader, part, options)
                units = await asyncio.to_thread(range_units, tree.reader, found.facts, options, dict(spec.instructions))
                await self._embed(request, f"{request.lo + start}", units, sums, beat)
        return EmbedResult(
            texts=sums.texts,
            embedded=sums.embedded,
            reused=sums.reused,
            failed=sums.failed,
            issues={"embedding_failed": sums.failed} if sums.failed else {},
            tokens=sums.tokens,
            padded_tokens=sums.padded,
            batches=sums.batches,
            seconds=round(time.monotonic() - started, 3),
        )

    async def _embed(self, request: EmbedRange, batch: str, units: Sequence[TextUnit], sums: _Sums, beat: Beat) -> None:
        texts = unique_texts(units)
        async with self._rows.database.transaction() as connection:
            run = await self._rows.run(connection, request.scan_id)
            missing = await embeddings.missing(connection, run.id, request.scope, request.encoder_id, list(texts))
            created = ChunksCreated(page=int(batch), chunks=[unit.id for unit in units])
            begun_with = EmbeddingStarted(
                encoder_id=request.encoder_id, device="gpu" if activity.info().task_queue == Queue.EMBED_GPU else "cpu"
            )
            # The cause of what follows: the batch's own start is only told where texts miss. With the encoder, because
            # ranges are cut anew when the embedding of a scan starts again on another device.
            chunks = f"chunks:{request.encoder_id}:{batch}"
            events = [run.event(begun_with, EMBEDDING_STARTED), run.event(created, chunks)]
            if missing:
                started = EmbeddingBatchStarted(batch=batch, texts=len(missing))
                events.append(run.event(started, f"embed:{request.encoder_id}:{batch}:started", chunks))
            await append(connection, events)
        begun = time.monotonic()
        embedded = sums.embedded
        failed = await self._compute(request, missing, texts, sums, beat)
        embedded = sums.embedded - embedded
        lost = lost_texts([unit for unit in units if unit.text_sha in failed])
        sums.texts += len(units)
        sums.failed += len(lost)
        sums.reused += len(units) - embedded - len(lost)
        done = EmbeddingBatchCompleted(
            batch=batch,
            embedded=embedded,
            reused=len(units) - embedded - len(lost),
            failed=len(failed),
            seconds=round(time.monotonic() - begun, 3),
        )
        vectors = ChunkVectors(batch=batch, chunks=[unit.id for unit in units if unit.text_sha not in failed])
        async with self._rows.database.transaction() as connection:
            run = await self._rows.run(connection, request.scan_id)
            await issues.add_many(connection, run.id, lost)
            key = f"embed:{request.encoder_id}:{batch}"
            told = [run.event(vectors, f"{key}:vectors", chunks), run.event(done, f"{key}:done", chunks)]
            await append(connection, told)

    async def _compute(
        self,
        request: EmbedRange,
        missing: Sequence[Sha256],
        texts: dict[Sha256, str],
        sums: _Sums,
        beat: Beat,
    ) -> set[Sha256]:
        """Embed and store the missing texts; those that cannot be embedded are returned.

        What another range of this process is computing is waited for, not computed again.
        """
        failed: set[Sha256] = set()
        while missing:
            keys = {(request.scope, request.encoder_id, sha): sha for sha in missing}
            with self._claims.take(tuple(keys)) as mine:
                own = await self._missing(request, [sha for key, sha in keys.items() if key in mine])
                failed |= await self._compute_own(request, own, texts, sums, beat)
            others = [key for key in keys if key not in mine]
            await self._claims.released(others)
            missing = await self._missing(request, [keys[key] for key in others])
        return failed

    async def _missing(self, request: EmbedRange, shas: Sequence[Sha256]) -> Sequence[Sha256]:
        if not shas:
            return []
        async with self._rows.database.transaction() as connection:
            run = await self._rows.run(connection, request.scan_id)
            return await embeddings.missing(connection, run.id, request.scope, request.encoder_id, shas)

    async def _compute_own(
        self,
        request: EmbedRange,
        missing: Sequence[Sha256],
        texts: dict[Sha256, str],
        sums: _Sums,
        beat: Beat,
    ) -> set[Sha256]:
        """Texts of like length go together, so that fixed shapes are filled; the next micro-batch is computed while
        the last one is stored.
        """
        ordered = sorted(missing, key=lambda sha: (len(texts[sha]), sha))
        failed: set[Sha256] = set()
        storing: asyncio.Task[None] | None = None
        try:
            for start in range(0, len(ordered), COMMIT_TEXTS):
                keys = ordered[start : start + COMMIT_TEXTS]
                encoded = await self._encode([texts[key] for key in keys], sums)
                failed.update(keys[row] for row in encoded.failed)
                if storing is not None:
                    await storing
                storing = asyncio.create_task(self._store(request, keys, encoded))
                sums.embedded += len(keys) - len(encoded.failed)
                beat.at(request.lo, start + len(keys))
        finally:
            if storing is not None:
                await asyncio.gather(storing, return_exceptions=True)
        if storing is not None:
            storing.result()
        return failed

    async def _encode(self, texts: list[str], sums: _Sums) -> Encoded:
        async with self._encoder.exclusive() as encoder:
            before = msgspec.structs.replace(encoder.stats)
            encoded = await in_thread(lambda: encode_isolating(encoder, texts))
            after = encoder.stats
            sums.tokens += after.tokens - before.tokens
            sums.padded += after.padded_tokens - before.padded_tokens
            sums.batches += after.batches - before.batches
        _log.info("texts_computed", texts=len(texts) - len(encoded.failed), encoder=encoder.spec.id)
        return encoded

    async def _store(self, request: EmbedRange, keys: Sequence[Sha256], encoded: Encoded) -> None:
        kept = [row for row in range(len(keys)) if row not in encoded.failed]
        async with self._rows.database.transaction() as connection:
            run = await self._rows.run(connection, request.scan_id)
            await embeddings.insert_many(
                connection,
                run.id,
                request.scope,
                request.encoder_id,
                [keys[row] for row in kept],
                encoded.vectors[kept],
            )
