"""The cache of vectors, keyed by (scope, encoder, sha256 of the text). Vectors of any dimension, exact to the bit."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch
from db.repositories.uses import EMBEDDINGS, TOUCH_AFTER
from docrunch.embedding.model import Vectors
from docrunch.errors import Failed
from docrunch.ids import Sha256

_MATCH = "e.scope = $1 AND e.encoder_id = $2 AND e.text_sha = ANY($3::bytea[])"
_TOUCH = f"""
UPDATE embeddings SET used_at = now() WHERE id IN (
    SELECT e.id FROM embeddings e WHERE {_MATCH} AND e.used_at < now() - $4::interval
    ORDER BY e.id FOR NO KEY UPDATE)
"""
_USE = f"""
WITH hit AS (SELECT e.id, e.text_sha, e.dims, e.vector FROM embeddings e WHERE {_MATCH}),
used AS (INSERT INTO scan_uses (cache, entry_id, scan_id) SELECT {EMBEDDINGS}, id, $4 FROM hit ORDER BY id
         ON CONFLICT DO NOTHING)
"""
_INSERT = """
INSERT INTO embeddings (scope, encoder_id, dims, text_sha, vector)
SELECT $1, $2, $3, * FROM unnest($4::bytea[], $5::bytea[]) ON CONFLICT DO NOTHING
"""


async def missing(
    connection: AsyncConnection, scan_id: int, scope: str, encoder_id: str, text_shas: Sequence[Sha256]
) -> list[Sha256]:
    """Texts without a vector, each once, in the order given. The others are recorded as used before they count."""
    wanted = list(dict.fromkeys(text_shas))
    if not wanted:
        return []
    keys = await _touched(connection, scope, encoder_id, wanted)
    rows = await fetch(connection, f"{_USE} SELECT text_sha FROM hit", scope, encoder_id, keys, scan_id)
    found = {row["text_sha"].hex() for row in rows}
    return [sha for sha in wanted if sha not in found]


async def lookup_many(
    connection: AsyncConnection, scan_id: int, scope: str, encoder_id: str, text_shas: Sequence[Sha256]
) -> tuple[list[Sha256], Vectors]:
    """The cached texts (each once, in the order given) and their vectors, ``(n, d)`` float32; ``(0, 0)`` without a hit.

    Raises:
        Failed: one encoder id has vectors of different dimensions.
    """
    wanted = list(dict.fromkeys(text_shas))
    keys = await _touched(connection, scope, encoder_id, wanted)
    rows = await fetch(connection, f"{_USE} SELECT text_sha, dims, vector FROM hit", scope, encoder_id, keys, scan_id)
    vectors = {row["text_sha"].hex(): row["vector"] for row in rows}
    dimensions = {row["dims"] for row in rows}
    if len(dimensions) > 1:
        raise Failed(f"the embedding cache holds vectors of {sorted(dimensions)} dimensions for {encoder_id}")
    hits = [sha for sha in wanted if sha in vectors]
    matrix = np.frombuffer(b"".join(vectors[sha] for sha in hits), dtype="<f4")
    return hits, matrix.reshape(len(hits), dimensions.pop() if dimensions else 0).astype(np.float32)


async def insert_many(
    connection: AsyncConnection,
    scan_id: int,
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
    added = await execute(
        connection,
        _INSERT,
        scope,
        encoder_id,
        int(rows.shape[1]),
        [bytes.fromhex(sha) for sha, _ in ordered],
        [rows[position].tobytes() for _, position in ordered],
    )
    await missing(connection, scan_id, scope, encoder_id, text_shas)
    return added


async def _touched(
    connection: AsyncConnection, scope: str, encoder_id: str, text_shas: Sequence[Sha256]
) -> list[bytes]:
    keys = [bytes.fromhex(sha) for sha in text_shas]
    await execute(connection, _TOUCH, scope, encoder_id, keys, TOUCH_AFTER)
    return keys
