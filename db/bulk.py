"""Set-sized statements straight on asyncpg, inside SQLAlchemy's transaction: COPY, and arrays for ``unnest``.

JSON goes in and comes out as text on this path.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import asyncpg
import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection


async def driver(connection: AsyncConnection) -> "asyncpg.Connection[asyncpg.Record]":
    """asyncpg's connection below SQLAlchemy's; `db.session.Database.transaction` has begun its transaction."""
    raw = await connection.get_raw_connection()
    return cast("asyncpg.Connection[asyncpg.Record]", raw.driver_connection)


async def copy_rows(
    connection: AsyncConnection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Binary COPY of plain tuples into a table."""
    target = await driver(connection)
    await target.copy_records_to_table(table, records=rows, columns=list(columns))


async def fetch(connection: AsyncConnection, statement: str, *arguments: Any) -> list[asyncpg.Record]:
    """Rows of a statement with ``$1`` parameters."""
    return await (await driver(connection)).fetch(statement, *arguments)


async def fetch_one(connection: AsyncConnection, statement: str, *arguments: Any) -> asyncpg.Record | None:
    rows = await fetch(connection, statement, *arguments)
    return rows[0] if rows else None


async def execute(connection: AsyncConnection, statement: str, *arguments: Any) -> int:
    """Run a statement; returns the number of rows it touched."""
    status = await (await driver(connection)).execute(statement, *arguments)
    count = status.rsplit(" ", 1)[-1]
    return int(count) if count.isdigit() else 0


def from_json(value: str | None) -> dict[str, Any]:
    """A json or jsonb column as read by `fetch`."""
    return msgspec.json.decode(value, type=dict[str, Any]) if value else {}
