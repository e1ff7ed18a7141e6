"""Which scan of a repository a question speaks of."""

from sqlalchemy.ext.asyncio import AsyncConnection

from db.repositories import scans
from db.repositories.scans import ScanRow
from docrunch.errors import Gone, RefNotFound


async def readable_scan(connection: AsyncConnection, repository_id: int, name: str, ref: str | None) -> ScanRow:
    """The published scan of a ref, or the newest scan of a commit.

    Args:
        name: of the repository, for messages.
        ref: None for the default branch, if it is known and published; else the newest scan.

    Raises:
        RefNotFound: the ref was never scanned.
        Gone: its scans, or its graph, have expired.
    """
    scan = (
        await scans.current_scan(connection, repository_id, ref)
        or await scans.latest_scan(connection, repository_id, ref)
        if ref
        else await scans.default_scan(connection, repository_id) or await scans.latest_scan(connection, repository_id)
    )
    if scan is None and await scans.has_expired(connection, repository_id, ref):
        raise Gone(f"the scan of {ref or 'any ref'} of {name} has expired", hint="Scan it again.")
    if scan is None:
        raise RefNotFound(f"{name} has no scan of {ref or 'any ref'}", hint="`docrunch repo list` shows the refs.")
    if not scan.objects.get("graph"):
        raise Gone(f"the graph of scan {scan.id} of {name} is not there (any more)", hint="Scan it again.")
    return scan
