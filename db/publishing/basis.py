"""What the published rows of a ref were made from: equal parts make equal rows, so only the others are published."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch_one


class BaseMoved(Exception):
    """Another scan was published since the delta was prepared: prepare again."""


class Basis(msgspec.Struct, frozen=True):
    """``graph`` and ``tree`` are hashes of objects; ``maker`` covers whatever else decides a row (options, code, …)."""

    graph: str
    tree: str
    maker: str


class Published(msgspec.Struct, frozen=True):
    """``refs.published``: the rows of a ref, without the rows.

    ``basis`` None: nobody said. ``totals`` are numbers of rows by table. ``measured``: the metrics are those of
    this graph; until they are, those of the graph before it are shown.
    """

    basis: Basis | None = None
    totals: dict[str, int] = {}
    measured: bool = False


class RefState(msgspec.Struct, frozen=True):
    """What a ref shows: the scan that it is of identifies it, since publishing again is always another scan."""

    scan_id: int | None
    published: Published


async def lock_ref(connection: AsyncConnection, ref_id: int) -> None:
    """One transaction at a time changes what a ref shows."""
    await execute(connection, "SELECT pg_advisory_xact_lock(hashtextextended('publish:' || $1::bigint, 0))", ref_id)


async def read_state(connection: AsyncConnection, ref_id: int) -> RefState:
    row = await fetch_one(
        connection, "SELECT current_scan_id, published::text AS published FROM refs WHERE id = $1", ref_id
    )
    if row is None:
        return RefState(None, Published())
    return RefState(row["current_scan_id"], msgspec.json.decode(row["published"], type=Published))


async def write_state(connection: AsyncConnection, ref_id: int, scan_id: int, published: Published) -> None:
    await execute(
        connection,
        "UPDATE refs SET current_scan_id = $2, published = $3::text::jsonb, updated_at = now() WHERE id = $1",
        ref_id,
        scan_id,
        msgspec.json.encode(published).decode(),
    )
