"""The rows of some homes of one ref against those published for the same homes; no other row is looked at.

The published keys and hashes come here rather than the wanted ones into a temporary table: a few files have a few
hundred rows. Whoever calls holds the lock of the ref, so that what was read is still there when it is deleted.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch
from db.publishing.difference import KINDS, Applied, applied, copy_prepared, home_expression
from db.publishing.rows import RELATIONSHIPS, SHARED, SYMBOLS, Delta, Prepared, Table

_Key = tuple[Any, ...]


async def apply_delta(
    connection: AsyncConnection,
    ref_id: int,
    tables: Sequence[Prepared],
    delta: Delta,
    totals: Mapping[str, int],
    modified: dict[str, datetime],
    now: datetime,
) -> dict[str, Applied]:
    """Bring the rows of ``delta.homes`` to those given. ``totals``: rows that the ref has before, by table.

    Returns:
        What was done, by table.
    """
    homes = sorted(delta.homes)
    nodes = await _nodes(connection, ref_id, homes) if homes else []
    found: dict[str, Applied] = {}
    for prepared in tables:
        table = prepared.table
        rows = nodes if table is SYMBOLS else await _published(connection, ref_id, table, homes, nodes)
        places = {prepared.key(at): at for at in range(len(prepared.rows))}
        known = {tuple(row)[: table.key]: row for row in rows}
        same = {key for key, at in places.items() if key in known and known[key]["row_hash"] == prepared.hashes[at]}
        gone = {key: row["home"] for key, row in known.items() if key not in same}
        wanted = [at for key, at in places.items() if key not in same]
        await _delete(connection, ref_id, table, list(gone))
        if wanted:
            await copy_prepared(connection, ref_id, prepared, wanted, modified, now)
        total = totals.get(table.name, 0) + len(wanted) - len(gone)
        found[table.name] = applied(prepared, total, gone, wanted)
    return found


async def _nodes(connection: AsyncConnection, ref_id: int, homes: Sequence[str]) -> list[asyncpg.Record]:
    """Published nodes of the homes. The kind decides first: a package may have the path that a file had before."""
    columns = f"t.id, t.row_hash, {home_expression(SYMBOLS)} AS home"
    in_files = f"SELECT {columns} FROM symbols t WHERE t.ref_id = $1 AND t.path = ANY($2) AND t.kind NOT IN {KINDS}"
    found = await fetch(connection, in_files, ref_id, homes)
    if SHARED in homes:
        found += await fetch(
            connection, f"SELECT {columns} FROM symbols t WHERE t.ref_id = $1 AND t.kind IN {KINDS}", ref_id
        )
    return found


async def _published(
    connection: AsyncConnection, ref_id: int, table: Table, homes: Sequence[str], nodes: Sequence[asyncpg.Record]
) -> list[asyncpg.Record]:
    """Published rows of the homes: edges by the nodes they start from, which their primary key finds."""
    if not homes:
        return []
    column, values = ("source", [row["id"] for row in nodes]) if table is RELATIONSHIPS else ("path", list(homes))
    keys = ", ".join(f"t.{name}" for name in table.columns[: table.key])
    statement = (
        f"SELECT {keys}, t.row_hash, {home_expression(table)} AS home FROM {table.name} t"
        f" WHERE t.ref_id = $1 AND t.{column} = ANY($2)"
    )
    return await fetch(connection, statement, ref_id, values)


async def _delete(connection: AsyncConnection, ref_id: int, table: Table, keys: Sequence[_Key]) -> None:
    if not keys:
        return
    names = table.columns[: table.key]
    arrays = ", ".join(f"${number}::text[]" for number in range(2, len(names) + 2))
    same = " AND ".join(f"t.{name} = g.{name}" for name in names)
    await execute(
        connection,
        f"DELETE FROM {table.name} t USING unnest({arrays}) AS g({', '.join(names)}) WHERE t.ref_id = $1 AND {same}",
        ref_id,
        *(list(column) for column in zip(*keys, strict=True)),
    )
