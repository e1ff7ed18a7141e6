"""Vectors as integers, so that everything computed from them is equal on every machine.

``q = rint(4000·v)`` of a unit vector has ``|q| ≤ 4000 + ½·√d``. By the Cauchy–Schwarz inequality every partial sum of
a dot product of two such vectors stays below 2²⁴ up to d = 36,000, so even a float32 matrix product is exact in any
order of addition: the result does not depend on the BLAS, its threads or its instruction set.
"""

import numpy as np
import numpy.typing as npt

from docrunch.embedding.model import Vectors

SCALE = 4000
_EXACT_FLOAT32 = 1 << 24  # largest integer up to which float32 holds every integer
_DIGITS = 6  # decimals of an exported cosine

Integers = npt.NDArray[np.int32]
Cosines = npt.NDArray[np.float64]


def to_integers(vectors: Vectors) -> Integers:
    """(n, d) unit vectors → (n, d) int32.

    Raises:
        ValueError: a value is not finite, or a row is too long for exact products.
    """
    if not np.isfinite(vectors).all():
        raise ValueError("vectors hold NaN or infinity")
    made: Integers = np.rint(vectors.astype(np.float32) * np.float32(SCALE)).astype(np.int32)
    if len(made) and int(squares(made).max()) >= _EXACT_FLOAT32:
        raise ValueError("vectors are longer than 1")
    return made


def squares(integers: Integers) -> npt.NDArray[np.int64]:
    """(n,) squared lengths, exact."""
    found: npt.NDArray[np.int64] = np.einsum("ij,ij->i", integers, integers, dtype=np.int64)
    return found


def products(left: Integers, right: Integers) -> npt.NDArray[np.float32]:
    """(a, b) exact integer dot products, as float32 (every value is an integer below 2²⁴)."""
    found: npt.NDArray[np.float32] = np.matmul(left.astype(np.float32), right.astype(np.float32).T)
    return found


def cosines(left: Integers, right: Integers) -> Cosines:
    """(a, b) cosines rounded to 6 digits; 0 where a row is zero.

    Products, square root and division are correctly rounded by IEEE 754, hence equal everywhere.
    """
    lengths = np.sqrt(squares(left).astype(np.float64))[:, None] * np.sqrt(squares(right).astype(np.float64))[None, :]
    return rounded_cosines(products(left, right), np.where(lengths > 0, lengths, 1.0))


def rounded_cosines(dots: npt.NDArray[np.float32], lengths: npt.NDArray[np.float64]) -> Cosines:
    """Exact products divided by the products of lengths (> 0), at 6 decimals."""
    found: Cosines = np.round(dots / lengths, _DIGITS) + 0.0
    return found


def mean_direction(integers: Integers) -> Integers:
    """(d,) the direction of the sum of rows, again as integers of length about 4000; zero where rows cancel out."""
    total = integers.sum(axis=0, dtype=np.int64)
    length = np.sqrt(float((total * total).sum()))
    if length == 0:
        return np.zeros(integers.shape[1], np.int32)
    direction: Integers = np.rint(total * (SCALE / length)).astype(np.int32)
    return direction
