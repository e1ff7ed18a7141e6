"""Vectors of texts: composed for pairs, marked by what the database sends of them."""

import hashlib
import struct

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]


def composed(first: Vector, second: Vector) -> Vector:
    """The vector of a pair: the normalised sum of both ends. What joins two things is near both."""
    total = first + second
    length = float(np.linalg.norm(total))
    return (total / np.float32(length)).astype(np.float32) if length > 1e-6 else first


def mark(vector: Vector) -> str:
    """md5 of what pgvector's ``vector_send`` gives, so that the database itself can say whether it holds this one."""
    return hashlib.md5(struct.pack(">HH", len(vector), 0) + vector.astype(">f4").tobytes()).hexdigest()  # noqa: S324
