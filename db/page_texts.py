"""The truth of the pages of refs: their rows, with the texts from the docs object that the rows name."""

import asyncio
from collections.abc import Mapping

from db.objects import ObjectKind, ObjectStore
from db.repositories.pages import list_pages
from db.repositories.scans import ScanRow
from db.session import Database
from docrunch.documentation.bundle import decode_pages
from docrunch.documentation.entity import PageEntity, page_entity
from docrunch.documentation.tree.repository import CommitText
from docrunch.errors import Failed


async def load_bundle(objects: ObjectStore, docs_object: str) -> list[PageEntity]:
    """All pages of a docs object, by path, read off the event loop.

    Raises:
        ObjectMissing: it was cleaned up.
        InvalidArchive: it is damaged.
    """
    data = await objects.get(ObjectKind.DOCS, docs_object)
    return await asyncio.to_thread(lambda: sorted(map(page_entity, decode_pages(data)), key=lambda page: page.path))


class PageReader:
    """Pages of refs, in pages. Keeps the last docs object that it read: all rows of a ref name one."""

    def __init__(self, database: Database, objects: ObjectStore) -> None:
        self._database = database
        self._objects = objects
        self._kept: tuple[str, Mapping[str, PageEntity]] = ("", {})

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
        if self._kept[0] != sha256:
            self._kept = (sha256, {page.path: page for page in await load_bundle(self._objects, sha256)})
        return self._kept[1]


def scan_text(scan: ScanRow, name: str) -> CommitText:
    """Message and time of a commit of the pages of a scan: the same for everybody who commits them.

    Args:
        name: of the repository, where the scan does not say it.
    """
    repository = str(scan.options.get("repository") or name)
    when = scan.published_at or scan.opened_at
    message = " ".join(f"Document {repository} {scan.ref} at {scan.commit}".split())
    return CommitText(message, int(when.timestamp()))
