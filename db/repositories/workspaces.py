"""Generations of the projection of one ref in one target: building → active → dropping → gone."""

from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one
from docrunch.errors import Conflict, NotFound

BUILDING, ACTIVE, DROPPING = "building", "active", "dropping"


class Projected(msgspec.Struct, frozen=True, order=True):
    """One ref of one repository in one target; ``ref_id`` 0: what belongs to no ref."""

    target: str
    repository_id: int
    ref_id: int


class WorkspaceRow(msgspec.Struct, frozen=True):
    target: str
    repository_id: int
    ref_id: int
    generation: int
    state: str

    @property
    def key(self) -> str:
        return workspace_key(self.repository_id, self.ref_id, self.generation)

    @property
    def projected(self) -> Projected:
        return Projected(self.target, self.repository_id, self.ref_id)


def workspace_key(repository_id: int, ref_id: int, generation: int) -> str:
    """What a workspace is called inside a store (`db.repositories.leftovers.workspace_prefix` is how it begins)."""
    return f"r{repository_id}_{ref_id}_g{generation}"


class Place(msgspec.Struct, frozen=True):
    """What a target is told about a ref beside its ids. ``scan_id``: the published scan."""

    tenant_id: str
    name: str
    slug: str
    ref: str
    scan_id: int | None


_COLUMNS = "target, repository_id, ref_id, generation, state"
_ONE = "target = $1 AND repository_id = $2 AND ref_id = $3"


async def place(connection: AsyncConnection, repository_id: int, ref_id: int) -> Place:
    """Raises:
    NotFound: the repository or the ref is gone.
    """
    row = await fetch_one(
        connection,
        "SELECT p.tenant_id, p.name, p.slug, r.name AS ref, r.current_scan_id FROM repositories p"
        " LEFT JOIN refs r ON r.repository_id = p.id AND r.id = $2 WHERE p.id = $1",
        repository_id,
        ref_id,
    )
    if row is None or (ref_id and row["ref"] is None):
        raise NotFound(f"repository {repository_id} has no ref {ref_id} (any more)")
    return Place(row["tenant_id"], row["name"], row["slug"], row["ref"] or "", row["current_scan_id"])


async def of(connection: AsyncConnection, where: Projected, *, lock: bool = False) -> list[WorkspaceRow]:
    """All generations, oldest first."""
    rows = await fetch(
        connection,
        f"SELECT {_COLUMNS} FROM workspaces WHERE {_ONE} ORDER BY generation {'FOR UPDATE' if lock else ''}",
        *msgspec.structs.astuple(where),
    )
    return [_row(row) for row in rows]


async def active(connection: AsyncConnection, where: Projected) -> WorkspaceRow | None:
    """The generation that is read and synced; None before the first one was built."""
    return next((row for row in await of(connection, where) if row.state == ACTIVE), None)


async def of_repository(connection: AsyncConnection, repository_id: int) -> list[WorkspaceRow]:
    rows = await fetch(
        connection,
        f"SELECT {_COLUMNS} FROM workspaces WHERE repository_id = $1 ORDER BY target, ref_id, generation",
        repository_id,
    )
    return [_row(row) for row in rows]


async def unfinished(connection: AsyncConnection) -> list[Projected]:
    """Where a generation is being built or dropped, by a run that goes on or by one that is gone.

    Those of removed repositories belong to their takedown.
    """
    rows = await fetch(
        connection,
        "SELECT DISTINCT w.target, w.repository_id, w.ref_id FROM workspaces w"
        " JOIN repositories p ON p.id = w.repository_id WHERE w.state <> 'active' ORDER BY 1, 2, 3",
    )
    return [Projected(row["target"], row["repository_id"], row["ref_id"]) for row in rows]


async def in_use(connection: AsyncConnection, target: str) -> list[WorkspaceRow]:
    """What is read or being built in a store, of repositories that are there."""
    rows = await fetch(
        connection,
        "SELECT w.target, w.repository_id, w.ref_id, w.generation, w.state FROM workspaces w"
        " JOIN repositories p ON p.id = w.repository_id WHERE w.target = $1 AND w.state <> 'dropping'"
        " ORDER BY w.repository_id, w.ref_id, w.generation",
        target,
    )
    return [_row(row) for row in rows]


