"""The cache of vectors, keyed by (scope, encoder, sha256 of the text). Vectors of any dimension, exact to the bit."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch, fetch_one
from db.repositories.uses import EMBEDDINGS, TOUCH_AFTER
from docrunch.embedding.model import Vectors
from docrunch.errors import Failed
from docrunch.ids import Sha256

# One probe of the unique index per text, whatever the planner knows: a table that was never analysed would otherwise
# be read as a whole and each row compared with every text asked for.
_HITS = """
    unnest($3::bytea[]) WITH ORDINALITY AS k(sha, n)
    CROSS JOIN LATERAL (SELECT id, dims, vector, used_at FROM embeddings
                        WHERE scope = $1 AND encoder_id = $2 AND text_sha = k.sha LIMIT 1) AS e
"""
_TOUCH = f"""
UPDATE embeddings SET used_at = now() WHERE id IN (
    SELECT id FROM embeddings WHERE used_at < now() - $4::interval AND id IN (SELECT e.id FROM {_HITS})
    ORDER BY id FOR NO KEY UPDATE)
"""
_USE = f"""
WITH hit AS MATERIALIZED (SELECT k.n, e.id, e.used_at < now() - $5::interval AS old, %s FROM {_HITS}),
used AS (INSERT INTO scan_uses (cache, entry_id, scan_id)
         SELECT {EMBEDDINGS}, id, $4 FROM hit WHERE NOT old AND $4::bigint IS NOT NULL ORDER BY id
         ON CONFLICT DO NOTHING)
"""
_MISSING = f"""
{_USE % "1"}
SELECT n, false AS old FROM generate_series(1, cardinality($3::bytea[])) AS n WHERE n NOT IN (SELECT n FROM hit)
UNION ALL SELECT n, true FROM hit WHERE old
"""
_LOOKUP = f"{_USE % 'e.dims, e.vector'} SELECT n, old, dims, CASE WHEN NOT old THEN vector END AS vector FROM hit"
_INSERT = f"""
WITH added AS (INSERT INTO embeddings (scope, encoder_id, dims, text_sha, vector)
               SELECT $1, $2, $3, * FROM unnest($4::bytea[], $5::bytea[]) ON CONFLICT DO NOTHING RETURNING id),
used AS (INSERT INTO scan_uses (cache, entry_id, scan_id) SELECT {EMBEDDINGS}, id, $6 FROM added
         WHERE $6::bigint IS NOT NULL ORDER BY id)
SELECT count(*) AS n FROM added
"""
_UNNOTED = f"""
SELECT k.n FROM {_HITS} WHERE NOT EXISTS
    (SELECT FROM scan_uses u WHERE u.cache = {EMBEDDINGS} AND u.entry_id = e.id AND u.scan_id = $4)
