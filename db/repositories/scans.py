"""The life of a scan: open → published or stored → closed; or failed, cancelled, superseded; later expired."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one, from_json
from db.events.store import NewEvent, append
from db.repositories.projects import upsert_ref
from db.repositories.uses import release
from db.text import storable, storable_json
from docrunch.errors import NotFound


class ScanRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``run_id`` is the first run of the workflow's chain, so that continue-as-new finds the same scan."""

    workflow_id: str
    run_id: str
    repository_id: int
    ref: str
    declared_ref: bool
    commit: str
    kind: str
    extractor_id: str | None = None
    encoder_id: str | None = None
    options: dict[str, Any] = {}


class ScanRow(msgspec.Struct, frozen=True):
    id: int
    repository_id: int
    ref_id: int | None
    ref: str
    workflow_id: str
    run_id: str
    commit: str
    kind: str
    status: str
    outcome: str | None
    tree_sha256: str | None
    graph_sha256: str | None
    extractor_id: str | None
    encoder_id: str | None
    options: dict[str, Any]
    counts: dict[str, Any]
    stages: dict[str, Any]
    objects: dict[str, str]
    error: dict[str, Any]
    opened_at: datetime
    published_at: datetime | None
    closed_at: datetime | None


JSON_COLUMNS = ("options", "counts", "stages", "objects", "error")
COLUMNS = ", ".join(
    f"s.{name}::text AS {name}" if name in JSON_COLUMNS else f"s.{name}" for name in ScanRow.__struct_fields__
)
SHORTEST_SHA = 7
# How an outcome ends a scan that was not published before.
_STATUS_OF = {
    "completed": "stored",
    "partial": "stored",
    "failed": "failed",
    "cancelled": "cancelled",
    "superseded": "superseded",
}


async def open_scan(connection: AsyncConnection, request: ScanRequest, events: Sequence[NewEvent] = ()) -> ScanRow:
    """Register a scan before it does anything. A retry gives the same row, and its events once."""
    ref_id = await upsert_ref(connection, request.repository_id, request.ref) if request.declared_ref else None
    row = await fetch_one(
        connection,
        f"""
        INSERT INTO scan_runs AS s (repository_id, ref_id, ref, workflow_id, run_id, commit, kind, extractor_id,
                                    encoder_id, options)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb)
        ON CONFLICT (workflow_id, run_id) DO UPDATE SET workflow_id = excluded.workflow_id RETURNING {COLUMNS}
        """,
        request.repository_id,
        ref_id,
        request.ref,
        request.workflow_id,
        request.run_id,
        request.commit,
        request.kind,
        request.extractor_id,
        request.encoder_id,
        storable_json(request.options),
    )
    scan = scan_row(row)
    await append(connection, [about(event, scan) for event in events])
    return scan


async def record(
    connection: AsyncConnection,
    scan_id: int,
    *,
    objects: Mapping[str, str] | None = None,
    counts: Mapping[str, Any] | None = None,
    stages: Mapping[str, float] | None = None,
    tree_sha256: str | None = None,
    graph_sha256: str | None = None,
    extractor_id: str | None = None,
    encoder_id: str | None = None,
) -> None:
    """Add what a step found out. Objects recorded here (name → ``kind/sha256``) are safe from the sweep."""
    await execute(
        connection,
        """
        UPDATE scan_runs SET objects = objects || $2::text::jsonb, counts = counts || $3::text::jsonb,
            stages = stages || $4::text::jsonb, tree_sha256 = coalesce($5, tree_sha256),
            graph_sha256 = coalesce($6, graph_sha256), extractor_id = coalesce($7, extractor_id),
            encoder_id = coalesce($8, encoder_id)
        WHERE id = $1
        """,
        scan_id,
        storable_json(objects or {}),
        storable_json(counts or {}),
        storable_json(stages or {}),
        tree_sha256,
        graph_sha256,
        extractor_id,
        encoder_id,
    )


