"""What is still to be done about removed repositories: rows of ``jobs``, so that `runs list` shows them too.

The row is written in the transaction that removes the repository: from there on nothing else knows what it had.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one
from db.models.base import LOCAL_TENANT
from db.repositories import jobs
from db.repositories.leftovers import Ids
from db.repositories.removal import TakedownReport

KIND = "takedown"
_WRITTEN = ("report", "dropped", "shards", "slug", "refs")


class Todo(msgspec.Struct, frozen=True):
    """``report`` as `remove_repository` gave it; ``shards``: objects inside its graphs, once they are known.

    ``dropped``: what derived stores removed, by store. ``slug`` and ``refs`` (by id): names of its workspaces.
    """

    workflow_id: str
    run_id: str
    report: TakedownReport
    dropped: dict[str, int] = {}
    shards: list[str] = []
    slug: str = ""
    refs: dict[str, str] = {}
    closed: bool = False
    result: dict[str, Any] | None = None

    @property
    def ids(self) -> Ids:
        return self.report.ids


async def write_down(connection: AsyncConnection, todo: Todo) -> None:
    report = todo.report
    given = {name: msgspec.to_builtins(getattr(todo, name)) for name in _WRITTEN}
    await jobs.start(
        connection,
        workflow_id=todo.workflow_id,
        run_id=todo.run_id,
        kind=KIND,
        repository_id=None,
        request={"source": report.repository, "ref": None, "name": report.repository},
        route=given,
    )


async def find(connection: AsyncConnection, workflow_id: str) -> Todo | None:
    """The newest of a workflow."""
    rows = await fetch(connection, f"{_SELECT} AND workflow_id = $2 ORDER BY id DESC LIMIT 1", KIND, workflow_id)
    return _todo(rows[0]) if rows else None


async def open_of(connection: AsyncConnection, name: str, tenant_id: str = LOCAL_TENANT) -> Todo | None:
    """The takedown of a repository of this name that has not ended."""
    rows = await fetch(
        connection,
        f"{_SELECT} AND closed_at IS NULL AND tenant_id = $2 AND (request ->> 'name' = $3"
        " OR right(lower(request ->> 'name'), length($3) + 1) = '/' || lower($3)) ORDER BY id DESC LIMIT 1",
        KIND,
        tenant_id,
        name,
    )
    return _todo(rows[0]) if rows else None


async def all_open(connection: AsyncConnection) -> list[Todo]:
    return [_todo(row) for row in await fetch(connection, f"{_SELECT} AND closed_at IS NULL ORDER BY id", KIND)]


_SELECT = (
    "SELECT workflow_id, run_id, route::text AS route, result::text AS result, closed_at FROM jobs WHERE kind = $1"
)


def _todo(row: Any) -> Todo:
    known = msgspec.json.decode(row["route"])
    found = {"closed": row["closed_at"] is not None, "workflow_id": row["workflow_id"], "run_id": row["run_id"]}
    result = msgspec.json.decode(row["result"]) if row["result"] else None
    return msgspec.convert({**known, **found, "result": result}, Todo)


async def note_shards(connection: AsyncConnection, todo: Todo, shards: Sequence[str]) -> None:
    await execute(
        connection,
        "UPDATE jobs SET route = jsonb_set(route, '{shards}', $3::text::jsonb) WHERE workflow_id = $1 AND run_id = $2",
        todo.workflow_id,
        todo.run_id,
        msgspec.json.encode(list(shards)).decode(),
    )


async def close(connection: AsyncConnection, todo: Todo, result: Mapping[str, Any], *, clean: bool) -> None:
    """Record the end; what the repository had is not kept any longer."""
    await jobs.finish(connection, todo.workflow_id, todo.run_id, "completed" if clean else "partial", result=result)
    emptied = msgspec.structs.replace(todo.report, objects=[], workflows=[])
    await execute(
        connection,
        "UPDATE jobs SET route = jsonb_set(jsonb_set(route, '{shards}', '[]'), '{report}', $3::text::jsonb)"
        " WHERE workflow_id = $1 AND run_id = $2",
        todo.workflow_id,
        todo.run_id,
        msgspec.json.encode(emptied).decode(),
    )


async def somebody_works(connection: AsyncConnection) -> bool:
    """Whether any run goes on that may be about to refer to an object it has just found."""
    row = await fetch_one(
        connection,
        "SELECT EXISTS (SELECT FROM jobs WHERE closed_at IS NULL AND kind <> $1)"
        " OR EXISTS (SELECT FROM scan_runs WHERE closed_at IS NULL) AS working",
        KIND,
    )
    return bool(row and row["working"])
