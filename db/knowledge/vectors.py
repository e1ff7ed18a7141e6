"""Vectors of texts: looked up in the cache, composed for pairs, marked by what the database sends of them."""

import hashlib
import struct
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import execute, fetch

Vector = npt.NDArray[np.float32]

_READ = """
SELECT k.sha, e.vector FROM unnest($3::bytea[]) AS k(sha)
CROSS JOIN LATERAL (SELECT vector FROM embeddings WHERE scope = $1 AND encoder_id = $2 AND text_sha = k.sha LIMIT 1) e
"""
_KEEP = """
INSERT INTO embeddings (scope, encoder_id, dims, text_sha, vector)
SELECT $1, $2, $3, * FROM unnest($4::bytea[], $5::bytea[]) ON CONFLICT DO NOTHING
"""


async def read(connection: AsyncConnection, scope: str, encoder_id: str, keys: Iterable[str]) -> dict[str, Vector]:
    """Cached vectors by key. No use is recorded: what is written to the graph no longer needs the cache."""
    wanted = sorted(set(keys))
    rows = await fetch(connection, _READ, scope, encoder_id, [bytes.fromhex(key) for key in wanted])
    return {row["sha"].hex(): np.frombuffer(row["vector"], dtype="<f4").astype(np.float32) for row in rows}


async def keep(
    connection: AsyncConnection, scope: str, encoder_id: str, keys: Sequence[str], vectors: Sequence[Vector]
) -> int:
    """Put vectors into the cache; those that are there stay."""
    if not keys:
        return 0
    rows = sorted(zip(keys, vectors, strict=True), key=lambda row: row[0])  # one order: no deadlocks
    shas = [bytes.fromhex(key) for key, _ in rows]
    values = [np.ascontiguousarray(vector, dtype="<f4").tobytes() for _, vector in rows]
    return await execute(connection, _KEEP, scope, encoder_id, len(rows[0][1]), shas, values)


async def dimensions(connection: AsyncConnection, scope: str, encoder_id: str) -> int | None:
    """Of the vectors of an encoder; None where the cache has none."""
    rows = await fetch(
        connection, "SELECT dims FROM embeddings WHERE scope = $1 AND encoder_id = $2 LIMIT 1", scope, encoder_id
    )
    return int(rows[0]["dims"]) if rows else None


def composed(first: Vector, second: Vector) -> Vector:
    """The vector of a pair: the normalised sum of both ends. What joins two things is near both."""
    total = first + second
    length = float(np.linalg.norm(total))
    return (total / np.float32(length)).astype(np.float32) if length > 1e-6 else first


def mark(vector: Vector) -> str:
    """md5 of what pgvector's ``vector_send`` gives, so that the database itself can say whether it holds this one."""
    return hashlib.md5(struct.pack(">HH", len(vector), 0) + vector.astype(">f4").tobytes()).hexdigest()  # noqa: S324
