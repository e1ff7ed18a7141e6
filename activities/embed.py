"""Vectors of a range of files. The same class serves `embed-cpu` and `embed-gpu`; only the encoder differs."""

import asyncio
import time
from collections.abc import Sequence

import msgspec
import structlog
from temporalio import activity

from activities.chunks import RangeChunks, chunk_memo
from activities.claims import Claims
from activities.encoder import LoadedEncoder, info_of
from activities.facts import FactsCache
from activities.heartbeat import Beat, heartbeating, in_thread
from activities.scans import Run, ScanRows, embedding_started
from activities.worlds import Worlds
from db.events import NewEvent, append
from db.events.model import (
    ChunksCreated,
    ChunkVectors,
    EmbeddingBatchCompleted,
    EmbeddingBatchStarted,
    EmbeddingStarted,
    WorkflowProgress,
)
from db.repositories import embeddings, issues
from docrunch.embedding.model import Prepared
from docrunch.errors import Conflict
from docrunch.ids import ChunkId, Sha256
from docrunch.pipeline.embedding import Encoded, encode_isolating, lost_texts, unique_texts
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
        self._memo = chunk_memo()

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
                chunks = RangeChunks(
                    self._facts, self._memo, request.scan_id, request.scope, tree, part, options, spec.instructions
                )
                await chunks.load()
                first = request.lo + start
                last = first + len(part) if start + len(part) < len(entries) else request.hi
                reached = WorkflowProgress("embed", last, len(tree.parsed), first=first)
                await self._embed(request, _Told(request.encoder_id, f"{first}", reached), chunks, sums, beat)
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

    async def _embed(self, request: EmbedRange, told: "_Told", chunks: RangeChunks, sums: _Sums, beat: Beat) -> None:
        """Give every chunk a vector. Where all have one already, one transaction says so."""
        ids, hashes, batch = chunks.ids(), chunks.hashes(), told.batch
        async with self._rows.database.transaction() as connection:
            run = await self._rows.run(connection, request.scan_id)
            wanted = list(dict.fromkeys(hashes))
            missing = await embeddings.missing_keys(connection, run.id, request.scope, request.encoder_id, wanted)
            events = told.before(run, ids, len(missing))
            if not missing:
                events += told.after(run, ids, EmbeddingBatchCompleted(batch, 0, len(ids), 0, 0.0))
            await append(connection, events)
        sums.texts += len(ids)
        if not missing:
            sums.reused += len(ids)
            return
        begun = time.monotonic()
        embedded = sums.embedded
        units = await chunks.units(missing)
        texts = unique_texts(units)
        failed = await self._compute(request, list(texts), texts, sums, beat)
        embedded = sums.embedded - embedded
        lost = lost_texts(unit for unit in units if unit.text_sha in failed)
        reused = len(ids) - embedded - len(lost)
        sums.failed += len(lost)
        sums.reused += reused
        done = EmbeddingBatchCompleted(batch, embedded, reused, len(failed), round(time.monotonic() - begun, 3))
        kept = [id_ for id_, sha in zip(ids, hashes, strict=True) if not failed or sha.hex() not in failed]
        async with self._rows.database.transaction() as connection:
            run = await self._rows.run(connection, request.scan_id)
            await issues.add_many(connection, run.id, lost)
            await append(connection, told.after(run, kept, done))

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
        the last one is stored. What can be done before the encoder is free has been done by then.
        """
        prepared = await self._encoder.prepare([texts[sha] for sha in missing])
        sizes = prepared.sizes()
        order = sorted(range(len(missing)), key=lambda row: (sizes[row], missing[row]))
        failed: set[Sha256] = set()
        storing: asyncio.Task[None] | None = None
        try:
            for start in range(0, len(order), COMMIT_TEXTS):
                rows = order[start : start + COMMIT_TEXTS]
                keys = [missing[row] for row in rows]
                encoded = await self._encode(prepared.take(rows), sums)
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

    async def _encode(self, texts: Prepared, sums: _Sums) -> Encoded:
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


class _Told(msgspec.Struct, frozen=True):
    """Events of one batch. Keys name the encoder: ranges are cut anew when embedding starts again on another device."""

    encoder_id: str
    batch: str
    reached: WorkflowProgress

    def before(self, run: Run, ids: list[ChunkId], missing: int) -> list[NewEvent]:
        device = "gpu" if activity.info().task_queue == Queue.EMBED_GPU else "cpu"
        begun_with = EmbeddingStarted(encoder_id=self.encoder_id, device=device)
        created = ChunksCreated(page=int(self.batch), chunks=list(ids))
        events = [run.event(begun_with, embedding_started(self.encoder_id)), run.event(created, self._chunks)]
        if missing:  # the batch's own start is only told where texts miss
            started = EmbeddingBatchStarted(batch=self.batch, texts=missing)
            events.append(run.event(started, f"{self._key}:started", self._chunks))
        return events

    def after(self, run: Run, ids: list[ChunkId], done: EmbeddingBatchCompleted) -> list[NewEvent]:
        """``ids``: chunks that have a vector now."""
        vectors = ChunkVectors(batch=self.batch, chunks=list(ids))
        return [
            run.event(vectors, f"{self._key}:vectors", self._chunks),
            run.event(done, f"{self._key}:done", self._chunks),
            run.event(self.reached, f"{self._key}:progress", self._chunks),
        ]

    @property
    def _chunks(self) -> str:
        """The cause of what follows."""
        return f"chunks:{self.encoder_id}:{self.batch}"

    @property
    def _key(self) -> str:
        return f"embed:{self.encoder_id}:{self.batch}"
