"""Which scan a search speaks of."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import fetch_one
from db.repositories.scans import COLUMNS, ScanRow, current_scan, default_scan, has_expired, latest_scan, scan_row
from docrunch.errors import Gone, RefNotFound, RefNotIndexed

SEARCH_OBJECT = "search"  # name of the index in `ScanRun.objects`


class Searchable(NamedTuple):
    """``published`` is what the ref is at; ``indexed`` the newest scan of it, up to that one, that has an index."""

    published: ScanRow
    indexed: ScanRow | None


async def searchable(connection: AsyncConnection, repository_id: int, name: str, ref: str | None) -> Searchable:
    """Args:
    name: of the repository, for messages.
    ref: None for the default branch, else of the newest scan that was published.

    Raises:
        RefNotIndexed: a sha, a ref that was never published, or nothing is.
        RefNotFound: the ref was never scanned.
        Gone: it was, and its scans have expired.
    """
    scan = await (current_scan(connection, repository_id, ref) if ref else _default(connection, repository_id))
    if scan is None:
        kept = await latest_scan(connection, repository_id, ref)
        if kept is not None or (ref and await _is_ref(connection, repository_id, ref)):
            raise RefNotIndexed(
                f"{ref or 'no ref'} of {name} is not indexed for search",
                hint="Published branches and tags are: `docrunch repo list` shows them; `docrunch scan` adds one.",
            )
        if await has_expired(connection, repository_id, ref):
            raise Gone(f"the scan of {ref or 'any ref'} of {name} has expired", hint="Scan it again.")
        raise RefNotFound(f"{name} has no scan of {ref or 'any ref'}", hint="`docrunch repo list` shows the refs.")
    return Searchable(scan, await _indexed(connection, scan))


async def _default(connection: AsyncConnection, repository_id: int) -> ScanRow | None:
    found = await default_scan(connection, repository_id)
    if found is not None:
        return found
    row = await fetch_one(
        connection,
        f"SELECT {COLUMNS} FROM refs r JOIN scan_runs s ON s.id = r.current_scan_id"
        " WHERE r.repository_id = $1 ORDER BY s.id DESC LIMIT 1",
        repository_id,
    )
    return scan_row(row) if row else None


async def _is_ref(connection: AsyncConnection, repository_id: int, ref: str) -> bool:
    found = await fetch_one(
        connection,
        "SELECT 1 FROM scan_runs WHERE repository_id = $1 AND ref = $2 AND status <> 'expired' LIMIT 1",
        repository_id,
        ref,
    )
    return found is not None


async def _indexed(connection: AsyncConnection, scan: ScanRow) -> ScanRow | None:
    if SEARCH_OBJECT in scan.objects:
        return scan
    row = await fetch_one(
        connection,
        f"SELECT {COLUMNS} FROM scan_runs s WHERE ref_id = $1 AND id < $2 AND status = 'published'"
        " AND objects ? $3 ORDER BY id DESC LIMIT 1",
        scan.ref_id,
        scan.id,
        SEARCH_OBJECT,
    )
    return scan_row(row) if row else None
