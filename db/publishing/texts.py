"""The texts of a ref that Postgres can search: they follow the publish, in a transaction of their own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import copy_rows, execute, fetch, fetch_one
from db.repositories.scans import get_scan
from db.session import Database
from db.text import storable
from docrunch.search.lexemes import TextRow, text_rows
from docrunch.search.shards import FileShard

FILES_AT_ONCE = 200  # whose rows are made and copied together, ≈ 8 MB
_COLUMNS = ("id", "path", "kind", "symbol_id", "title", "line", "end_line", "length", "terms", "row_hash")
_STAGE = (
    "CREATE TEMP TABLE search_rows (id text, path text, kind text, symbol_id text, title text, line int,"
    " end_line int, length int, terms text, row_hash bytea) ON COMMIT DROP"
)
_INSERT = (
    "INSERT INTO search_documents (ref_id, id, path, kind, symbol_id, title, line, end_line, length, terms, row_hash)"
    " SELECT $1, id, path, kind, symbol_id, title, line, end_line, length, terms::tsvector, row_hash FROM search_rows"
)

ReadShards = Callable[[Sequence[str]], Awaitable[Sequence[FileShard]]]


class TextsPublished(NamedTuple):
    """``published`` False: the ref shows another scan, or none; nothing was changed."""

    published: bool
    files: int = 0  # whose rows were written or removed
    rows: int = 0  # written


async def publish_texts(
    database: Database, scan_id: int, shards: Mapping[str, str], read: ReadShards
) -> TextsPublished:
    """Make the searchable rows of a ref those of the scan that it shows, by difference.

    Args:
        shards: path → sha256 of the search shard, of all files.
        read: the shards of some paths, in that order.

    Raises:
        Unreachable: the database failed; nothing was changed, a retry helps.
    """
    async with database.transaction() as connection:
        ref_id = (await get_scan(connection, scan_id)).ref_id
        if ref_id is None:
            return TextsPublished(False)
        await execute(connection, "SELECT pg_advisory_xact_lock(hashtextextended('texts:' || $1::bigint, 0))", ref_id)
        shown = await fetch_one(connection, "SELECT current_scan_id AS id FROM refs WHERE id = $1", ref_id)
        if shown is None or shown["id"] != scan_id:
            return TextsPublished(False)
        wanted = {storable(path): (path, bytes.fromhex(sha)) for path, sha in shards.items()}
        known = await _known(connection, ref_id)
        stale = [path for path, digest in known.items() if path not in wanted or wanted[path][1] != digest]
        new = [given for path, given in wanted.items() if known.get(path) != given[1]]
        await execute(connection, "DELETE FROM search_documents WHERE ref_id = $1 AND path = ANY($2)", ref_id, stale)
        rows = await _write(connection, ref_id, new, read)
        await execute(connection, "UPDATE refs SET search_scan_id = $2 WHERE id = $1", ref_id, scan_id)
        return TextsPublished(True, len({*stale, *(storable(path) for path, _ in new)}), rows)


async def _known(connection: AsyncConnection, ref_id: int) -> dict[str, bytes]:
    """Which shard the rows of each file were made from: each file has one document of its own."""
    found = await fetch(
        connection, "SELECT path, row_hash FROM search_documents WHERE ref_id = $1 AND kind = 'file'", ref_id
    )
    return {row["path"]: row["row_hash"] for row in found}


async def _write(connection: AsyncConnection, ref_id: int, files: Sequence[tuple[str, bytes]], read: ReadShards) -> int:
    if not files:
        return 0
    await execute(connection, _STAGE)
    for start in range(0, len(files), FILES_AT_ONCE):
        part = files[start : start + FILES_AT_ONCE]
        shards = await read([path for path, _ in part])
        digests = [digest for _, digest in part]
        await copy_rows(connection, "search_rows", _COLUMNS, await asyncio.to_thread(_records, shards, digests))
    return await execute(connection, _INSERT, ref_id)


def _records(shards: Sequence[FileShard], digests: Sequence[bytes]) -> list[tuple[object, ...]]:
    return [
        (*map(_storable, row), digest)
        for shard, digest in zip(shards, digests, strict=True)
        for row in text_rows(shard)
    ]


def _storable(value: TextRow | str | int | None) -> object:
    return storable(value) if isinstance(value, str) else value
