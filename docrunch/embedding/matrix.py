"""Matrix objects: the vectors of a scan as one file, read without copying.

Layout, little-endian:

    offset  size  field
         0     8  magic ``DOCRUNMX``
         8     2  version, 1
        10     2  dtype: 1 float16, 2 float32
        12     4  dimensions (≥ 1)
        16     8  count of rows
        24     8  size in bytes of the ids
        32        rows, count × dimensions, row-major
                  ids: ``\\n``-joined UTF-8, one per row in the same order

``embeddings.bin`` of a docpack is a matrix object of float16 rows with an ids size of 0: its ids are in
``embeddings.json``. Files from elsewhere are untrusted: every size is checked before anything is read.
"""

import struct
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from docrunch.embedding.model import Vectors
from docrunch.errors import InvalidArchive

MAGIC = b"DOCRUNMX"
VERSION = 1
FLOAT16, FLOAT32 = 1, 2
MAX_DIMENSIONS = 65_536

_HEADER = struct.Struct("<8sHHIQQ")
_DTYPES: dict[int, np.dtype[np.floating]] = {FLOAT16: np.dtype("<f2"), FLOAT32: np.dtype("<f4")}


class Matrix(msgspec.Struct, frozen=True):
    """``rows`` is (n, d) float16 or float32, a read-only view of the bytes; ``ids`` has n entries, or none."""

    rows: npt.NDArray[np.floating]
    ids: tuple[str, ...]


def write_matrix(vectors: Vectors, ids: Sequence[str], *, dtype: int = FLOAT32) -> bytes:
    """Deterministic bytes of a matrix object.

    Raises:
        ValueError: ids and rows differ in number, an id holds a line end, or a value is not finite.
    """
    if vectors.ndim != 2 or not 1 <= vectors.shape[1] <= MAX_DIMENSIONS:
        raise ValueError(f"a matrix has rows of 1 to {MAX_DIMENSIONS} dimensions, not shape {vectors.shape}")
    if ids and len(ids) != len(vectors):
        raise ValueError(f"{len(ids)} ids for {len(vectors)} rows")
    if any("\n" in id_ or not id_ for id_ in ids):
        raise ValueError("an id is empty or holds a line end")
    rows = np.ascontiguousarray(vectors, _DTYPES[dtype])
    if not np.isfinite(rows).all():
        raise ValueError("vectors hold NaN or infinity")
    names = "\n".join(ids).encode("utf-8")
    header = _HEADER.pack(MAGIC, VERSION, dtype, vectors.shape[1], len(vectors), len(names))
    return b"".join((header, rows.data if rows.size else b"", names))  # one copy


def read_matrix(data: bytes | memoryview) -> Matrix:
    """Rows and ids of a matrix object.

    Raises:
        InvalidArchive: the bytes are not exactly one matrix object of this version.
    """
    view = memoryview(data)
    if len(view) < _HEADER.size:
        raise InvalidArchive("matrix: shorter than its header")
    magic, version, dtype, dimensions, count, ids_size = _HEADER.unpack_from(view)
    if magic != MAGIC:
        raise InvalidArchive("matrix: wrong magic, this is no matrix object")
    if version != VERSION or dtype not in _DTYPES:
        raise InvalidArchive(f"matrix: version {version} with dtype {dtype} is not known to this program")
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise InvalidArchive(f"matrix: {dimensions} dimensions")
    rows_size = count * dimensions * _DTYPES[dtype].itemsize
    if _HEADER.size + rows_size + ids_size != len(view):
        raise InvalidArchive(f"matrix: {len(view)} bytes do not hold {count} rows of {dimensions} and its ids")
    rows = np.frombuffer(view, _DTYPES[dtype], count * dimensions, _HEADER.size).reshape(count, dimensions)
    if not np.isfinite(rows).all():
        raise InvalidArchive("matrix: a value is not finite")
    rows.flags.writeable = False
    return Matrix(rows, _read_ids(bytes(view[_HEADER.size + rows_size :]), count))


def _read_ids(names: bytes, count: int) -> tuple[str, ...]:
    if not names:
        return ()
    try:
        ids = tuple(names.decode("utf-8").split("\n"))
    except UnicodeDecodeError as error:
        raise InvalidArchive("matrix: ids are not UTF-8") from error
    if len(ids) != count:
        raise InvalidArchive(f"matrix: {len(ids)} ids for {count} rows")
    return ids


def write_embeddings_bin(vectors: Vectors) -> bytes:
    """``embeddings.bin`` of a docpack: float16 rows without ids; a scan without texts has count 0."""
    return write_matrix(vectors, (), dtype=FLOAT16)


def read_embeddings_bin(data: bytes) -> Vectors:
    """(n, d) float32 from ``embeddings.bin``; lengths are 1 within half precision.

    Raises:
        InvalidArchive: see `read_matrix`; also for rows that are not float16.
    """
    matrix = read_matrix(data)
    if matrix.rows.dtype != _DTYPES[FLOAT16] or matrix.ids:
        raise InvalidArchive("embeddings.bin: not half-precision rows without ids")
    return matrix.rows.astype(np.float32)
