"""Remove a repository at once: its rows, and the cache entries that nobody else uses."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one, from_json
from db.repositories.uses import EMBEDDINGS, FACTS
from docrunch.errors import Conflict, NotFound

BULK_TABLES = ("files", "symbols", "symbol_metrics", "relationships", "chunks", "pages", "search_documents")
_CACHES = (("file_facts", FACTS), ("embeddings", EMBEDDINGS))


class TakedownReport(msgspec.Struct, frozen=True):
    """``shared``: cache entries kept because other repositories use them. ``objects``: ``kind/sha256`` that only the
    removed scans named; the caller deletes them. ``workflows``: ids whose histories Temporal keeps until retention."""

    repository: str
    removed: dict[str, int]
    shared: dict[str, int]
    objects: list[str]
    workflows: list[str]


async def remove_repository(connection: AsyncConnection, repository_id: int, name: str) -> TakedownReport:
    """Delete everything that belongs to a repository, in the caller's transaction.

    Raises:
        NotFound: there is no such repository.
        Conflict: a run of it is going on; cancel it first.
    """
    if not await fetch(connection, "SELECT id FROM repositories WHERE id = $1 FOR UPDATE", repository_id):
        raise NotFound(f"the repository {name} is gone already")
    await _refuse_while_running(connection, repository_id, name)
    objects, workflows = await _references(connection, repository_id)
    removed: dict[str, int] = {}
    shared: dict[str, int] = {}
    for table, cache in _CACHES:
        removed[table], shared[table] = await _remove_cached(connection, repository_id, table, cache)
    await execute(
        connection,
        "DELETE FROM scan_uses WHERE scan_id IN (SELECT id FROM scan_runs WHERE repository_id = $1)",
        repository_id,
    )
    for table in BULK_TABLES:
        removed[table] = await execute(
            connection,
            f"DELETE FROM {table} WHERE ref_id IN (SELECT id FROM refs WHERE repository_id = $1)",
            repository_id,
        )
    for table in ("sync_events", "events", "docpacks", "churn", "model_outputs", "jobs", "scan_runs", "refs"):
        removed[table] = await execute(connection, f"DELETE FROM {table} WHERE repository_id = $1", repository_id)
    await execute(connection, "DELETE FROM repositories WHERE id = $1", repository_id)
    return TakedownReport(name, removed, shared, objects, workflows)


async def _refuse_while_running(connection: AsyncConnection, repository_id: int, name: str) -> None:
    going = await fetch(
        connection,
        "SELECT workflow_id FROM jobs WHERE repository_id = $1 AND closed_at IS NULL"
        " UNION SELECT workflow_id FROM scan_runs WHERE repository_id = $1 AND closed_at IS NULL ORDER BY 1",
        repository_id,
    )
    if going:
        raise Conflict(
            f"a run of {name} is going on: {', '.join(row['workflow_id'] for row in going)}",
            hint=f"Cancel it first: docrunch runs cancel {going[0]['workflow_id']}",
        )


async def _references(connection: AsyncConnection, repository_id: int) -> tuple[list[str], list[str]]:
    rows = await fetch(
        connection,
        "SELECT workflow_id, objects::text AS objects FROM scan_runs WHERE repository_id = $1",
        repository_id,
    )
    packs = await fetch(connection, "SELECT DISTINCT object FROM docpacks WHERE repository_id = $1", repository_id)
    objects = {str(value) for row in rows for value in from_json(row["objects"]).values()}
    objects |= {f"docpacks/{row['object']}" for row in packs}
    elsewhere = await fetch(
        connection,
        "SELECT DISTINCT value FROM scan_runs, jsonb_each_text(objects) WHERE repository_id <> $1 AND value = ANY($2)"
        " UNION SELECT 'docpacks/' || object FROM docpacks WHERE repository_id <> $1",
        repository_id,
        sorted(objects),
    )
    return sorted(objects - {row["value"] for row in elsewhere}), sorted({row["workflow_id"] for row in rows})


async def _remove_cached(connection: AsyncConnection, repository_id: int, table: str, cache: int) -> tuple[int, int]:
    """(removed, shared) entries of one cache that scans of the repository use."""
    used = (
        "SELECT entry_id FROM scan_uses u JOIN scan_runs s ON s.id = u.scan_id WHERE u.cache = $2 AND s.repository_id"
    )
    row = await fetch_one(
        connection, f"SELECT count(*) AS n FROM {table} WHERE id IN ({used} = $1)", repository_id, cache
    )
    removed = await execute(
        connection,
        f"DELETE FROM {table} c WHERE id IN ({used} = $1) AND NOT EXISTS ({used} <> $1 AND u.entry_id = c.id)",
        repository_id,
        cache,
    )
    return removed, (row["n"] if row else 0) - removed