async def begin(connection: AsyncConnection, where: Projected) -> int:
    """Register the next generation as being built; returns its number. Others that were not finished are dropping.

    Raises:
        NotFound: the repository was removed.
    """
    known = await fetch(connection, "SELECT FROM repositories WHERE id = $1 FOR KEY SHARE", where.repository_id)
    if not known:
        raise NotFound(f"repository {where.repository_id} was removed")
    await abandon(connection, where)
    row = await fetch_one(
        connection,
        "INSERT INTO workspaces (target, repository_id, ref_id, generation, state)"
        f" SELECT $1, $2, $3, coalesce(max(generation), 0) + 1, 'building' FROM workspaces WHERE {_ONE}"
        " RETURNING generation",
        *msgspec.structs.astuple(where),
    )
    return int(row["generation"]) if row else 0


async def abandon(connection: AsyncConnection, where: Projected) -> None:
    """What is being built will never be read."""
    await execute(
        connection,
        f"UPDATE workspaces SET state = 'dropping' WHERE {_ONE} AND state = 'building'",
        *msgspec.structs.astuple(where),
    )


async def activate(connection: AsyncConnection, where: Projected, generation: int) -> None:
    """The generation takes the place of the active one, which is dropping from now on. Again: nothing changes.

    Raises:
        Conflict: the generation is not there, or is being dropped.
    """
    states = {row.generation: row.state for row in await of(connection, where, lock=True)}
    if states.get(generation) == ACTIVE:
        return
    if states.get(generation) != BUILDING:
        raise Conflict(f"generation {generation} of {where.target} was dropped and cannot be made the active one")
    given = msgspec.structs.astuple(where)
    await execute(connection, f"UPDATE workspaces SET state = 'dropping' WHERE {_ONE} AND state = 'active'", *given)
    await execute(
        connection, f"UPDATE workspaces SET state = 'active' WHERE {_ONE} AND generation = $4", *given, generation
    )


async def forget(connection: AsyncConnection, where: Projected, generation: int) -> None:
    """The generation is gone from its target."""
    await execute(
        connection,
        f"DELETE FROM workspaces WHERE {_ONE} AND generation = $4",
        *msgspec.structs.astuple(where),
        generation,
    )


async def projections(
    connection: AsyncConnection, targets: list[str], repository_id: int | None = None, ref: str | None = None
) -> list[Projected]:
    """Every ref that a target should hold or holds: published refs, and what belongs to no ref where there is any."""
    rows = await fetch(
        connection,
        """
        SELECT t.target, f.repository_id, f.ref_id FROM unnest($1::text[]) AS t(target) CROSS JOIN (
            SELECT repository_id, id AS ref_id, name FROM refs WHERE current_scan_id IS NOT NULL
            UNION SELECT e.repository_id, 0, '' FROM sync_events e JOIN repositories p ON p.id = e.repository_id
                WHERE e.ref_id = 0) f
        WHERE ($2::bigint IS NULL OR f.repository_id = $2) AND ($3::text IS NULL OR f.name = $3)
        UNION
        SELECT w.target, w.repository_id, w.ref_id FROM workspaces w LEFT JOIN refs r ON r.id = w.ref_id
        WHERE w.target = ANY($1) AND w.state = 'active' AND ($2::bigint IS NULL OR w.repository_id = $2)
          AND ($3::text IS NULL OR coalesce(r.name, '') = $3)
        ORDER BY 2, 1, 3
        """,
        targets,
        repository_id,
        ref,
    )
    return [Projected(row["target"], row["repository_id"], row["ref_id"]) for row in rows]


def _row(row: Any) -> WorkspaceRow:
    return WorkspaceRow(**{name: row[name] for name in WorkspaceRow.__struct_fields__})
