"""Churn of scanned commits: written once, found by every scan of the same commit and files."""

from datetime import date

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import copy_rows, fetch, fetch_one
from db.text import storable
from docrunch.source.churn import Absent, Churn, FileChurn

_COLUMNS = ("churn_id", "path", "commits", "added", "deleted", "authors", "last")
_HEAD = """
INSERT INTO churn (repository_id, commit, tree_sha256, since, commits, complete, absent)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (repository_id, commit, tree_sha256) DO UPDATE
SET since = excluded.since, commits = excluded.commits, complete = excluded.complete, absent = excluded.absent
WHERE churn.absent IS NOT NULL RETURNING id
"""


class ChurnKey(msgspec.Struct, frozen=True):
    repository_id: int
    commit: str
    tree_sha256: str


async def is_known(connection: AsyncConnection, key: ChurnKey) -> bool:
    """Whether the churn itself is stored. That there was none is no answer for ever: a clone may have been deepened."""
    statement = "SELECT 1 FROM churn WHERE repository_id = $1 AND commit = $2 AND tree_sha256 = $3 AND absent IS NULL"
    return bool(await fetch(connection, statement, *_values(key)))


async def store(connection: AsyncConnection, key: ChurnKey, found: Churn | Absent) -> None:
    """Idempotent: what is stored is stored once; only that there was none is replaced."""
    head: tuple[date | None, int, bool, str | None] = (
        (None, 0, False, str(found))
        if isinstance(found, Absent)
        else (found.since, found.commits, found.complete, None)
    )
    row = await fetch_one(connection, _HEAD, *_values(key), *head)
    if row is None or isinstance(found, Absent):
        return
    rows = [
        (row["id"], storable(path), each.commits, each.added, each.deleted, each.authors, each.last)
        for path, each in found.files.items()
    ]
    await copy_rows(connection, "file_churn", _COLUMNS, rows)


async def load(connection: AsyncConnection, key: ChurnKey) -> Churn | Absent | None:
    """None where no scan has looked for it yet."""
    head = await fetch_one(
        connection,
        "SELECT id, since, commits, complete, absent FROM churn"
        " WHERE repository_id = $1 AND commit = $2 AND tree_sha256 = $3",
        *_values(key),
    )
    if head is None:
        return None
    if head["absent"] is not None:
        return Absent(head["absent"])
    rows = await fetch(
        connection,
        "SELECT path, commits, added, deleted, authors, last FROM file_churn WHERE churn_id = $1 ORDER BY path",
        head["id"],
    )
    files = {
        row["path"]: FileChurn(row["commits"], row["added"], row["deleted"], row["authors"], row["last"])
        for row in rows
    }
    return Churn(head["since"], head["commits"], head["complete"], files)


def _values(key: ChurnKey) -> tuple[int, str, str]:
    return key.repository_id, storable(key.commit), key.tree_sha256
