"""The point of no return of a scan: its rows become those of its ref, in one transaction (architecture §4.6)."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one
from db.events.model import SyncEnqueued
from db.events.store import NewEvent, append, event_id
from db.publishing.basis import BaseMoved, Basis, Published, RefState, lock_ref, read_state, write_state
from db.publishing.delta import apply_delta
from db.publishing.difference import Applied, Change, apply
from db.publishing.metrics import publish_metrics
from db.publishing.outbox import Enqueued, Target, cause_key, enqueue
from db.publishing.rows import (
    CHUNKS,
    FILES,
    RELATIONSHIPS,
    SYMBOLS,
    ChunkRow,
    Delta,
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
from docrunch.storage.model import EntityType

__all__ = [
    "BaseMoved",
    "Basis",
    "ChunkRow",
    "Delta",
    "FileRow",
    "MetricsRow",
    "Publication",
    "PublishRows",
    "RelationshipRow",
    "SymbolRow",
    "changed_files",
    "prepare_files",
    "prepare_rows",
    "publish_metrics",
    "publish_scan",
    "publish_within",
]


class Publication(msgspec.Struct, frozen=True):
    """What a publish did. ``ref_id`` None: the scan's ref is not declared, its objects are kept and no rows exist.

    ``metrics_due``: the graph is another one, so `publish_metrics` is to follow.
    """

    scan_id: int
    ref_id: int | None
    changes: dict[str, Change]
    enqueued: Enqueued
    metrics_due: bool = False


class PreparedRows(msgspec.Struct, frozen=True):
    tables: tuple[Prepared, ...]  # files, symbols, relationships, chunks
    same_graph: bool
    modified: dict[str, datetime]
    basis: Basis | None
    delta: Delta | None


async def publish_scan(
    database: Database, scan_id: int, rows: PublishRows, events: Sequence[NewEvent] = ()
) -> Publication:
    """Make a scan the published one of its ref.

    Hashing runs in a thread and before the transaction, so that the lock of the ref is held for the writes alone.
    Publishing again gives the first answer and changes nothing. ``events`` commit with the change.

    Raises:
        Superseded: a scan that was opened later is published already; nothing was changed.
        BaseMoved: the rows are a delta of what is not published any more; nothing was changed.
        Conflict: the scan is closed.
        Unreachable: the database failed; nothing was changed, a retry helps.
    """
    prepared = await asyncio.to_thread(prepare_rows, rows)
    async with database.transaction() as connection:
        return await publish_within(connection, scan_id, prepared, events)


def prepare_rows(rows: PublishRows) -> PreparedRows:
    given = ((FILES, rows.files), (SYMBOLS, rows.symbols), (RELATIONSHIPS, rows.relationships), (CHUNKS, rows.chunks))
    return PreparedRows(
        tuple(prepare(table, found) for table, found in given),
        rows.same_graph,
        rows.modified,
        rows.basis,
        rows.delta,
    )


def prepare_files(rows: Sequence[FileRow]) -> Prepared:
    return prepare(FILES, rows)


async def changed_files(connection: AsyncConnection, ref_id: int, files: Prepared) -> set[str]:
    """Paths whose published row is not the one of ``files``, which are all files of a scan: new, different or gone."""
    known = {(row["path"], row["row_hash"]) for row in await fetch(connection, _FILE_HASHES, ref_id)}
    wanted = {(row[FILES.path], row_hash) for row, row_hash in zip(files.rows, files.hashes, strict=True)}
    return {path for path, _ in known ^ wanted}


_FILE_HASHES = "SELECT path, row_hash FROM files WHERE ref_id = $1"


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
        publication = Publication(scan_id, None, {}, Enqueued(0, 0, 0))
        await _finish(connection, scan, publication, "stored", events)
        return publication
    ref_id = scan.ref_id
    await lock_ref(connection, ref_id)
    done = await published_before(connection, scan_id)  # by a retry that held the lock before us
    if done is not None:
        return done
    scan = await get_scan(connection, scan_id, lock=True)  # a cancellation waits for us, or we see it
    state = await _replaceable(connection, scan, ref_id)
    publication, shown = await _apply(connection, scan, ref_id, rows, state)
    await write_state(connection, ref_id, scan_id, shown)
    await _finish(connection, scan, publication, "published", events)
    return publication


async def _apply(
    connection: AsyncConnection, scan: ScanRow, ref_id: int, rows: PreparedRows, state: RefState
) -> tuple[Publication, Published]:
    """The difference, and what the ref shows afterwards."""
    delta, before = rows.delta, state.published
    if delta is not None and delta.base != state.scan_id:
        raise BaseMoved(f"scan {delta.base} of {scan.ref} was replaced by scan {state.scan_id} meanwhile")
    now = datetime.now(UTC)
    if delta is not None:
        done = await apply_delta(connection, ref_id, rows.tables, delta, before.totals, rows.modified, now)
    else:
        done = {each.table.name: await apply(connection, ref_id, each, rows.modified, now) for each in rows.tables}
    measured = before.measured and delta is not None and rows.same_graph
    enqueued = await _enqueue(connection, scan, ref_id, rows, done)
    changes = {name: applied.change for name, applied in done.items()}
    shown = Published(rows.basis, {name: change.total for name, change in changes.items()}, measured)
    return Publication(scan.id, ref_id, changes, enqueued, metrics_due=not measured), shown


async def _enqueue(
    connection: AsyncConnection, scan: ScanRow, ref_id: int, rows: PreparedRows, done: dict[str, Applied]
) -> Enqueued:
    owner = await fetch_one(connection, "SELECT tenant_id FROM repositories WHERE id = $1", scan.repository_id)
    target = Target(owner["tenant_id"] if owner else "local", scan.repository_id, ref_id, scan.id)
    files, symbols, relationships, _ = rows.tables
    homes = {home for applied in done.values() for home in applied.homes}
    return await enqueue(connection, target, homes, files, symbols, relationships)


async def published_before(connection: AsyncConnection, scan_id: int) -> Publication | None:
    row = await fetch_one(connection, "SELECT publication::text AS given FROM scan_runs WHERE id = $1", scan_id)
    if row is None or row["given"] is None:
        return None
    return msgspec.json.decode(row["given"], type=Publication)


async def _replaceable(connection: AsyncConnection, scan: ScanRow, ref_id: int) -> RefState:
    """What the ref shows; refuses a scan that may not replace it."""
    _check_open(scan)
    state = await read_state(connection, ref_id)
    if state.scan_id is not None and state.scan_id > scan.id:
        raise Superseded(
            f"scan {scan.id} of {scan.ref} is older than the published scan {state.scan_id}",
            hint="Nothing was changed; the newer scan is the one to use.",
        )
    return state


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
        idempotency_key=cause_key(EntityType.FILE, scan.id, enqueued.first),
        job_id=str(scan.options.get("job_id", scan.workflow_id)),
        parent_id=event_id(f"scan:{scan.id}:ingest:started"),
    )
    await append(connection, [about(event, scan) for event in (*events, told)])
