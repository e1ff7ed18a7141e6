"""One table of one ref: delete what is gone or different, add what is new or different, touch nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import copy_rows, execute, fetch
from db.publishing.rows import FILES, NO_FILE, SHARED, Prepared, Table, binary

KINDS = "({})".format(", ".join(f"'{kind}'" for kind in sorted(NO_FILE)))


class Change(msgspec.Struct, frozen=True):
    """Numbers of rows. ``total`` is how many the ref has afterwards."""

    total: int
    added: int = 0
    changed: int = 0
    removed: int = 0


@dataclass
class Applied:
    """What was done to one table, and the homes of the rows that it was done to."""

    change: Change
    homes: set[str] = field(default_factory=set)


async def apply(
    connection: AsyncConnection, ref_id: int, prepared: Prepared, modified: dict[str, datetime], now: datetime
) -> Applied:
    """Bring all rows of the ref to ``prepared``."""
    table, total = prepared.table, len(prepared.rows)
    if not await fetch(connection, f"SELECT FROM {table.name} WHERE ref_id = $1 LIMIT 1", ref_id):
        await copy_prepared(connection, ref_id, prepared, range(total), modified, now)
        return Applied(Change(total, added=total), set(prepared.homes()))
    await _stage(connection, prepared)
    # Both sides are whole: rows by rows is never the right plan, and what the last publish wrote has no statistics yet,
    # so that the planner takes it for a handful of rows and a second of work for minutes.
    await execute(connection, "SET LOCAL enable_nestloop = off")
    gone = await fetch(connection, _delete_statement(table), ref_id)
    wanted = [row["position"] for row in await fetch(connection, _missing_statement(table), ref_id)]
    await execute(connection, "SET LOCAL enable_nestloop = on")
    await copy_prepared(connection, ref_id, prepared, wanted, modified, now)
    return applied(prepared, total, {tuple(row)[: table.key]: row["home"] for row in gone}, wanted)


def applied(prepared: Prepared, total: int, gone: Mapping[tuple[Any, ...], str], wanted: Sequence[int]) -> Applied:
    """Account for deleted rows (key → home) and added ones (positions): who is both has changed."""
    changed = sum(1 for position in wanted if prepared.key(position) in gone)
    homes = {*gone.values(), *(prepared.table.home(prepared.rows[position]) for position in wanted)}
    return Applied(Change(total, len(wanted) - changed, changed, len(gone) - changed), homes)


async def _stage(connection: AsyncConnection, prepared: Prepared) -> None:
    """Keys and hashes only: an unchanged row crosses the wire as 16 bytes and its key."""
    table = prepared.table
    keys = table.columns[: table.key]
    staged = f"staged_{table.name}"
    columns = ", ".join(f"{name} text" for name in keys)
    await execute(connection, f"CREATE TEMP TABLE {staged} (position int, {columns}, row_hash bytea) ON COMMIT DROP")
    records = (
        (position, *row[: table.key], row_hash)
        for position, (row, row_hash) in enumerate(zip(prepared.rows, prepared.hashes, strict=True))
    )
    await copy_rows(connection, staged, ("position", *keys, "row_hash"), records)
    await execute(connection, f"ANALYZE {staged}")


async def copy_prepared(
    connection: AsyncConnection,
    ref_id: int,
    prepared: Prepared,
    positions: Iterable[int],
    modified: dict[str, datetime],
    now: datetime,
) -> None:
    """Add the rows at ``positions``."""
    table, rows, hashes = prepared.table, prepared.rows, prepared.hashes
    if table is FILES:
        extra: tuple[str, ...] = ("modified_at", "last_scanned")
        records: Iterable[tuple[Any, ...]] = (
            (ref_id, *binary(table, rows[at]), hashes[at], modified.get(rows[at][0]), now) for at in positions
        )
    else:
        extra = ()
        records = ((ref_id, *binary(table, rows[at]), hashes[at]) for at in positions)
    await copy_rows(connection, table.name, ("ref_id", *table.columns, "row_hash", *extra), records)


def home_expression(table: Table) -> str:
    """`Table.home` of a published row ``t``."""
    return "t.path" if table.kind is None else f"CASE WHEN t.kind IN {KINDS} THEN '{SHARED}' ELSE t.path END"


def _same_key(table: Table) -> str:
    return " AND ".join(f"s.{name} = t.{name}" for name in table.columns[: table.key])


def _delete_statement(table: Table) -> str:
    keys = ", ".join(f"t.{name}" for name in table.columns[: table.key])
    return (
        f"DELETE FROM {table.name} t WHERE t.ref_id = $1 AND NOT EXISTS"
        f" (SELECT FROM staged_{table.name} s WHERE {_same_key(table)} AND s.row_hash = t.row_hash)"
        f" RETURNING {keys}, {home_expression(table)} AS home"
    )


def _missing_statement(table: Table) -> str:
    return (
        f"SELECT s.position FROM staged_{table.name} s WHERE NOT EXISTS"
        f" (SELECT FROM {table.name} t WHERE t.ref_id = $1 AND {_same_key(table)}) ORDER BY s.position"
    )
