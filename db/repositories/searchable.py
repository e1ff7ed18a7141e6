"""Which scan a search speaks of."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import fetch, fetch_one
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


async def newly_indexed(
    connection: AsyncConnection, refs: Sequence[int], last: int, seconds: float
) -> list[tuple[str, ScanRow]]:
    """Published scans that have an index, with the names of their repositories, the newest first: those of some refs,
    and of so many that were published last and at most some seconds ago."""
    rows = await fetch(
        connection,
        f"SELECT p.name AS repository, {COLUMNS}"
        " FROM refs r JOIN scan_runs s ON s.id = r.current_scan_id JOIN repositories p ON p.id = r.repository_id"
        " WHERE s.objects ? $1 AND (r.id = ANY($2::bigint[]) OR r.id IN ("
        "  SELECT each.id FROM refs each JOIN scan_runs shown ON shown.id = each.current_scan_id"
        "  WHERE shown.published_at > now() - make_interval(secs => $4)"
        "  ORDER BY shown.published_at DESC, shown.id DESC LIMIT $3)) ORDER BY s.published_at DESC, s.id DESC",
        SEARCH_OBJECT,
        list(refs),
        last,
        seconds,
    )
    return [(row["repository"], scan_row(row)) for row in rows]


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
