"""Pages of a docpack that is being registered: rows, outbox and the event that tells it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.scans import Run
from db.events import NewEvent
from db.events.model import SyncEnqueued
from db.objects import ObjectStore
from db.page_texts import load_bundle
from db.repositories.pages import publish_pages, shows
from db.repositories.scans import ScanRow
from db.session import Database
from docrunch.documentation.entity import PageEntity


async def pages_to_publish(database: Database, objects: ObjectStore, scan: ScanRow, docs: str) -> list[PageEntity]:
    """The pages of a scan, read before the transaction that publishes them; none where its ref shows another scan."""
    async with database.transaction() as connection:
        wanted = await shows(connection, scan)
    return await load_bundle(objects, docs) if wanted else []


async def register_pages(
    connection: AsyncConnection, run: Run, scan: ScanRow, pages: list[PageEntity], docs_object: str, cause: str
) -> list[NewEvent]:
    """Publish the pages of a docpack; the event that tells it, for the end of the transaction.

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