async def close_scan(
    connection: AsyncConnection,
    scan_id: int,
    outcome: str,
    *,
    counts: Mapping[str, Any] | None = None,
    stages: Mapping[str, float] | None = None,
    error: Mapping[str, Any] | None = None,
    events: Sequence[NewEvent] = (),
) -> ScanRow:
    """End a scan: ``completed``, ``partial``, ``failed``, ``cancelled`` or ``superseded``.

    What was published stays published, whatever the outcome. A scan that leaves nothing releases its cache entries.
    Closing again changes nothing and gives the first answer.

    Raises:
        NotFound: no such scan.
    """
    scan = await get_scan(connection, scan_id, lock=True)
    if scan.closed_at is None:
        status = _STATUS_OF[outcome] if scan.status == "open" else scan.status
        await record(connection, scan_id, counts=counts, stages=stages)
        await execute(
            connection,
            "UPDATE scan_runs SET status = $2, outcome = $3, error = $4::text::jsonb, closed_at = now() WHERE id = $1",
            scan_id,
            status,
            outcome,
            storable_json(error) if error else None,
        )
        if status not in ("published", "stored"):
            await release(connection, scan_id)
        scan = await get_scan(connection, scan_id)
    await append(connection, [about(event, scan) for event in events])
    return scan


async def get_scan(connection: AsyncConnection, scan_id: int, *, lock: bool = False) -> ScanRow:
    """Raises:
    NotFound: no such scan.
    """
    row = await fetch_one(
        connection, f"SELECT {COLUMNS} FROM scan_runs s WHERE id = $1 {'FOR NO KEY UPDATE' if lock else ''}", scan_id
    )
    if row is None:
        raise NotFound(f"there is no scan {scan_id}")
    return scan_row(row)


async def current_scan(connection: AsyncConnection, repository_id: int, ref: str) -> ScanRow | None:
    """The published scan of a ref, whose rows the tables hold."""
    row = await fetch_one(
        connection,
        f"SELECT {COLUMNS} FROM refs r JOIN scan_runs s ON s.id = r.current_scan_id"
        " WHERE r.repository_id = $1 AND r.name = $2",
        repository_id,
        ref,
    )
    return scan_row(row) if row else None


async def latest_scan(connection: AsyncConnection, repository_id: int, commit: str | None = None) -> ScanRow | None:
    """The newest scan whose objects are kept; of one commit if given, which may be cut to `SHORTEST_SHA` characters."""
    row = await fetch_one(
        connection,
        f"SELECT {COLUMNS} FROM scan_runs s WHERE repository_id = $1 AND status IN ('published', 'stored')"
        " AND ($2::text IS NULL OR commit = $2 OR (length($2) >= $3 AND starts_with(commit, $2)))"
        " ORDER BY id DESC LIMIT 1",
        repository_id,
        commit,
        SHORTEST_SHA,
    )
    return scan_row(row) if row else None


class LinkBase(msgspec.Struct, frozen=True):
    """A scan whose graph a new one may start from. The objects are ``kind/sha256``."""

    scan_id: int
    trace: str


async def link_base(connection: AsyncConnection, scan_id: int) -> LinkBase | None:
    """The newest finished scan of the same ref that left a trace, else of the same repository."""
    row = await _base(connection, scan_id, "trace", "graph")
    return LinkBase(row["id"], row["object"]) if row else None


class SearchBase(msgspec.Struct, frozen=True):
    """A scan whose search shards a new one may share. ``search``: ``kind/sha256``."""

    scan_id: int
    search: str


async def search_base(connection: AsyncConnection, scan_id: int) -> SearchBase | None:
    """The newest other finished scan of the same ref that can be searched, else of the same repository."""
    row = await _base(connection, scan_id, "search")
    return SearchBase(row["id"], row["object"]) if row else None


async def _base(connection: AsyncConnection, scan_id: int, name: str, *others: str) -> Any:
    """The newest other finished scan that has these objects, of the same ref before others of the repository.

    Its id, and the object ``name``.
    """
    return await fetch_one(
        connection,
        "SELECT b.id, b.objects->>$2 AS object FROM scan_runs s JOIN scan_runs b USING (repository_id)"
        " WHERE s.id = $1 AND b.id <> s.id AND b.status IN ('published', 'stored') AND b.objects ?& $3::text[]"
        " ORDER BY (b.ref_id IS NOT DISTINCT FROM s.ref_id) DESC, b.id DESC LIMIT 1",
        scan_id,
        name,
        [name, *others],
    )


