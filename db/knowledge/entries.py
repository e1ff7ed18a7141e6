"""Rows of ``projection_entries``: what the graph holds of each entity, and what is being written to it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch
from docrunch.knowledge.manifest import NOTHING, encode

_encode = msgspec.json.Encoder().encode


class EntryKey(msgspec.Struct, frozen=True, order=True):
    entity_type: str
    key: str


class EntryRow(msgspec.Struct, frozen=True):
    at: EntryKey
    state: str
    content_hash: bytes | None
    manifest: bytes | None
    pending: bytes | None
    facts: dict[str, Any]


class Pending(msgspec.Struct, frozen=True):
    """``content`` None: the entry is to be gone."""

    at: EntryKey
    content: bytes | None
    content_hash: bytes | None


_COLUMNS = "p.entity_type, p.key, p.state, p.content_hash, p.manifest, p.pending, p.facts::text AS facts"
_KEYS = "unnest($3::text[], $4::text[]) AS k(entity_type, key)"


async def read(
    connection: AsyncConnection, target: str, workspace: str, keys: Iterable[EntryKey]
) -> dict[EntryKey, EntryRow]:
    found = await fetch(
        connection,
        f"SELECT {_COLUMNS} FROM {_KEYS} JOIN projection_entries p ON p.target = $1 AND p.workspace = $2"
        " AND p.entity_type = k.entity_type AND p.key = k.key",
        target,
        workspace,
        *_split(keys),
    )
    return {row.at: row for row in map(_row, found)}


async def read_all(connection: AsyncConnection, target: str, workspace: str) -> list[EntryRow]:
    found = await fetch(
        connection,
        f"SELECT {_COLUMNS} FROM projection_entries p WHERE p.target = $1 AND p.workspace = $2"
        " ORDER BY p.entity_type, p.key",
        target,
        workspace,
    )
    return [_row(row) for row in found]


async def read_others(
    connection: AsyncConnection, target: str, workspace: str, facts: Mapping[str, Any]
) -> list[EntryRow]:
    """Entries of which other facts are noted."""
    found = await fetch(
        connection,
        f"SELECT {_COLUMNS} FROM projection_entries p WHERE p.target = $1 AND p.workspace = $2"
        " AND p.facts IS DISTINCT FROM $3::jsonb ORDER BY p.entity_type, p.key",
        target,
        workspace,
        _encode(facts).decode(),
    )
    return [_row(row) for row in found]


async def page_of(
    connection: AsyncConnection, target: str, workspace: str, after: EntryKey, limit: int
) -> list[EntryRow]:
    """The next entries behind a key; fewer than ``limit`` only at the end."""
    found = await fetch(
        connection,
        f"SELECT {_COLUMNS} FROM projection_entries p WHERE p.target = $1 AND p.workspace = $2"
        " AND (p.entity_type, p.key) > ($3, $4) ORDER BY p.entity_type, p.key LIMIT $5",
        target,
        workspace,
        after.entity_type,
        after.key,
        limit,
    )
    return [_row(row) for row in found]


async def unfinished(connection: AsyncConnection, target: str) -> dict[str, list[EntryRow]]:
    """Entries that are not ready, by workspace."""
    found = await fetch(
        connection,
        f"SELECT p.workspace, {_COLUMNS} FROM projection_entries p WHERE p.target = $1 AND p.state <> 'ready'"
        " ORDER BY p.workspace, p.entity_type, p.key",
        target,
    )
    made: dict[str, list[EntryRow]] = {}
    for row in found:
        made.setdefault(row["workspace"], []).append(_row(row))
    return made


async def announce(
    connection: AsyncConnection, target: str, workspace: str, pending: Sequence[Pending], facts: Mapping[str, Any]
) -> None:
    """Write ahead: these entries are about to change, and to what. What they hold stays noted."""
    await execute(
        connection,
        "INSERT INTO projection_entries (target, workspace, entity_type, key, state, pending, facts)"
        " SELECT $1, $2, k.entity_type, k.key, 'applying', k.pending, $6::jsonb"
        " FROM unnest($3::text[], $4::text[], $5::bytea[]) AS k(entity_type, key, pending)"
        " ON CONFLICT (target, workspace, entity_type, key)"
        " DO UPDATE SET state = 'applying', pending = excluded.pending, updated_at = now()",
        target,
        workspace,
        *_split(row.at for row in pending),
        [row.content for row in pending],
        _encode(facts).decode(),
    )


async def settle(
    connection: AsyncConnection, target: str, workspace: str, done: Sequence[Pending], facts: Mapping[str, Any]
) -> None:
    """The store holds these now; entries without content are forgotten."""
    kept = [row for row in done if row.content is not None]
    await execute(
        connection,
        "UPDATE projection_entries p SET state = 'ready', manifest = k.content, pending = NULL,"
        " content_hash = k.hash, facts = $7::jsonb, updated_at = now()"
        " FROM unnest($3::text[], $4::text[], $5::bytea[], $6::bytea[]) AS k(entity_type, key, content, hash)"
        " WHERE p.target = $1 AND p.workspace = $2 AND p.entity_type = k.entity_type AND p.key = k.key",
        target,
        workspace,
        *_split(row.at for row in kept),
        [row.content for row in kept],
        [row.content_hash for row in kept],
        _encode(facts).decode(),
    )
    await forget(connection, target, workspace, [row.at for row in done if row.content is None])


async def forget(connection: AsyncConnection, target: str, workspace: str, keys: Sequence[EntryKey]) -> None:
    if keys:
        await execute(
            connection,
            f"DELETE FROM projection_entries p USING {_KEYS} WHERE p.target = $1 AND p.workspace = $2"
            " AND p.entity_type = k.entity_type AND p.key = k.key",
            target,
            workspace,
            *_split(keys),
        )


async def mark_dirty(connection: AsyncConnection, target: str, workspace: str, keys: Sequence[EntryKey]) -> None:
    await execute(
        connection,
        f"UPDATE projection_entries p SET state = 'dirty', updated_at = now() FROM {_KEYS}"
        " WHERE p.target = $1 AND p.workspace = $2 AND p.entity_type = k.entity_type AND p.key = k.key",
        target,
        workspace,
        *_split(keys),
    )


async def all_facts(connection: AsyncConnection, target: str, workspace: str) -> list[dict[str, Any]]:
    """The different facts of the entries of a workspace, the most frequent first."""
    rows = await fetch(
        connection,
        "SELECT facts::text AS facts, count(*) AS n FROM projection_entries WHERE target = $1 AND workspace = $2"
        " GROUP BY 1 ORDER BY n DESC, 1",
        target,
        workspace,
    )
    return [msgspec.json.decode(row["facts"] or "{}", type=dict[str, Any]) for row in rows]


async def holds(connection: AsyncConnection, workspace: str) -> bool:
    """Whether any entry is noted as having rows in the store, and is not being changed now."""
    rows = await fetch(
        connection,
        "SELECT FROM projection_entries WHERE workspace = $1 AND state = 'ready' AND length(manifest) > $2 LIMIT 1",
        workspace,
        len(encode(NOTHING)),
    )
    return bool(rows)


async def left(connection: AsyncConnection, target: str, repository_id: int) -> int:
    """Entries of all workspaces of a repository."""
    rows = await fetch(
        connection,
        "SELECT count(*) AS n FROM projection_entries WHERE target = $1 AND workspace LIKE $2",
        target,
        f"r{repository_id}\\_%",
    )
    return int(rows[0]["n"])


def _split(keys: Iterable[EntryKey]) -> tuple[list[str], list[str]]:
    listed = list(keys)
    return [each.entity_type for each in listed], [each.key for each in listed]


def _row(row: Any) -> EntryRow:
    return EntryRow(
        EntryKey(row["entity_type"], row["key"]),
        row["state"],
        row["content_hash"],
        row["manifest"],
        row["pending"],
        msgspec.json.decode(row["facts"] or "{}", type=dict[str, Any]),
    )
