"""The read model of runs: what `runs list` and `runs show` print, without asking Temporal."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import fetch
from db.models.base import LOCAL_TENANT
from docrunch.errors import AmbiguousName, NotFound

SHOWN_CANDIDATES = 5


class RunRow(msgspec.Struct, frozen=True):
    workflow_id: str
    run_id: str
    kind: str
    repository: str | None
    status: str  # running, or the outcome
    request: dict[str, Any]
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    scan_id: int | None
    commit: str | None
    docpack: str | None
    started_at: datetime
    closed_at: datetime | None


class IssueRow(msgspec.Struct, frozen=True):
    path: str
    reason: str
    detail: str
    line: int
    stage: str


_SELECT = """
    SELECT j.workflow_id, j.run_id, j.kind, r.name AS repository, j.status, j.request::text AS request,
           j.result::text AS result, j.error::text AS error, j.scan_id, s.commit,
           j.result ->> 'docpack_id' AS docpack,
           j.started_at, j.closed_at
    FROM jobs j LEFT JOIN repositories r ON r.id = j.repository_id LEFT JOIN scan_runs s ON s.id = j.scan_id
    WHERE j.tenant_id = $1
"""


async def list_runs(
    connection: AsyncConnection, *, limit: int, open_only: bool = False, tenant_id: str = LOCAL_TENANT
) -> list[RunRow]:
    """Newest first."""
    condition = " AND j.status = 'running'" if open_only else ""
    rows = await fetch(connection, f"{_SELECT}{condition} ORDER BY j.id DESC LIMIT $2", tenant_id, limit)
    return [_run(row) for row in rows]


async def find_run(connection: AsyncConnection, text: str, *, tenant_id: str = LOCAL_TENANT) -> RunRow:
    """The newest run whose workflow id or run id begins with ``text``; the ``docpack:`` in front may be left out.

    Raises:
        NotFound: no run does.
        AmbiguousName: several workflow ids do; the message lists some.
    """
    rows = await fetch(
        connection,
        f"{_SELECT} AND (starts_with(j.workflow_id, $2) OR starts_with(j.workflow_id, 'docpack:' || $2)"
        " OR starts_with(j.run_id, $2)) ORDER BY j.id DESC LIMIT 200",
        tenant_id,
        text,
    )
    exact = [row for row in rows if text in (row["workflow_id"], row["run_id"])]
    found = exact or rows
    if not found or not text:
        raise NotFound(f"no run begins with {text!r}", hint="`docrunch runs list` shows the runs.")
    names = list(dict.fromkeys(row["workflow_id"] for row in found))
    if len(names) > 1:
        more = ", …" if len(names) > SHOWN_CANDIDATES else ""
        raise AmbiguousName(f"{text!r} may be any of: {', '.join(names[:SHOWN_CANDIDATES])}{more}")
    return _run(found[0])


async def issues_of(connection: AsyncConnection, scan_id: int, *, limit: int) -> list[IssueRow]:
    rows = await fetch(
        connection,
        "SELECT path, reason, detail, line, stage FROM scan_issues WHERE scan_id = $1"
        " ORDER BY path, line, reason LIMIT $2",
        scan_id,
        limit,
    )
    return [IssueRow(**{name: row[name] for name in IssueRow.__struct_fields__}) for row in rows]


def _run(row: Any) -> RunRow:
    values = {name: row[name] for name in RunRow.__struct_fields__}
    for name in ("request", "result", "error"):
        values[name] = msgspec.json.decode(values[name]) if values[name] else None
    return RunRow(**{**values, "request": values["request"] or {}})
