"""Pages between the object that holds their texts and the rows that say which of them a ref shows."""

import asyncio
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.scans import Run
from activities.worlds import Recent
from db.events import NewEvent
from db.events.model import SyncEnqueued
from db.objects import ObjectKind, ObjectStore
from db.repositories.pages import list_pages, publish_pages, shows
from db.repositories.scans import ScanRow
from db.session import Database
from docrunch.documentation.bundle import decode_pages
from docrunch.documentation.entity import PageEntity, page_entity
from docrunch.errors import Failed

BUNDLES = 1  # decoded docs objects that one process keeps: megabytes each


async def load_bundle(objects: ObjectStore, docs_object: str) -> list[PageEntity]:
    """All pages of a docs object, by path, read off the event loop.

    Raises:
        ObjectMissing: it was cleaned up.
        InvalidArchive: it is damaged.
    """
    data = await objects.get(ObjectKind.DOCS, docs_object)
    return await asyncio.to_thread(lambda: sorted(map(page_entity, decode_pages(data)), key=lambda page: page.path))


async def pages_to_publish(database: Database, objects: ObjectStore, scan: ScanRow, docs: str) -> list[PageEntity]:
    """The pages of a scan, read before the transaction that publishes them; none where its ref shows another scan."""
    async with database.transaction() as connection:
        wanted = await shows(connection, scan)
    return await load_bundle(objects, docs) if wanted else []


async def register_pages(
    connection: AsyncConnection, run: Run, scan: ScanRow, pages: list[PageEntity], docs_object: str, cause: str
) -> list[NewEvent]:
    """Publish the pages of a docpack that is being registered; the event that tells it, for the end of the transaction.

    Nothing is told where nothing changed. ``cause``: key of the event of the docpack.
    """
    enqueued = await publish_pages(connection, scan, pages, docs_object) if pages else None
    if enqueued is None or enqueued.count == 0:
        return []
    told = NewEvent(
        payload=SyncEnqueued(scan.id, enqueued.first, enqueued.last, enqueued.count),
        subject=scan.ref,
        idempotency_key=f"sync.enqueued:{scan.id}:pages",
        parent_id=run.event_id(cause),
        job_id=run.job_id,
        repository_id=run.repository_id,
        tenant_id=run.tenant,
    )
    return [told]


class PageReader:
    """The truth of the pages of refs: rows, with their texts from the docs object. Keeps the last bundle."""

    def __init__(self, database: Database, objects: ObjectStore) -> None:
        self._database = database
        self._objects = objects
        self._bundles: Recent[str, Mapping[str, PageEntity]] = Recent(BUNDLES)

    async def read(self, ref_id: int, *, after: str = "", limit: int = 500) -> list[PageEntity]:
        """The next pages of a ref in path order, behind the path ``after``; fewer than ``limit`` at the end.

        Raises:
            Failed: an object does not hold what the rows say.
            ObjectMissing: an object is gone.
        """
        async with self._database.transaction() as connection:
            rows = await list_pages(connection, ref_id, after=after, limit=limit)
        found = []
        for row in rows:
            page = (await self._bundle(row.object)).get(row.path)
            if page is None or page.content_hash != row.content_hash:
                raise Failed(
                    f"the docs object {row.object[:12]} does not hold the page {row.path} of ref {ref_id}",
                    hint="Scan the ref again.",
                )
            found.append(page)
        return found

    async def _bundle(self, sha256: str) -> Mapping[str, PageEntity]:
        async def load() -> Mapping[str, PageEntity]:
            return {page.path: page for page in await load_bundle(self._objects, sha256)}

        return await self._bundles.get(sha256, load)
