"""One gzip member and nothing else: what hides behind it would escape every hash."""

import gzip as standard
import io
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docrunch.docpack import gzip
from docrunch.errors import InvalidArchive, LimitExceeded


def unpack(data: bytes, max_bytes: int = 1 << 26, max_ratio: int = 1_000_000) -> bytes:
    return b"".join(gzip.decompress(io.BytesIO(data), max_bytes=max_bytes, max_ratio=max_ratio))


@given(st.binary(max_size=5000))
def test_round_trip_that_other_programs_read_too(data: bytes) -> None:
    packed = gzip.compress(data)
    assert packed == gzip.compress(data)
    assert packed[:10] == gzip.HEADER
    assert unpack(packed) == data
    assert standard.decompress(packed) == data


def test_other_headers_trailing_data_and_further_members_are_refused() -> None:
    good = gzip.compress(b"data" * 100)
    with_time = good[:4] + b"\1" + good[5:]
    with_name = b"\x1f\x8b\x08\x08" + good[4:10] + b"name\0" + good[10:]
    for bad in (with_time, with_name, good + b"\0", good + good, good[:-1], good[:-9], good[:12], b"", b"PK\3\4"):
        with pytest.raises(InvalidArchive):
            unpack(bad)


def test_a_wrong_checksum_or_size_is_refused() -> None:
    good = bytearray(gzip.compress(b"data" * 100))
    for position in (-1, -8, 15):
        bad = bytes(good[:position]) + bytes([good[position] ^ 1]) + bytes(good[position:][1:])
        with pytest.raises(InvalidArchive):
            unpack(bad)


def test_a_bomb_is_stopped_early_and_in_little_memory() -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"".join(deflate.compress(bytes(1 << 20)) for _ in range(300)) + deflate.flush()
    bomb = gzip.HEADER + body + bytes(8)
    tracemalloc.start()
    with pytest.raises(LimitExceeded):
        for _ in gzip.decompress(io.BytesIO(bomb), max_bytes=1 << 40, max_ratio=250):
            pass
    with pytest.raises(LimitExceeded):
        for _ in gzip.decompress(io.BytesIO(bomb), max_bytes=1 << 22, max_ratio=1 << 20):
            pass
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("size", [(1 << 20) + 1, 3 << 20, 5_000_000])
def test_very_compressible_data_of_several_pieces_reads_back(size: int) -> None:
    """The output limit is reached in the middle of the last input, and what is left of it counts once."""
    data = b"[" * size
    packed = gzip.compress(data)
    assert standard.decompress(packed) == data
    assert unpack(packed) == data
    with pytest.raises(InvalidArchive):
        unpack(packed + b"x")
