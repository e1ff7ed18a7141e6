"""Everything of a scan → the docpack object, and its registration."""

import asyncio
import time
from collections import Counter

import msgspec
from temporalio import activity

from activities.encoder import spec_of
from activities.generation import inputs, load_input
from activities.heartbeat import heartbeating, in_thread
from activities.pages import pages_to_publish, register_pages
from activities.scan_world import ScanWorlds
from activities.sync_signal import SyncSignal
from db.events.model import GenerationCompleted, JobCompleted, PackCompleted, PackStarted
from db.objects import ObjectKind, reference
from db.repositories import docpacks, jobs, scans
from docrunch.collector import trim
from docrunch.docpack.model import PackedDocpack
from docrunch.docpack.pack import pack
from docrunch.documentation.bundle import encode_pages
from docrunch.embedding.matrix import Matrix
from docrunch.embedding.model import TextUnit
from docrunch.pipeline.finishing import docpack_input
from workflows.contracts.docpack import (
    DropParts,
    PackActivities,
    PackRequest,
    PackResult,
    RegisterDocpack,
)


class _Packed(msgspec.Struct, frozen=True):
    name: str  # object of the docpack
    docs: str  # object of all pages
    id: str
    bytes: int
    members: int
    pages: int


class Packing(PackActivities):
    def __init__(self, scans_: ScanWorlds, signal: SyncSignal | None = None) -> None:
        self._scans = scans_
        self._signal = signal
        self._rows = scans_.rows

    @activity.defn(name="pack")
    async def pack(self, request: PackRequest) -> PackResult:
        started = time.monotonic()
        async with heartbeating():
            encoder = request.encoder.model_dump_json() if request.encoder else ""
            key = await inputs(self._scans, request.pages, "pack", request.docs_parts, request.matrix_object, encoder)
            made = await self._scans.memo.get(key, _Packed)
            if made is None:
                made = await self._pack(request)
                self._scans.memo.put(key, made, [(ObjectKind.DOCPACK, made.name), (ObjectKind.DOCS, made.docs)])
            name, docs, pages = made.name, made.docs, made.pages
            await self._rows.record(
                request.pages.scan_id,
                [],
                lambda run: [
                    run.event(
                        GenerationCompleted("completed", {}, pages), "generation:completed", "generation:started"
                    ),
                    run.event(PackStarted(scan_id=run.id), "pack:started", "generation:completed"),
                ],
                objects={"docpack": reference(ObjectKind.DOCPACK, name), "docs": reference(ObjectKind.DOCS, docs)},
            )
            return PackResult(
                docpack_object=name,
                docpack_id=made.id,
                bytes=made.bytes,
                docs_object=docs,
                members=made.members,
                seconds=round(time.monotonic() - started, 3),
            )

    async def _pack(self, request: PackRequest) -> _Packed:
        pages_of = request.pages
        data = await load_input(self._scans, pages_of)
        pages = await self._scans.worlds.pages(request.docs_parts)
        world = await self._scans.load(pages_of.scan_id, pages_of.tree_object, pages_of.scope, pages_of.options)
        spec = spec_of(request.encoder) if request.encoder else None
        matrix = await self._scans.worlds.matrix(request.matrix_object) if request.matrix_object else None
        every = await self._scans.units(world, pages_of.options, spec.instructions) if spec else []

        def make() -> tuple[PackedDocpack, bytes]:
            packed = pack(
                docpack_input(
                    world.tree.reader,
                    world.facts,
                    data.graph,
                    data.assembly,
                    pages,
                    data.issues,
                    spec,
                    _with_vector(every, matrix),
                    matrix.rows if matrix else None,
                    pages_of.options,
                )
            )
            return packed, encode_pages(pages)

        packed, bundle = await in_thread(make)
        objects = self._scans.worlds.objects
        name = await objects.put(ObjectKind.DOCPACK, packed.data)
        docs = await objects.put(ObjectKind.DOCS, bundle)
        await asyncio.to_thread(trim)
        return _Packed(name, docs, packed.id, len(packed.data), packed.members, len(pages))

    @activity.defn(name="register_docpack")
    async def register_docpack(self, request: RegisterDocpack) -> None:
        summary, pack_ = request.summary, request.pack
        status = str(summary.outcome)
        database, objects = self._rows.database, self._scans.worlds.objects
        async with database.transaction() as connection:
            run = await self._rows.run(connection, request.scan_id)
            scan = await scans.get_scan(connection, run.id)
        tree = await self._scans.worlds.tree(str(scan.objects["tree"]).partition("/")[2])
        skipped = dict(Counter(str(e.skip) for e in tree.reader.entries if e.skip is not None))
        pages = await pages_to_publish(database, objects, scan, pack_.docs_object)
        async with database.transaction() as connection:
            run = await self._rows.run(connection, request.scan_id)
            await docpacks.register(
                connection,
                scan_id=run.id,
                docpack_id=pack_.docpack_id,
                workflow_id=request.job_id,
                object_sha256=pack_.docpack_object,
                size=pack_.bytes,
                manifest={"graph_sha256": request.graph_sha256, "encoder_id": request.encoder_id},
            )
            completed = PackCompleted(status, summary.issues, skipped, pack_.docpack_id, pack_.bytes)
            ended = JobCompleted(status, summary.issues, skipped, True, pack_.docpack_id)
            enqueued = await register_pages(connection, run, scan, pages, pack_.docs_object, "pack:completed")
            await jobs.finish_open(
                connection,
                request.job_id,
                run.id,
                status,
                result=summary.model_dump(mode="json") | {"docpack_id": pack_.docpack_id, "bytes": pack_.bytes},
                events=[
                    run.event(completed, "pack:completed", "pack:started"),
                    *enqueued,
                    run.event(ended, "job:completed", "pack:completed"),
                ],
            )
        if self._signal is not None:  # the pages of the docpack are in the outbox now
            self._signal.committed(run.repository_id, run.repository, run.tenant)

    @activity.defn(name="drop_docpack_parts")
    async def drop_docpack_parts(self, request: DropParts) -> None:
        """Objects are content-addressed and may be shared: rows let go of them here, cleanup deletes them."""
        async with heartbeating(), self._rows.database.transaction() as connection:
            row = await scans.find_by_run(connection, request.scan_id) if request.scan_id else None
            if row is not None:
                await docpacks.release_parts(connection, row.id)


def _with_vector(units: list[TextUnit], matrix: Matrix | None) -> list[TextUnit]:
    """The units that the matrix has rows for, in its order (both are sorted by id)."""
    if matrix is None:
        return []
    known = set(matrix.ids)
    return [unit for unit in units if unit.id in known]
