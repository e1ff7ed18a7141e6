"""Hits of the fallback: what Postgres finds by itself, in the shape of all other hits."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from db.repositories.scans import ScanRow
from docrunch.search.model import Hit
from docrunch.search.query import Query
from docrunch.search.search import SearchOptions


async def full_text_hits(
    connection: AsyncConnection, repository: str, scan: ScanRow, query: Query, options: SearchOptions
) -> Sequence[Hit]:
    return []
