"""Scans of a directory up to their publish: real trees, facts, graphs and rows, with no workflow and no encoder."""

import itertools
from pathlib import Path
from typing import Any

from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.facts import FactsCache
from activities.preparing import Preparation, Prepared
from activities.publishing import metrics_rows
from activities.scan_world import ScanWorlds
from activities.scans import ScanRows
from activities.store import ScanStore
from activities.worlds import Worlds
from db.objects import ObjectKind, ObjectStore, reference
from db.publish import publish_metrics
from db.repositories import issues, scans
from db.repositories.projects import RepositoryRow
from db.repositories.scans import ScanRequest, open_scan
from db.session import Database
from docrunch.graph.link import link
from docrunch.graph.shards import split
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect
from docrunch.pipeline.finishing import scan_extractor_id
from docrunch.pipeline.lost import LOST_FILE_REASONS
from docrunch.source.model import Issue
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec
from docrunch.source.tree import write_tree
from tests.support.publishing import repository
from workflows.contracts.progress import Counts, Outcome
from workflows.contracts.scan import PublishResult, PublishScan

_runs = itertools.count(1)
TABLES = ("files", "symbols", "relationships", "chunks", "symbol_metrics")


class Watched(Preparation):
    """Remembers what was prepared; ``whole`` turns every publish into one of all rows."""

    def __init__(self, worlds: ScanWorlds, *, whole: bool) -> None:
        super().__init__(worlds)
        self.whole = whole
        self.prepared: list[Prepared] = []

    async def prepare(self, request: PublishScan, *, whole: bool = False) -> Prepared:
        self.prepared.append(await super().prepare(request, whole=whole or self.whole))
        return self.prepared[-1]


class PublishWorld:
    """One repository whose scans read ``root``, as one worker process publishes them."""

    def __init__(self, database: Database, owner: RepositoryRow, root: Path, work: Path, objects: ObjectStore) -> None:
        self.database, self.owner, self.root, self.work, self.objects = database, owner, root, work, objects
        self.rows = ScanRows(database)
        self.facts = FactsCache(self.rows, processes=1)
        self.worlds = ScanWorlds(Worlds(objects, work), self.rows, self.facts)
        self.store = ScanStore(self.worlds)
        self.watched = Watched(self.worlds, whole=False)
        self.store._preparation = self.watched

    async def scan(
        self, options: ScanOptions | None = None, lost: tuple[str, ...] = (), *, declared: bool = True
    ) -> PublishScan:
        """All steps before the publish; the request of the publish."""
        options = options or ScanOptions()
        number = next(_runs)
        job = self.work / f"job{number}"
        job.mkdir(mode=0o700)
        spec = parse_spec(str(self.root), cwd=self.root)
        read = open_source(
            spec, ref=None, name="demo", options=options, policy=SourcePolicy(), workdir=job, detect=detect
        )
        with (job / "tree").open("xb") as out:
            write_tree(read, out)
        tree_object = await self.objects.put(ObjectKind.TREE, job / "tree")
        tree = await self.worlds.worlds.tree(tree_object)
        async with self.database.transaction() as connection:
            request = ScanRequest(
                workflow_id=f"docpack:{number}",
                run_id=f"run{number}",
                repository_id=self.owner.id,
                ref="main",
                declared_ref=declared,
                commit=tree.reader.source.commit,
                kind="directory",
                extractor_id=scan_extractor_id(tree.reader),
            )
            row = await open_scan(connection, request)
            await issues.add_many(connection, row.id, [Issue(path, "parse_timeout", stage="parse") for path in lost])
            assert "parse_timeout" in LOST_FILE_REASONS
        world = await self.worlds.load(request.run_id, tree_object, "public", options)
        made = split(link(tree.reader.source, tree.reader.entries, world.facts))
        await self.objects.put_many(ObjectKind.SHARD, made.shards.values())
        graph_object = await self.objects.put(ObjectKind.GRAPH, made.index)
        async with self.database.transaction() as connection:
            await scans.record(connection, row.id, objects={"graph": reference(ObjectKind.GRAPH, graph_object)})
        return PublishScan(
            scan_id=request.run_id,
            tree_object=tree_object,
            graph_object=graph_object,
            outcome=Outcome.COMPLETED,
            counts=Counts(symbols=sum(len(each.symbols) for each in world.facts.values())),
            options=options,
        )

    async def publish(self, request: PublishScan) -> PublishResult:
        found: PublishResult = await ActivityEnvironment().run(self.store.publish_scan, request)
        if found.metrics_due:
            measured = metrics_rows(await self.worlds.worlds.metrics(request.graph_object))
            async with self.database.transaction() as connection:
                scan = await self.rows.run(connection, request.scan_id)
            await publish_metrics(self.database, scan.id, measured)
        return found

    async def scan_and_publish(self, options: ScanOptions | None = None, lost: tuple[str, ...] = ()) -> PublishResult:
        return await self.publish(await self.scan(options, lost))

    def homes(self) -> frozenset[str] | None:
        """Which homes the last publish looked at; None: all of them."""
        delta = self.watched.prepared[-1].rows.delta
        return delta.homes if delta is not None else None

    async def tables(self) -> dict[str, list[Any]]:
        """All rows of the ref, row hashes included, without ids of the ref and times."""
        drop = "- 'ref_id' - 'last_scanned'"
        return {table: await self._json(f"SELECT to_jsonb(t) {drop} FROM {table} t", "ref_id") for table in TABLES}

    async def told(self) -> list[Any]:
        """What the derived stores and the readers of events are told by the last scan that was published."""
        (scan,) = await self._rows(
            "SELECT max(id) FROM scan_runs WHERE repository_id = :owner AND status = 'published'"
        )
        outbox = "SELECT key, action, encode(content_hash, 'hex'), payload::text FROM sync_events WHERE scan_id = :scan"
        told = await self._rows(f"{outbox} ORDER BY id", scan=scan[0])
        answer = "publication - 'scan_id' - 'ref_id' - 'enqueued' - 'metrics_due'"
        return [told, await self._rows(f"SELECT {answer}, counts FROM scan_runs WHERE id = :scan", scan=scan[0])]

    async def _json(self, statement: str, column: str) -> list[Any]:
        refs = f"{column} IN (SELECT id FROM refs WHERE repository_id = :owner)"
        return sorted((row[0] for row in await self._rows(f"{statement} WHERE {refs}")), key=repr)

    async def _rows(self, statement: str, **arguments: Any) -> list[Any]:
        async with self.database.transaction() as connection:
            found = await connection.execute(text(statement), {"owner": self.owner.id, **arguments})
            return [tuple(row) for row in found]


async def publish_world(
    database: Database, tmp_path: Path, name: str, root: Path, objects: ObjectStore, *, whole: bool = False
) -> PublishWorld:
    work = tmp_path / f"work-{name}"
    work.mkdir(mode=0o700)
    world = PublishWorld(database, await repository(database, name), root, work, objects)
    world.watched.whole = whole
    return world
