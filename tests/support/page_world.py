"""Scans of a directory up to the registration of their docpack: real pages, rows and outbox; the docpack is a stub."""

import json
from collections.abc import Sequence

from temporalio.testing import ActivityEnvironment

from activities.packing import Packing
from activities.projections.target import Batch, Change, Outcome, Target, Workspace
from db.bulk import fetch
from db.events import after
from db.events.store import StoredEvent
from db.objects import ObjectKind, reference
from db.repositories import scans
from docrunch.assembly.assemble import assemble
from docrunch.canonical import sha256_hex
from docrunch.documentation.bundle import encode_pages
from docrunch.documentation.model import Page
from docrunch.documentation.render import render
from docrunch.options import ScanOptions
from docrunch.pipeline.finishing import documentation_input
from docrunch.storage.model import Action, EntityType
from tests.support.publish_world import PublishWorld
from workflows.contracts.docpack import JobSummary, PackResult, RegisterDocpack
from workflows.contracts.progress import Outcome as Ending
from workflows.contracts.scan import PublishScan


async def render_pages(world: PublishWorld, request: PublishScan) -> list[Page]:
    """All pages of a scan, without metrics of vectors."""
    found = await world.worlds.load(request.scan_id, request.tree_object, "public", ScanOptions())
    graph = await world.worlds.worlds.graph(request.graph_object)
    facts = dict(found.facts.items())
    data = documentation_input(
        found.tree.reader, facts, graph, assemble(graph, facts, [], None), found.issues(), ScanOptions()
    )
    return render(data)


async def register(world: PublishWorld, request: PublishScan, pages: Sequence[Page]) -> None:
    docs = await world.objects.put(ObjectKind.DOCS, encode_pages(pages))
    docpack = await world.objects.put(ObjectKind.DOCPACK, docs.encode())
    async with world.database.transaction() as connection:
        run = await world.rows.run(connection, request.scan_id)
        objects = {
            "tree": reference(ObjectKind.TREE, request.tree_object),
            "docs": reference(ObjectKind.DOCS, docs),
        }
        await scans.record(connection, run.id, objects=objects)
    made = PackResult(docpack_object=docpack, docpack_id=sha256_hex(docs.encode()), bytes=64, docs_object=docs)
    summary = JobSummary(outcome=Ending.COMPLETED, scan_id=request.scan_id)
    asked = RegisterDocpack(
        job_id=run.job_id, scan_id=request.scan_id, pack=made, graph_sha256="", encoder_id=None, summary=summary
    )
    await ActivityEnvironment().run(Packing(world.worlds).register_docpack, asked)


async def scan_and_register(world: PublishWorld) -> list[Page]:
    request = await world.scan()
    await world.publish(request)
    pages = await render_pages(world, request)
    await register(world, request, pages)
    return pages


async def outbox(world: PublishWorld, behind: int = 0) -> list[tuple[int, Change, int]]:
    """(id, change, scan) of the outbox rows of pages behind an id."""
    async with world.database.transaction() as connection:
        rows = await fetch(
            connection,
            "SELECT id, entity_id, key, action, content_hash, payload::text AS payload, scan_id FROM sync_events"
            " WHERE entity_type = 'page' AND repository_id = $1 AND id > $2 ORDER BY id",
            world.owner.id,
            behind,
        )
    return [
        (
            row["id"],
            Change(
                EntityType.PAGE,
                row["entity_id"],
                row["key"],
                Action(row["action"]),
                row["content_hash"],
                json.loads(row["payload"]) if row["action"] == "upsert" else None,
                row["id"],
            ),
            row["scan_id"],
        )
        for row in rows
    ]


async def project(target: Target, world: PublishWorld, workspace: Workspace, behind: int = 0, size: int = 3) -> Outcome:
    """What the sync does with the outbox, batch by batch."""
    total = Outcome()
    rows = await outbox(world, behind)
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        for action, apply in ((Action.UPSERT, target.apply), (Action.DELETE, target.delete)):
            changes = tuple(change for _, change, _ in part if change.action is action)
            done = await apply(Batch(workspace, changes, part[-1][2]))
            total.writes.files += done.writes.files
            total.failed |= done.failed
    return total


async def told(world: PublishWorld, kind: str) -> list[StoredEvent]:
    async with world.database.transaction() as connection:
        return [event for event in await after(connection, 0) if event.kind == kind]