async def hold_base(connection: AsyncConnection, scan_id: int) -> bool:
    """Whether the objects of a scan are still kept; if so, they are until the transaction ends."""
    row = await fetch_one(
        connection,
        "SELECT 1 FROM scan_runs WHERE id = $1 AND status IN ('published', 'stored') AND objects ? 'graph' FOR SHARE",
        scan_id,
    )
    return row is not None


async def default_scan(connection: AsyncConnection, repository_id: int) -> ScanRow | None:
    """The published scan of the default branch: the ref that the newest scan without a ``--ref`` resolved to.

    None while no job is known that named no ref (jobs are kept for a time).
    """
    row = await fetch_one(
        connection,
        f"SELECT {COLUMNS} FROM refs r JOIN scan_runs s ON s.id = r.current_scan_id WHERE r.id = ("
        " SELECT asked.ref_id FROM jobs j JOIN scan_runs asked ON asked.id = j.scan_id"
        " WHERE asked.repository_id = $1 AND asked.ref_id IS NOT NULL AND j.request->>'ref' IS NULL"
        " ORDER BY asked.id DESC LIMIT 1)",
        repository_id,
    )
    return scan_row(row) if row else None


async def has_expired(connection: AsyncConnection, repository_id: int, ref: str | None = None) -> bool:
    """Whether there was a scan of a ref or commit (of anything, without one) whose retention is over."""
    row = await fetch_one(
        connection,
        "SELECT 1 FROM scan_runs WHERE repository_id = $1 AND status = 'expired' AND ($2::text IS NULL OR ref = $2"
        " OR commit = $2 OR (length($2) >= $3 AND starts_with(commit, $2))) LIMIT 1",
        repository_id,
        ref,
        SHORTEST_SHA,
    )
    return row is not None


def scan_row(row: Any) -> ScanRow:
    values: dict[str, Any] = {name: row[name] for name in ScanRow.__struct_fields__}
    values.update({name: from_json(values[name]) for name in JSON_COLUMNS})
    return ScanRow(**values)


def about(event: NewEvent, scan: ScanRow) -> NewEvent:
    """Events of a scan carry its repository and job unless they say otherwise."""
    return msgspec.structs.replace(
        event,
        repository_id=event.repository_id if event.repository_id is not None else scan.repository_id,
        job_id=event.job_id or scan.workflow_id,
        subject=storable(event.subject),
    )


class Hold(StrEnum):
    """How a transaction holds on to the row of a scan until it ends. Neither delays writes to the row itself."""

    SHARED = "FOR KEY SHARE"  # many at a time: the scan cannot be dropped before what I write is committed
    EXCLUSIVE = "FOR UPDATE"  # waits for all of those; who comes later sees the scan as I leave it


async def find_by_run(connection: AsyncConnection, run_id: str, hold: Hold | None = None) -> ScanRow | None:
    """The scan that a workflow named ``run_id``; None when it was never opened."""
    row = await fetch_one(connection, f"SELECT {COLUMNS} FROM scan_runs s WHERE run_id = $1 {hold or ''}", run_id)
    return scan_row(row) if row else None


async def forget_objects(connection: AsyncConnection, scan_id: int, names: Sequence[str]) -> None:
    """Let go of the named objects and of the windows of pages (``docs-N``)."""
    await execute(
        connection,
        """
        UPDATE scan_runs SET objects = objects - (
            SELECT coalesce(array_agg(key), '{}') FROM jsonb_object_keys(objects) AS key
            WHERE key = ANY($2::text[]) OR key LIKE 'docs-%') WHERE id = $1
        """,
        scan_id,
        list(names),
    )


async def open_before(connection: AsyncConnection, age: timedelta) -> list[tuple[str, str]]:
    """(workflow id, run id) of scans that are open and older than ``age``, oldest first."""
    rows = await fetch(
        connection,
        "SELECT workflow_id, run_id FROM scan_runs WHERE closed_at IS NULL AND opened_at < now() - $1::interval"
        " ORDER BY id",
        age,
    )
    return [(row["workflow_id"], row["run_id"]) for row in rows]
