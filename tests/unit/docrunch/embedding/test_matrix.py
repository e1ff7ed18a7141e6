import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docrunch.embedding.matrix import (
    FLOAT16,
    FLOAT32,
    read_embeddings_bin,
    read_matrix,
    write_embeddings_bin,
    write_matrix,
)
from docrunch.errors import InvalidArchive

ROWS = np.arange(12, dtype=np.float32).reshape(3, 4) / 16


@pytest.mark.parametrize("dtype", [FLOAT16, FLOAT32])
def test_rows_and_ids_come_back_in_order(dtype: int) -> None:
    found = read_matrix(write_matrix(ROWS, ["c_a", "c_b", "c_ü"], dtype=dtype))
    assert found.ids == ("c_a", "c_b", "c_ü")
    assert np.array_equal(found.rows, ROWS)
    assert not found.rows.flags.writeable


def test_the_header_is_the_documented_one() -> None:
    data = write_embeddings_bin(ROWS)
    assert struct.unpack("<8sHHIQQ", data[:32]) == (b"DOCRUNMX", 1, 1, 4, 3, 0)
    assert len(data) == 32 + 3 * 4 * 2
    assert np.array_equal(read_embeddings_bin(data), ROWS)


def test_a_pack_without_texts_is_valid() -> None:
    assert read_embeddings_bin(write_embeddings_bin(np.empty((0, 384), np.float32))).shape == (0, 384)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"X" + data[1:],
        lambda data: data[:8] + b"\x09" + data[9:],
        lambda data: data[:12] + struct.pack("<I", 0) + data[16:],
        lambda data: data[:16] + struct.pack("<Q", 2**63) + data[24:],
        lambda data: data[:24] + struct.pack("<Q", 2**64 - 1) + data[32:],
        lambda data: data[:32] + struct.pack("<f", float("nan")) + data[36:],
        lambda data: data[:-1] + b"\xff",
        lambda data: data[:-2] + b"\n\n",
    ],
)
def test_damaged_or_hostile_bytes_are_refused(damage: object) -> None:
    data = write_matrix(ROWS, ["c_a", "c_b", "c_c"], dtype=FLOAT32)
    with pytest.raises(InvalidArchive):
        read_matrix(damage(data))  # type: ignore[operator]


@given(st.binary(max_size=200))
def test_random_bytes_never_crash_the_reader(data: bytes) -> None:
    with pytest.raises(InvalidArchive):
        read_matrix(b"DOCRUNMX" + data)


def test_full_precision_is_no_embeddings_bin() -> None:
    with pytest.raises(InvalidArchive):
        read_embeddings_bin(write_matrix(ROWS, (), dtype=FLOAT32))
    with pytest.raises(ValueError, match="2 ids for 3 rows"):
        write_matrix(ROWS, ["a", "b"])
