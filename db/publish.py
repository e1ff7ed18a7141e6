"""The point of no return of a scan: its rows become those of its ref, in one transaction (architecture §4.6)."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch_one, from_json
from db.events.model import SyncEnqueued
from db.events.store import NewEvent, append, event_id
from db.publishing.difference import Change, apply, replace
from db.publishing.outbox import Enqueued, Target, enqueue
from db.publishing.rows import (
    CHUNKS,
    FILES,
    METRICS,
    RELATIONSHIPS,
    SYMBOLS,
    ChunkRow,
    FileRow,
    MetricsRow,
    Prepared,
    PublishRows,
    RelationshipRow,
    SymbolRow,
    prepare,
)
from db.repositories.scans import ScanRow, about, get_scan
from db.session import Database
from docrunch.errors import Conflict, Superseded

__all__ = [
    "ChunkRow",
    "FileRow",
    "MetricsRow",
    "Publication",
    "PublishRows",
    "RelationshipRow",
    "SymbolRow",
    "publish_scan",
    "publish_within",
]


class Publication(msgspec.Struct, frozen=True):
    """What a publish did. ``ref_id`` None: the scan's ref is not declared, its objects are kept and no rows exist."""

    scan_id: int
    ref_id: int | None
    changes: dict[str, Change]
    metrics_replaced: bool
    enqueued: Enqueued


class PreparedRows(msgspec.Struct, frozen=True):
    tables: tuple[Prepared, ...]  # files, symbols, relationships, chunks
    metrics: Prepared
    modified: dict[str, datetime]


async def publish_scan(
    database: Database, scan_id: int, rows: PublishRows, events: Sequence[NewEvent] = ()
) -> Publication:
    """Make a scan the published one of its ref.

    Hashing runs in a thread and before the transaction, so that the lock of the ref is held for the writes alone.
    Publishing again gives the first answer and changes nothing. ``events`` commit with the change.

    Raises:
        Superseded: a scan that was opened later is published already; nothing was changed.
        Conflict: the scan is closed.
        Unreachable: the database failed; nothing was changed, a retry helps.
    """
    prepared = await asyncio.to_thread(prepare_rows, rows)
    async with database.transaction() as connection:
        return await publish_within(connection, scan_id, prepared, events)


def prepare_rows(rows: PublishRows) -> PreparedRows:
    given = ((FILES, rows.files), (SYMBOLS, rows.symbols), (RELATIONSHIPS, rows.relationships), (CHUNKS, rows.chunks))
    return PreparedRows(
        tuple(prepare(table, found) for table, found in given), prepare(METRICS, rows.metrics), rows.modified
    )


async def publish_within(
    connection: AsyncConnection, scan_id: int, rows: PreparedRows, events: Sequence[NewEvent]
) -> Publication:
    """The transaction of `publish_scan`."""
    done = await published_before(connection, scan_id)
    if done is not None:
        return done
    scan = await get_scan(connection, scan_id)
    if scan.ref_id is None:
        scan = await get_scan(connection, scan_id, lock=True)
        done = await published_before(connection, scan_id)  # by a retry that held the lock before us
        if done is not None:
            return done
        _check_open(scan)
        publication = Publication(scan_id, None, {}, False, Enqueued(0, 0, 0))
        await _finish(connection, scan, publication, "stored", events)
        return publication
    ref_id = scan.ref_id
    await execute(connection, "SELECT pg_advisory_xact_lock(hashtextextended('publish:' || $1::bigint, 0))", ref_id)
    done = await published_before(connection, scan_id)  # by a retry that held the lock before us
    if done is not None:
        return done
    scan = await get_scan(connection, scan_id, lock=True)  # a cancellation waits for us, or we see it
    digests = await _published_digests(connection, scan, ref_id)
    publication = await _apply(connection, scan, ref_id, rows, digests)
    found = {prepared.table.name: prepared.digest for prepared in (*rows.tables, rows.metrics)}
    await execute(
        connection,
        "UPDATE refs SET current_scan_id = $2, digests = $3::text::jsonb, updated_at = now() WHERE id = $1",
        ref_id,
        scan_id,
        msgspec.json.encode(found).decode(),
    )
    await _finish(connection, scan, publication, "published", events)
    return publication


async def _apply(
    connection: AsyncConnection, scan: ScanRow, ref_id: int, rows: PreparedRows, digests: dict[str, str]
) -> Publication:
    now = datetime.now(UTC)
    changes: dict[str, Change] = {}
    paths: set[str] = set()
    for prepared in rows.tables:
        name = prepared.table.name
        applied = await apply(connection, ref_id, prepared, digests.get(name), rows.modified, now)
        changes[name] = applied.change
        paths |= applied.paths
    replaced = await replace(connection, ref_id, rows.metrics, digests.get(METRICS.name))
    owner = await fetch_one(connection, "SELECT tenant_id FROM repositories WHERE id = $1", scan.repository_id)
    target = Target(owner["tenant_id"] if owner else "local", scan.repository_id, ref_id, scan.id)
    files, symbols, relationships, _ = rows.tables
    enqueued = await enqueue(connection, target, paths, files, symbols, relationships)
    return Publication(scan.id, ref_id, changes, replaced, enqueued)


async def published_before(connection: AsyncConnection, scan_id: int) -> Publication | None:
    row = await fetch_one(connection, "SELECT publication::text AS given FROM scan_runs WHERE id = $1", scan_id)
    if row is None or row["given"] is None:
        return None
    return msgspec.json.decode(row["given"], type=Publication)


async def _published_digests(connection: AsyncConnection, scan: ScanRow, ref_id: int) -> dict[str, str]:
    """Digests of the tables as published; refuses a scan that may not replace them."""
    _check_open(scan)
    row = await fetch_one(
        connection, "SELECT current_scan_id, digests::text AS digests FROM refs WHERE id = $1", ref_id
    )
    current = row["current_scan_id"] if row else None
    if current is not None and current > scan.id:
        raise Superseded(
            f"scan {scan.id} of {scan.ref} is older than the published scan {current}",
            hint="Nothing was changed; the newer scan is the one to use.",
        )
    return from_json(row["digests"]) if row else {}


def _check_open(scan: ScanRow) -> None:
    if scan.status != "open":
        raise Conflict(f"scan {scan.id} is {scan.status} and cannot be published")


async def _finish(
    connection: AsyncConnection, scan: ScanRow, publication: Publication, status: str, events: Sequence[NewEvent]
) -> None:
    await execute(
        connection,
        "UPDATE scan_runs SET status = $2, published_at = now(), publication = $3::text::jsonb WHERE id = $1",
        scan.id,
        status,
        msgspec.json.encode(publication).decode(),
    )
    enqueued = publication.enqueued
    told = NewEvent(
        payload=SyncEnqueued(scan.id, enqueued.first, enqueued.last, enqueued.count),
        subject=scan.ref,
        idempotency_key=f"sync.enqueued:{scan.id}",
        job_id=str(scan.options.get("job_id", scan.workflow_id)),
        parent_id=event_id(f"scan:{scan.id}:ingest:started"),
    )
    await append(connection, [about(event, scan) for event in (*events, told)])