"""


async def missing(
    connection: AsyncConnection, scan_id: int, scope: str, encoder_id: str, text_shas: Sequence[Sha256]
) -> list[Sha256]:
    """Texts without a vector, each once, in the order given. The others are recorded as used before they count."""
    wanted = list(dict.fromkeys(text_shas))
    keys = [bytes.fromhex(sha) for sha in wanted]
    return [Sha256(key.hex()) for key in await missing_keys(connection, scan_id, scope, encoder_id, keys)]


async def missing_keys(
    connection: AsyncConnection, scan_id: int | None, scope: str, encoder_id: str, keys: Sequence[bytes]
) -> list[bytes]:
    """`missing` for hashes of 32 bytes, each given once."""
    absent: set[bytes] = set()
    left = list(keys)
    while left:
        rows = await fetch(connection, _MISSING, scope, encoder_id, left, scan_id, TOUCH_AFTER)
        absent.update(left[row["n"] - 1] for row in rows if not row["old"])
        left = await _touched(connection, scope, encoder_id, [left[row["n"] - 1] for row in rows if row["old"]])
    return [key for key in keys if key in absent]


async def note_uses(
    connection: AsyncConnection, scan_id: int, scope: str, encoder_id: str, keys: Sequence[bytes]
) -> int:
    """Record that a scan relies on vectors which it did not look up itself. Returns how many were not noted before."""
    rows = await fetch(connection, _UNNOTED, scope, encoder_id, list(keys), scan_id)
    found = [keys[row["n"] - 1] for row in rows]
    return len(found) - len(await missing_keys(connection, scan_id, scope, encoder_id, found))


async def dimensions(connection: AsyncConnection, scope: str, encoder_id: str) -> int | None:
    """Of the vectors of an encoder; None where the cache has none."""
    row = await fetch_one(
        connection, "SELECT dims FROM embeddings WHERE scope = $1 AND encoder_id = $2 LIMIT 1", scope, encoder_id
    )
    return int(row["dims"]) if row else None


async def lookup_many(
    connection: AsyncConnection, scan_id: int | None, scope: str, encoder_id: str, text_shas: Sequence[Sha256]
) -> tuple[list[Sha256], Vectors]:
    """The cached texts (each once, in the order given) and their vectors, ``(n, d)`` float32; ``(0, 0)`` without a hit.

    ``scan_id`` None: no scan relies on them; they live as long as their age allows.

    Raises:
        Failed: one encoder id has vectors of different dimensions.
    """
    wanted = list(dict.fromkeys(text_shas))
    vectors: dict[str, bytes] = {}
    dimensions: set[int] = set()
    left = [bytes.fromhex(sha) for sha in wanted]
    while left:
        rows = await fetch(connection, _LOOKUP, scope, encoder_id, left, scan_id, TOUCH_AFTER)
        vectors.update((left[row["n"] - 1].hex(), row["vector"]) for row in rows if not row["old"])
        dimensions.update(row["dims"] for row in rows)
        left = await _touched(connection, scope, encoder_id, [left[row["n"] - 1] for row in rows if row["old"]])
    if len(dimensions) > 1:
        raise Failed(f"the embedding cache holds vectors of {sorted(dimensions)} dimensions for {encoder_id}")
    hits = [sha for sha in wanted if sha in vectors]
    matrix = np.frombuffer(b"".join(vectors[sha] for sha in hits), dtype="<f4")
    return hits, matrix.reshape(len(hits), dimensions.pop() if dimensions else 0).astype(np.float32)


async def insert_many(
    connection: AsyncConnection,
    scan_id: int | None,
    scope: str,
    encoder_id: str,
    text_shas: Sequence[Sha256],
    vectors: Vectors,
) -> int:
    """Store ``vectors[i]`` for ``text_shas[i]`` and record the use; an existing vector is never overwritten.

    Returns the number of new entries.

    Raises:
        ValueError: the number of rows is not the number of texts.
    """
    if vectors.shape[0] != len(text_shas):
        raise ValueError(f"{len(text_shas)} texts but {vectors.shape[0]} vectors")
    if not text_shas:
        return 0
    rows = np.ascontiguousarray(vectors, dtype="<f4")
    ordered = sorted({sha: position for position, sha in enumerate(text_shas)}.items())  # one order: no deadlocks
    keys = [bytes.fromhex(sha) for sha, _ in ordered]
    values = [rows[position].tobytes() for _, position in ordered]
    [row] = await fetch(connection, _INSERT, scope, encoder_id, int(rows.shape[1]), keys, values, scan_id)
    added = int(row["n"])
    if added < len(keys):  # somebody else stored the others: a hit is used as any other
        await missing_keys(connection, scan_id, scope, encoder_id, keys)
    return added


async def _touched(connection: AsyncConnection, scope: str, encoder_id: str, keys: list[bytes]) -> list[bytes]:
    """Refresh entries so old that a cleanup might be deleting them, and wait for it: they are to be looked up again."""
    if keys:
        await execute(connection, _TOUCH, scope, encoder_id, keys, TOUCH_AFTER)
    return keys
