"""Graph and vectors → what is computed before anything is worded."""

import asyncio
import time

import numpy as np
from temporalio import activity

from activities.encoder import spec_of
from activities.heartbeat import heartbeating, in_thread
from activities.scan_world import ScanWorlds
from db.events import append
from db.events.model import AssemblyCompleted, ClustersCreated, WorkflowProgress
from db.objects import ObjectKind, reference
from db.repositories import clusters, scans
from docrunch.assembly.assemble import assemble
from docrunch.assembly.codec import encode_assembly
from docrunch.assembly.model import Assembly
from docrunch.assembly.related import Comparisons
from docrunch.collector import trim
from docrunch.embedding.matrix import Matrix
from docrunch.embedding.model import TextUnit, Vectors
from workflows.contracts.docpack import AssembleRequest, AssembleResult, AssemblyActivities


class Assemble(AssemblyActivities):
    def __init__(self, scans_: ScanWorlds) -> None:
        self._scans = scans_
        self._comparisons = Comparisons()

    @activity.defn(name="assemble")
    async def assemble(self, request: AssembleRequest) -> AssembleResult:
        started = time.monotonic()
        async with heartbeating():
            encoder = request.encoder.model_dump_json() if request.encoder else ""
            names = (request.tree_object, request.graph_object, encoder)
            key = await self._scans.inputs(request.scan_id, request.scope, request.options, "assemble", *names)
            made = await self._scans.memo.get(key, AssembleResult)
            if made is None:
                made = await self._assemble(request)
                self._scans.memo.put(key, made, _objects(made))
            await self._record(request, await self._scans.worlds.assembly(made.assembly_object), made)
            return made.model_copy(update={"seconds": round(time.monotonic() - started, 3)})

    async def _assemble(self, request: AssembleRequest) -> AssembleResult:
        world = await self._scans.load(request.scan_id, request.tree_object, request.scope, request.options)
        graph = await self._scans.worlds.graph(request.graph_object)
        metrics = await self._scans.worlds.metrics(request.graph_object)
        units: list[TextUnit] = []
        vectors: Vectors | None = None
        matrix_name: str | None = None
        if request.encoder is not None:
            spec = spec_of(request.encoder)
            matrix = await self._scans.matrix(
                request.scan_id, request.tree_object, request.scope, request.options, spec
            )
            matrix_name, units, vectors = matrix.name, matrix.units, matrix.vectors

        def compute() -> tuple[Assembly, bytes]:
            made = assemble(graph, world.facts, units, vectors, metrics, self._comparisons)
            return made, encode_assembly(made)

        self._scans.worlds.let_go_of_assemblies()
        made, encoded = await in_thread(compute)
        name = await self._scans.worlds.objects.put(ObjectKind.ASSEMBLY, encoded)
        self._scans.worlds.keep_assembly(name, made)
        if matrix_name is not None and vectors is not None:
            self._scans.worlds.keep_matrix(matrix_name, Matrix(vectors, tuple(unit.id for unit in units)))
        await asyncio.to_thread(trim)  # after this and the publish, before pages and docpack
        return await asyncio.to_thread(_result, made, name, matrix_name, vectors)

    async def _record(self, request: AssembleRequest, made: Assembly, result: AssembleResult) -> None:
        name, matrix = result.assembly_object, result.matrix_object
        found = made.clustering.clusters
        created = ClustersCreated(
            clusters=[cluster.id for cluster in found],
            labels=[cluster.label for cluster in found],
            sizes=[len(cluster.members) for cluster in found],
        )
        names = {"assembly": reference(ObjectKind.ASSEMBLY, name)}
        if matrix is not None:
            names["matrix"] = reference(ObjectKind.MATRIX, matrix)
        rows = self._scans.rows
        async with rows.database.transaction() as connection:
            run = await rows.run(connection, request.scan_id)
            await clusters.replace_all(connection, run.id, found)
            await scans.record(connection, run.id, objects=names)
            completed = AssemblyCompleted("completed", {}, len(found))
            progress = WorkflowProgress("assemble", len(found), len(found), "clusters")
            await append(
                connection,
                [
                    run.event(created, f"clusters:{name}", "assembly:started"),
                    run.event(completed, "assembly:completed", "assembly:started"),
                    run.event(progress, "progress:assemble", "assembly:started"),
                ],
            )


def _result(made: Assembly, name: str, matrix: str | None, vectors: Vectors | None) -> AssembleResult:
    communities = {found.community for found in made.metrics.nodes.values() if found.community >= 0}
    return AssembleResult(
        assembly_object=name,
        matrix_object=matrix,
        clusters=len(made.clustering.clusters),
        clustering=made.clustering.method,
        reason=made.clustering.reason,
        noise=len(made.clustering.noise),
        communities=len(communities),
        cycles=len(made.metrics.cycles),
        vectors=0 if vectors is None else int(np.shape(vectors)[0]),
        seconds=0.0,
    )


def _objects(made: AssembleResult) -> list[tuple[ObjectKind, str]]:
    matrix = [(ObjectKind.MATRIX, made.matrix_object)] if made.matrix_object else []
    return [(ObjectKind.ASSEMBLY, made.assembly_object), *matrix]
