"""What is left of a repository, by tables that are found rather than listed: a new one cannot be forgotten.

A table belongs to a repository by its first of the columns ``repository_id``, ``ref_id`` and ``scan_id``.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one

KEPT_UNTIL_DROPPED = ("workspaces", "projection_entries")
"""Which workspaces a derived store holds, and what it put into them: needed until it has dropped them."""


class Ids(msgspec.Struct, frozen=True):
    repository_id: int
    ref_ids: tuple[int, ...]
    scan_ids: tuple[int, ...]

    def of(self, column: str) -> list[int]:
        found = {"repository_id": (self.repository_id,), "ref_id": self.ref_ids, "scan_id": self.scan_ids}
        return [each for each in found[column] if each]  # 0: of no ref, of no scan


class Owned(msgspec.Struct, frozen=True):
    table: str
    column: str


async def ids_of(connection: AsyncConnection, repository_id: int) -> Ids:
    refs = await fetch(connection, "SELECT id FROM refs WHERE repository_id = $1 ORDER BY 1", repository_id)
    scans = await fetch(connection, "SELECT id FROM scan_runs WHERE repository_id = $1 ORDER BY 1", repository_id)
    return Ids(repository_id, tuple(row["id"] for row in refs), tuple(row["id"] for row in scans))


async def owned_tables(connection: AsyncConnection) -> list[Owned]:
    """Every table of the schema with one of the columns; partitions are part of their table."""
    rows = await fetch(
        connection,
        """
        SELECT DISTINCT ON (c.relname) c.relname AS table, a.attname AS column
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND a.attname IN ('repository_id', 'ref_id', 'scan_id') AND NOT a.attisdropped
        ORDER BY c.relname, array_position(ARRAY['repository_id', 'ref_id', 'scan_id']::name[], a.attname)
        """,
    )
    return [Owned(row["table"], row["column"]) for row in rows]


async def count_left(connection: AsyncConnection, ids: Ids) -> dict[str, int]:
    """Rows by table, of every table that could have some; zeros included."""
    found = {}
    for owned in await owned_tables(connection):
        found[owned.table] = await _count(
            connection, f"{owned.table} WHERE {owned.column} = ANY($1::bigint[])", ids.of(owned.column)
        )
    found["projection_entries"] = await _count(
        connection, "projection_entries WHERE starts_with(workspace, $1)", workspace_prefix(ids.repository_id)
    )
    found["repositories"] = await _count(connection, "repositories WHERE id = $1", ids.repository_id)
    return found


async def delete_left(connection: AsyncConnection, ids: Ids) -> dict[str, int]:
    """Delete from every table that belongs to a repository but those of `KEPT_UNTIL_DROPPED`; rows by table."""
    removed = {}
    for owned in await owned_tables(connection):
        if owned.table not in (*KEPT_UNTIL_DROPPED, "scan_runs", "refs"):  # others refer to these two
            statement = f"DELETE FROM {owned.table} WHERE {owned.column} = ANY($1::bigint[])"
            removed[owned.table] = await execute(connection, statement, ids.of(owned.column))
    for table in ("scan_runs", "refs"):
        removed[table] = await execute(connection, f"DELETE FROM {table} WHERE repository_id = $1", ids.repository_id)
    return removed


async def forget_entries(connection: AsyncConnection, target: str, workspace: str) -> int:
    """What a store put into a workspace that it has dropped."""
    return await execute(
        connection, "DELETE FROM projection_entries WHERE target = $1 AND workspace = $2", target, workspace
    )


def workspace_prefix(repository_id: int) -> str:
    """What the keys of all workspaces of a repository begin with (`db.repositories.workspaces.workspace_key`)."""
    return f"r{repository_id}_"


async def _count(connection: AsyncConnection, what: str, argument: Sequence[int] | int | str) -> int:
    row = await fetch_one(connection, f"SELECT count(*) AS n FROM {what}", argument)
    return int(row["n"]) if row else 0
