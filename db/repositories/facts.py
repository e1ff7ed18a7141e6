"""The cache of file facts, keyed by (scope, sha256 of the text, language, extractor)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch
from db.repositories.uses import FACTS, TOUCH_AFTER


class FactsKey(NamedTuple):
    """The scope is a separate argument of every call: no key can cross it."""

    text_sha256: str
    language: str
    extractor_id: str


_KEYS = "unnest($2::bytea[], $3::text[], $4::text[]) AS k(sha, language, extractor)"
_MATCH = "f.scope = $1 AND f.text_sha256 = k.sha AND f.language = k.language AND f.extractor_id = k.extractor"
_TOUCH = f"""
UPDATE file_facts SET used_at = now() WHERE id IN (
    SELECT f.id FROM file_facts f JOIN {_KEYS} ON {_MATCH} WHERE f.used_at < now() - $5::interval
    ORDER BY f.id FOR NO KEY UPDATE OF f)
"""
_HIT = f"""
WITH hit AS (SELECT f.id, f.text_sha256, f.language, f.extractor_id, f.facts
             FROM file_facts f JOIN {_KEYS} ON {_MATCH}),
used AS (INSERT INTO scan_uses (cache, entry_id, scan_id) SELECT {FACTS}, id, $5 FROM hit ORDER BY id
         ON CONFLICT DO NOTHING)
SELECT text_sha256, language, extractor_id, facts FROM hit
"""
_INSERT = """
INSERT INTO file_facts (scope, text_sha256, language, extractor_id, facts)
SELECT $1, * FROM unnest($2::bytea[], $3::text[], $4::text[], $5::bytea[]) ON CONFLICT DO NOTHING
"""


async def lookup_many(
    connection: AsyncConnection, scan_id: int, scope: str, keys: Sequence[FactsKey]
) -> dict[FactsKey, bytes]:
    """Encoded facts of the keys that are cached. Every hit is recorded as a use of the scan before it is returned."""
    if not keys:
        return {}
    columns = _columns(keys)
    await execute(connection, _TOUCH, scope, *columns, TOUCH_AFTER)
    rows = await fetch(connection, _HIT, scope, *columns, scan_id)
    return {
        FactsKey(row["text_sha256"].hex(), row["language"], row["extractor_id"]): bytes(row["facts"]) for row in rows
    }


async def insert_many(connection: AsyncConnection, scan_id: int, scope: str, facts: Mapping[FactsKey, bytes]) -> int:
    """Add facts and record their use; what another scan added meanwhile is kept. Returns the number of new entries."""
    if not facts:
        return 0
    keys = sorted(facts)  # one order for all writers: no deadlocks
    added = await execute(connection, _INSERT, scope, *_columns(keys), [facts[key] for key in keys])
    await lookup_many(connection, scan_id, scope, keys)
    return added


def _columns(keys: Sequence[FactsKey]) -> list[list[Any]]:
    return [
        [bytes.fromhex(key.text_sha256) for key in keys],
        [key.language for key in keys],
        [key.extractor_id for key in keys],
    ]
