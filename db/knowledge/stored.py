"""The rows of the library's own tables, read and counted past it: to prove what is there, and to take it away."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch
from db.knowledge.library import SCHEMA
from docrunch.knowledge.plan import Pair

GRAPH = ("lightrag_graph_nodes", "lightrag_graph_edges")
COUNTED = {"nodes": "lightrag_graph_nodes", "edges": "lightrag_graph_edges", "texts": "lightrag_doc_chunks"}


class VectorRow(msgspec.Struct, frozen=True):
    content: str
    mark: str  # md5 of what the database sends of the vector


async def tables(connection: AsyncConnection) -> list[str]:
    """All tables of the library that are split by workspace; none before its first use. Edges before nodes."""
    rows = await fetch(
        connection,
        "SELECT table_name FROM information_schema.columns WHERE table_schema = $1 AND column_name = 'workspace'"
        " ORDER BY table_name",
        SCHEMA,
    )
    return [str(row["table_name"]) for row in rows]


async def there(connection: AsyncConnection) -> bool:
    """Whether the library has tables of its own here."""
    [row] = await fetch(connection, "SELECT to_regclass($1) IS NOT NULL AS found", f"{SCHEMA}.{GRAPH[0]}")
    return bool(row["found"])


async def probe(connection: AsyncConnection) -> None:
    """Try each kind of write on each table; nothing is changed. An empty table is asked for rights alone.

    Raises: whatever the database answers to a write that it refuses.
    """
    for table in await tables(connection):
        name = f'{SCHEMA}."{table}"'
        await execute(connection, f"INSERT INTO {name} SELECT * FROM {name} LIMIT 1 ON CONFLICT DO NOTHING")
        await execute(connection, f"UPDATE {name} SET workspace = workspace WHERE false")
        await execute(connection, f"DELETE FROM {name} WHERE false")


async def holds(connection: AsyncConnection, workspace: str) -> bool:
    """Whether a workspace has anything; not where there are no tables."""
    if not await there(connection):
        return False
    return bool(await fetch(connection, f"SELECT FROM {SCHEMA}.{GRAPH[0]} WHERE workspace = $1 LIMIT 1", workspace))


async def counts(connection: AsyncConnection, workspace: str) -> dict[str, int]:
    """Rows of a workspace by table; tables without one are left out."""
    return await _counts(connection, "workspace = $1", workspace)


async def left(connection: AsyncConnection, repository_id: int) -> dict[str, int]:
    """Rows of all workspaces of a repository by table."""
    return await _counts(connection, "workspace LIKE $1", f"r{repository_id}\\_%")


async def _counts(connection: AsyncConnection, condition: str, value: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in await tables(connection):
        [row] = await fetch(connection, f'SELECT count(*) AS n FROM {SCHEMA}."{table}" WHERE {condition}', value)
        if row["n"]:
            found[table] = int(row["n"])
    return found


async def drop(connection: AsyncConnection, workspace: str, only: Sequence[str] | None = None) -> int:
    """Delete every row of a workspace. Returns their number."""
    chosen = [table for table in await tables(connection) if only is None or table in only]
    removed = 0
    for table in chosen:
        removed += await execute(connection, f'DELETE FROM {SCHEMA}."{table}" WHERE workspace = $1', workspace)
    return removed


async def analyse(connection: AsyncConnection) -> None:
    """Statistics after a bulk load: without them the first queries are up to ten times as slow."""
    for table in await tables(connection):
        await execute(connection, f'ANALYZE {SCHEMA}."{table}"')


async def nodes(
    connection: AsyncConnection, workspace: str, names: Collection[str] | None
) -> dict[str, dict[str, Any]]:
    condition, extra = _with_id(names)
    rows = await fetch(
        connection,
        f"SELECT id, properties::text AS row FROM {SCHEMA}.lightrag_graph_nodes WHERE workspace = $1{condition}",
        workspace,
        *extra,
    )
    return {row["id"]: msgspec.json.decode(row["row"]) for row in rows}


async def edges(
    connection: AsyncConnection, workspace: str, pairs: Collection[Pair] | None
) -> dict[Pair, dict[str, Any]]:
    """All pairs of a workspace, or these."""
    condition, extra = _among("src_id", "tgt_id", pairs)
    rows = await fetch(
        connection,
        f"SELECT src_id, tgt_id, properties::text AS row FROM {SCHEMA}.lightrag_graph_edges"
        f" WHERE workspace = $1{condition}",
        workspace,
        *extra,
    )
    return {(row["src_id"], row["tgt_id"]): msgspec.json.decode(row["row"]) for row in rows}


async def texts(connection: AsyncConnection, workspace: str, keys: Collection[str] | None) -> dict[str, str]:
    condition, extra = _with_id(keys)
    rows = await fetch(
        connection,
        f"SELECT id, content FROM {SCHEMA}.lightrag_doc_chunks WHERE workspace = $1{condition}",
        workspace,
        *extra,
    )
    return {row["id"]: row["content"] for row in rows}


async def vectors(
    connection: AsyncConnection, table: str, workspace: str, keys: Collection[str] | None
) -> dict[str, VectorRow]:
    condition, extra = _with_id(keys)
    rows = await fetch(
        connection,
        f"SELECT id, content, md5(vector_send(content_vector)) AS mark FROM {SCHEMA}.{table.lower()}"
        f" WHERE workspace = $1{condition}",
        workspace,
        *extra,
    )
    return {row["id"]: VectorRow(row["content"], row["mark"]) for row in rows}


async def askew(
    connection: AsyncConnection, tables_of: Mapping[str, str], workspace: str, pairs: Collection[Pair] | None
) -> list[Pair]:
    """Pairs, of all or of these, whose vector is not the one that their ends make.

    Args:
        tables_of: ``relations`` and ``entities``.
    """
    relations, entities = tables_of["relations"].lower(), tables_of["entities"].lower()
    condition, extra = _among("r.source_id", "r.target_id", pairs)
    rows = await fetch(
        connection,
        f"SELECT r.source_id AS a, r.target_id AS b FROM {SCHEMA}.{relations} r"
        f" LEFT JOIN {SCHEMA}.{entities} a ON a.workspace = r.workspace AND a.id = 'ent-' || md5(r.source_id)"
        f" LEFT JOIN {SCHEMA}.{entities} b ON b.workspace = r.workspace AND b.id = 'ent-' || md5(r.target_id)"
        f" WHERE r.workspace = $1{condition} AND (a.id IS NULL OR b.id IS NULL"
        "  OR (r.content_vector <=> (a.content_vector + b.content_vector)) > 1e-4)",
        workspace,
        *extra,
    )
    return [(row["a"], row["b"]) for row in rows]


def _with_id(keys: Collection[str] | None) -> tuple[str, tuple[list[str], ...]]:
    """A condition behind that on the workspace, and its arguments; None: no condition."""
    return ("", ()) if keys is None else (" AND id = ANY($2::text[])", (list(keys),))


def _among(first: str, second: str, pairs: Collection[Pair] | None) -> tuple[str, tuple[list[str], ...]]:
    if pairs is None:
        return "", ()
    condition = f" AND ({first}, {second}) IN (SELECT * FROM unnest($2::text[], $3::text[]))"
    return condition, ([a for a, _ in pairs], [b for _, b in pairs])


async def totals(connection: AsyncConnection) -> dict[str, int]:
    """Rows of all workspaces together; nothing before the first use."""
    there = set(await tables(connection))
    found: dict[str, int] = {}
    for name, table in COUNTED.items():
        if table in there:
            [row] = await fetch(connection, f"SELECT count(*) AS n FROM {SCHEMA}.{table}")
            found[name] = int(row["n"])
    return found


async def matching(connection: AsyncConnection, workspace: str, text: str, most: int) -> list[str]:
    """Entities that a name means: their own name, the id or title of their document, else the end of a name."""
    exact = "id = $2 OR properties->>'document_id' = $2 OR properties->>'title' = $2"
    ends = "right(id, length($2) + 1) = ANY(ARRAY['.' || $2, ':' || $2, '/' || $2])"
    for condition in (exact, ends):
        rows = await fetch(
            connection,
            f"SELECT id FROM {SCHEMA}.lightrag_graph_nodes WHERE workspace = $1 AND ({condition})"
            f" AND properties->>'entity_type' <> 'unresolved' ORDER BY id LIMIT $3",
            workspace,
            text,
            most,
        )
        if rows:
            return [str(row["id"]) for row in rows]
    return []


def by_kind(found: Mapping[str, int]) -> dict[str, int]:
    """Counts of tables by what they hold, whatever encoder the tables are of."""
    made: dict[str, int] = {}
    for table, count in found.items():
        kind = next((name for prefix, name in _KINDS.items() if table.startswith(prefix)), table)
        made[kind] = made.get(kind, 0) + count
    return made


_KINDS = {
    "lightrag_graph_nodes": "entities",
    "lightrag_graph_edges": "edges",
    "lightrag_doc_chunks": "texts",
    "lightrag_vdb_": "vectors",
}
