"""Pages of the newest registered docpack of each ref. Their texts are in its docs object (`activities.pages`)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import copy_rows, execute, fetch, fetch_one
from db.publishing.basis import lock_ref
from db.publishing.outbox import Enqueued, Entry, Target, enqueue_entries
from db.publishing.payload import encode_page
from db.repositories.scans import ScanRow
from docrunch.documentation.entity import PageEntity
from docrunch.storage.model import Action, EntityType


class PageRow(msgspec.Struct, frozen=True):
    """``object``: sha256 of the docs object that holds the text. ``scan_id``: the scan that last changed the page."""

    path: str
    kind: str
    title: str
    size: int
    content_hash: bytes
    object: str
    scan_id: int


_COLUMNS = ", ".join(PageRow.__struct_fields__)
_WRITTEN = ("ref_id", *PageRow.__struct_fields__, "updated_at")
NOTHING = Enqueued(0, 0, 0)


async def shows(connection: AsyncConnection, scan: ScanRow) -> bool:
    """Whether a scan is what its ref shows. Once it is not, it never will be again."""
    if scan.ref_id is None:
        return False
    row = await fetch_one(connection, "SELECT current_scan_id FROM refs WHERE id = $1", scan.ref_id)
    return row is not None and row["current_scan_id"] == scan.id


async def publish_pages(
    connection: AsyncConnection, scan: ScanRow, pages: Sequence[PageEntity], docs_object: str
) -> Enqueued:
    """Make the pages of a scan those of its ref, and write an outbox row for each that changed.

    Does nothing for a scan of an undeclared ref, or one that another has replaced as what the ref shows. All rows of
    the ref name the same docs object afterwards: it alone is kept for them.
    """
    if scan.ref_id is None or not await shows(connection, scan):
        return NOTHING
    await lock_ref(connection, scan.ref_id)
    if not await shows(connection, scan):
        return NOTHING
    rows = await fetch(connection, "SELECT path, content_hash FROM pages WHERE ref_id = $1", scan.ref_id)
    known = {row["path"]: row["content_hash"] for row in rows}
    changed = [page for page in pages if known.get(page.path) != page.content_hash]
    gone = sorted(known.keys() - {page.path for page in pages})
    await _write(connection, scan, scan.ref_id, changed, gone, docs_object)
    if not changed and not gone:
        return NOTHING
    owner = await fetch_one(connection, "SELECT tenant_id FROM repositories WHERE id = $1", scan.repository_id)
    target = Target(owner["tenant_id"] if owner else "local", scan.repository_id, scan.ref_id, scan.id)
    return await enqueue_entries(connection, target, _entries(changed, gone))


async def _write(
    connection: AsyncConnection,
    scan: ScanRow,
    ref_id: int,
    changed: Sequence[PageEntity],
    gone: Sequence[str],
    docs_object: str,
) -> None:
    replaced = [*gone, *(page.path for page in changed)]
    if replaced:
        await execute(connection, "DELETE FROM pages WHERE ref_id = $1 AND path = ANY($2::text[])", ref_id, replaced)
    now = datetime.now(UTC)
    records = (
        (ref_id, page.path, page.kind, page.title, page.size, page.content_hash, docs_object, scan.id, now)
        for page in changed
    )
    await copy_rows(connection, "pages", _WRITTEN, records)
    await execute(connection, "UPDATE pages SET object = $2 WHERE ref_id = $1 AND object <> $2", ref_id, docs_object)


def _entries(changed: Sequence[PageEntity], gone: Sequence[str]) -> Iterator[Entry]:
    for path in gone:
        yield Entry(EntityType.PAGE, path, Action.DELETE)
    for page in changed:
        yield Entry(EntityType.PAGE, page.path, Action.UPSERT, page.content_hash, encode_page(page).decode())


async def list_pages(
    connection: AsyncConnection, ref_id: int, *, after: str = "", limit: int | None = None
) -> list[PageRow]:
    """Pages of a ref in path order, those behind the path ``after``."""
    rows = await fetch(
        connection,
        f'SELECT {_COLUMNS} FROM pages WHERE ref_id = $1 AND path > $2 COLLATE "C" ORDER BY path COLLATE "C" LIMIT $3',
        ref_id,
        after,
        limit,
    )
    return [PageRow(**dict(row)) for row in rows]


class DocumentedRef(msgspec.Struct, frozen=True):
    ref_id: int
    ref: str
    scan_id: int  # the newest that has just these pages
    pages: int


async def documented_refs(connection: AsyncConnection, repository_id: int) -> list[DocumentedRef]:
    """Refs of a repository that have pages, the one that was published last first."""
    rows = await fetch(
        connection,
        "SELECT r.id AS ref_id, r.name AS ref, count(*) AS pages, coalesce((SELECT max(s.id) FROM scan_runs s"
        " WHERE s.ref_id = r.id AND s.objects->>'docs' = 'docs/' || min(p.object)), r.current_scan_id) AS scan_id"
        " FROM refs r JOIN pages p ON p.ref_id = r.id WHERE r.repository_id = $1"
        " GROUP BY r.id ORDER BY r.current_scan_id DESC",
        repository_id,
    )
    return [DocumentedRef(**dict(row)) for row in rows]


async def page_objects(connection: AsyncConnection, repository_id: int | None = None) -> list[str]:
    """sha256 of the docs objects that pages are read from; of one repository if given."""
    rows = await fetch(
        connection,
        "SELECT DISTINCT p.object FROM pages p LEFT JOIN refs r ON r.id = p.ref_id"
        " WHERE $1::bigint IS NULL OR r.repository_id = $1 ORDER BY 1",
        repository_id,
    )
    return [row["object"] for row in rows]
