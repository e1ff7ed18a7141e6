"""The cache of file facts, keyed by (scope, sha256 of the text, language, extractor)."""

from collections.abc import Container, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch
from db.repositories.uses import FACTS, TOUCH_AFTER


class FactsKey(NamedTuple):
    """The scope is a separate argument of every call: no key can cross it."""

    text_sha256: str
    language: str
    extractor_id: str


# One probe of the unique index per key, as in `db.repositories.embeddings`.
_HITS = """
    unnest($2::bytea[], $3::text[], $4::text[], $5::boolean[]) WITH ORDINALITY AS k(sha, language, extractor, held, n)
    CROSS JOIN LATERAL (SELECT id, facts, used_at FROM file_facts
                        WHERE scope = $1 AND text_sha256 = k.sha AND language = k.language
                          AND extractor_id = k.extractor LIMIT 1) AS f
"""
_TOUCH = f"""
UPDATE file_facts SET used_at = now() WHERE id IN (
    SELECT id FROM file_facts WHERE used_at < now() - $6::interval AND id IN (SELECT f.id FROM {_HITS})
    ORDER BY id FOR NO KEY UPDATE)
"""
_LOOKUP = f"""
WITH hit AS MATERIALIZED (SELECT k.n, f.id, f.used_at < now() - $7::interval AS old,
                                 CASE WHEN NOT k.held THEN f.facts END AS facts FROM {_HITS}),
used AS (INSERT INTO scan_uses (cache, entry_id, scan_id)
         SELECT {FACTS}, id, $6 FROM hit WHERE NOT old ORDER BY id ON CONFLICT DO NOTHING)
SELECT n, old, facts FROM hit
"""
_INSERT = """
INSERT INTO file_facts (scope, text_sha256, language, extractor_id, facts)
SELECT $1, * FROM unnest($2::bytea[], $3::text[], $4::text[], $5::bytea[]) ON CONFLICT DO NOTHING
"""


async def lookup_many(
    connection: AsyncConnection, scan_id: int, scope: str, keys: Sequence[FactsKey], held: Container[FactsKey] = ()
) -> dict[FactsKey, bytes | None]:
    """Encoded facts of the keys that are cached. Every hit is recorded as a use of the scan before it is returned.

    Args:
        held: keys whose facts the caller has in memory: None is returned for those that are cached.
    """
    found: dict[FactsKey, bytes | None] = {}
    left = list(keys)
    while left:
        columns = _columns(left, held)
        rows = await fetch(connection, _LOOKUP, scope, *columns, scan_id, TOUCH_AFTER)
        found.update((left[row["n"] - 1], row["facts"]) for row in rows if not row["old"])
        old = [left[row["n"] - 1] for row in rows if row["old"]]  # a cleanup might be deleting them: wait for it
        if old:
            await execute(connection, _TOUCH, scope, *_columns(old, held), TOUCH_AFTER)
        left = old
    return found


async def insert_many(connection: AsyncConnection, scan_id: int, scope: str, facts: Mapping[FactsKey, bytes]) -> int:
    """Add facts and record their use; what another scan added meanwhile is kept. Returns the number of new entries."""
    if not facts:
        return 0
    keys = sorted(facts)  # one order for all writers: no deadlocks
    hashes, languages, extractors, _ = _columns(keys, facts)
    added = await execute(connection, _INSERT, scope, hashes, languages, extractors, [facts[key] for key in keys])
    await lookup_many(connection, scan_id, scope, keys, held=facts)
    return added


def _columns(keys: Sequence[FactsKey], held: Container[FactsKey]) -> list[list[Any]]:
    return [
        [bytes.fromhex(key.text_sha256) for key in keys],
        [key.language for key in keys],
        [key.extractor_id for key in keys],
        [key in held for key in keys],
    ]
