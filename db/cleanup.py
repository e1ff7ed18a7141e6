"""What time makes superfluous: unused cache entries, expired scans, what dead workflows left, old events.

Every function works in the caller's transaction and returns what it removed. Nothing here knows Temporal: whoever
calls says which workflows are still alive.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, from_json
from db.objects import ObjectKind, reference
from db.repositories.pages import page_objects
from db.repositories.scans import close_scan
from db.repositories.uses import EMBEDDINGS, FACTS, MIN_GRACE

OUTBOX_RETENTION = timedelta(days=30)
_LIVE = "('open', 'published', 'stored')"


class CacheCleanup(msgspec.Struct, frozen=True):
    facts: int
    embeddings: int


async def clean_caches(connection: AsyncConnection, grace: timedelta) -> CacheCleanup:
    """Delete cache entries that no live scan uses and that nothing has touched for ``grace``.

    Raises:
        ValueError: ``grace`` is shorter than `MIN_GRACE`, on which the safety of look-ups rests.
    """
    if grace < MIN_GRACE:
        raise ValueError(f"cache.grace must be at least {MIN_GRACE}, not {grace}")
    await execute(
        connection,
        f"DELETE FROM scan_uses u WHERE NOT EXISTS"
        f" (SELECT FROM scan_runs s WHERE s.id = u.scan_id AND s.status IN {_LIVE})",
    )
    counts = [await _clean(connection, table, cache, grace) for table, cache in _CACHES]
    return CacheCleanup(*counts)


_CACHES = (("file_facts", FACTS), ("embeddings", EMBEDDINGS))


async def _clean(connection: AsyncConnection, table: str, cache: int, grace: timedelta) -> int:
    return await execute(
        connection,
        f"DELETE FROM {table} c WHERE c.used_at < now() - $1::interval AND NOT EXISTS"
        " (SELECT FROM scan_uses u JOIN scan_runs s ON s.id = u.scan_id"
        f"  WHERE u.cache = {cache} AND u.entry_id = c.id AND s.status IN {_LIVE})",
        grace,
    )


async def close_orphans(connection: AsyncConnection, alive: Callable[[str, str], bool], age: timedelta) -> list[int]:
    """Close scans that are open although their workflow has ended (terminated, timed out, lost).

    Args:
        alive: whether the workflow (id, run id) still runs.
        age: younger scans are left alone; their workflow may not be visible yet.
    """
    rows = await fetch(
        connection,
        "SELECT id, workflow_id, run_id FROM scan_runs WHERE closed_at IS NULL AND opened_at < now() - $1::interval"
        " ORDER BY id",
        age,
    )
    orphans = [row["id"] for row in rows if not alive(row["workflow_id"], row["run_id"])]
    for scan_id in orphans:
        await close_scan(
            connection, scan_id, "failed", error={"code": "failed", "message": "the workflow ended without closing it"}
        )
    return orphans


async def expire_scans(connection: AsyncConnection, keep: int) -> list[int]:
    """Expire all but the newest ``keep`` scans of each ref (or repository, for undeclared refs).

    The published scan of a ref never expires, nor one whose job still works on it. An expired scan answers ``gone``;
    its uses and docpacks are released, and the churn of commits that no scan is of any more.
    """
    rows = await fetch(
        connection,
        f"""
        UPDATE scan_runs SET status = 'expired' WHERE id IN (
            SELECT id FROM (
                SELECT s.id, row_number() OVER (PARTITION BY s.repository_id, s.ref_id ORDER BY s.id DESC) AS place
                FROM scan_runs s WHERE s.status IN {_LIVE} AND s.closed_at IS NOT NULL) ranked
            WHERE place > $1 AND NOT EXISTS (SELECT FROM refs r WHERE r.current_scan_id = ranked.id)
              AND NOT EXISTS (SELECT FROM jobs j WHERE j.scan_id = ranked.id AND j.closed_at IS NULL))
        RETURNING id
        """,
        keep,
    )
    expired = sorted(row["id"] for row in rows)
    for table in ("scan_uses", "docpacks", "clusters"):
        await execute(connection, f"DELETE FROM {table} WHERE scan_id = ANY($1::bigint[])", expired)
    await execute(
        connection,
        "DELETE FROM churn c WHERE NOT EXISTS (SELECT FROM scan_runs s WHERE s.repository_id = c.repository_id"
        f" AND s.commit = c.commit AND s.tree_sha256 = c.tree_sha256 AND s.status IN {_LIVE})",
    )
    return expired


async def trim_outbox(connection: AsyncConnection, retention: timedelta = OUTBOX_RETENTION) -> int:
    """Delete old outbox rows that a later row of the same entity has replaced; the latest of each stays."""
    return await execute(
        connection,
        "DELETE FROM sync_events e WHERE created_at < now() - $1::interval AND EXISTS"
        " (SELECT FROM sync_events l WHERE l.entity_type = e.entity_type AND l.entity_id = e.entity_id"
        "  AND l.id > e.id)",
        retention,
    )


async def live_objects(
    connection: AsyncConnection, expand: Callable[[str, str], Iterable[str]] | None = None
) -> frozenset[str]:
    """References (``kind/sha256``) of every object that a live scan, a docpack or a published page needs, for
    `ObjectStore.sweep`.

    An index from elsewhere is needed until the scan is linked: an open scan keeps it, one that ended only names it.

    Args:
        expand: references that an object contains (a graph index names its shards), given its kind and sha256.
    """
    scans = await fetch(connection, f"SELECT status, objects::text AS objects FROM scan_runs WHERE status IN {_LIVE}")
    packs = await fetch(connection, "SELECT DISTINCT object FROM docpacks")
    found = {
        str(value)
        for row in scans
        for value in from_json(row["objects"]).values()
        if row["status"] == "open" or not str(value).startswith(f"{ObjectKind.INDEX}/")
    }
    found |= {reference(ObjectKind.DOCPACK, row["object"]) for row in packs}
    found |= {reference(ObjectKind.DOCS, sha256) for sha256 in await page_objects(connection)}
    if expand is not None:
        for known in sorted(found):
            kind, _, sha256 = known.partition("/")
            found.update(expand(kind, sha256))
    return frozenset(found)
