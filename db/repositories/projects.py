"""Repositories and refs: who owns which slug, and finding one by what a person types."""

from difflib import get_close_matches
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one
from db.models.base import LOCAL_TENANT
from docrunch.errors import AmbiguousName, NotFound
from docrunch.ids import slug as make_slug


class RepositoryRow(msgspec.Struct, frozen=True):
    id: int
    tenant_id: str
    name: str
    slug: str
    scope: str
    kind: str
    url: str | None


class RepositorySummary(msgspec.Struct, frozen=True):
    """One line of `docrunch repo list`."""

    repository: RepositoryRow
    refs: list[str]
    scans: int
    files: int
    symbols: int
    last_scan_id: int | None
    last_commit: str | None


NEAR_AMONG = 5_000  # names that a misspelt one is compared with
_COLUMNS = "id, tenant_id, name, slug, scope, kind, url"


async def upsert_repository(
    connection: AsyncConnection,
    *,
    name: str,
    kind: str,
    scope: str,
    url: str | None = None,
    tenant_id: str = LOCAL_TENANT,
) -> RepositoryRow:
    """The repository of that name; a new one gets the first free of ``slug``, ``slug-2``, ``slug-3`` …"""
    await execute(
        connection, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"slug:{tenant_id}:{make_slug(name)}"
    )
    known = await fetch_one(
        connection,
        f"UPDATE repositories SET kind = $3, scope = $4, url = $5, updated_at = now()"
        f" WHERE tenant_id = $1 AND name = $2 RETURNING {_COLUMNS}",
        tenant_id,
        name,
        kind,
        scope,
        url,
    )
    if known is None:
        known = await fetch_one(
            connection,
            f"INSERT INTO repositories (tenant_id, name, slug, kind, scope, url) VALUES ($1, $2, $3, $4, $5, $6)"
            f" RETURNING {_COLUMNS}",
            tenant_id,
            name,
            await _free_slug(connection, tenant_id, make_slug(name)),
            kind,
            scope,
            url,
        )
    return _row(known)


async def _free_slug(connection: AsyncConnection, tenant_id: str, wanted: str) -> str:
    rows = await fetch(
        connection,
        "SELECT slug FROM repositories WHERE tenant_id = $1 AND (slug = $2 OR starts_with(slug, $2 || '-'))",
        tenant_id,
        wanted,
    )
    taken = {row["slug"] for row in rows}
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


async def upsert_ref(connection: AsyncConnection, repository_id: int, name: str) -> int:
    row = await fetch_one(
        connection,
        "INSERT INTO refs (repository_id, name) VALUES ($1, $2)"
        " ON CONFLICT (repository_id, name) DO UPDATE SET name = excluded.name RETURNING id",
        repository_id,
        name,
    )
    if row is None:
        raise NotFound(f"there is no repository {repository_id}")
    return int(row["id"])


async def names(connection: AsyncConnection, repository_id: int) -> tuple[str, dict[int, str]]:
    """Slug, and refs by id.

    Raises:
        NotFound: it is gone.
    """
    row = await fetch_one(connection, "SELECT slug FROM repositories WHERE id = $1", repository_id)
    if row is None:
        raise NotFound(f"repository {repository_id} is gone already")
    refs = await fetch(connection, "SELECT id, name FROM refs WHERE repository_id = $1", repository_id)
    return row["slug"], {ref["id"]: ref["name"] for ref in refs}


async def find(connection: AsyncConnection, text: str, *, tenant_id: str = LOCAL_TENANT) -> RepositoryRow:
    """By name, by slug, or by an unambiguous last part of the name (``flask`` for ``github.com/pallets/flask``).

    Raises:
        NotFound: nothing matches.
        AmbiguousName: several do; the message lists them.
    """
    rows = await fetch(
        connection,
        f"SELECT {_COLUMNS}, (name = $2 OR slug = $2) AS exact FROM repositories WHERE tenant_id = $1"
        " AND (name = $2 OR slug = $2 OR lower(name) = lower($2)"
        " OR right(lower(name), length($2) + 1) = '/' || lower($2))"
        " ORDER BY name",
        tenant_id,
        text,
    )
    exact = [row for row in rows if row["exact"]]
    found = exact or rows
    if not found:
        raise NotFound(f"no repository is called {text}", hint=await _near(connection, tenant_id, text))
    by_name = [row for row in found if row["name"] == text]
    if len(found) > 1 and not by_name:
        raise AmbiguousName(f"{text} may be any of: {', '.join(row['name'] for row in found)}")
    return _row((by_name or found)[0])


async def _near(connection: AsyncConnection, tenant_id: str, text: str) -> str:
    listing = "`docrunch repo list` shows those that were scanned."
    rows = await fetch(
        connection, "SELECT name FROM repositories WHERE tenant_id = $1 ORDER BY name LIMIT $2", tenant_id, NEAR_AMONG
    )
    wanted = text.lower()
    known = {
        last: row["name"] for row in rows for last in (row["name"].lower(), row["name"].lower().rpartition("/")[2])
    }
    near = [name for name in known if wanted and wanted in name] or get_close_matches(wanted, known, n=3)
    names = list(dict.fromkeys(known[name] for name in near))[:3]
    return f"Did you mean {' or '.join(names)}? {listing}" if names else listing


async def list_repositories(connection: AsyncConnection, *, tenant_id: str = LOCAL_TENANT) -> list[RepositorySummary]:
    rows = await fetch(
        connection,
        """
        SELECT r.*, coalesce(f.refs, '{}') AS refs, coalesce(s.scans, 0) AS scans, s.last_scan_id,
               l.commit AS last_commit, coalesce((l.counts->>'files')::int, 0) AS files,
               coalesce((l.counts->>'symbols')::int, 0) AS symbols
        FROM repositories r
        LEFT JOIN (SELECT repository_id, array_agg(name ORDER BY name) AS refs FROM refs GROUP BY 1) f
            ON f.repository_id = r.id
        LEFT JOIN (SELECT repository_id, count(*) AS scans, max(id) AS last_scan_id FROM scan_runs GROUP BY 1) s
            ON s.repository_id = r.id
        LEFT JOIN scan_runs l ON l.id = s.last_scan_id
        WHERE r.tenant_id = $1 ORDER BY r.name
        """,
        tenant_id,
    )
    return [
        RepositorySummary(
            _row(row), row["refs"], row["scans"], row["files"], row["symbols"], row["last_scan_id"], row["last_commit"]
        )
        for row in rows
    ]


def _row(row: Any) -> RepositoryRow:
    return RepositoryRow(**{name: row[name] for name in RepositoryRow.__struct_fields__})
