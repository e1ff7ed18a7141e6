import zlib

from hypothesis import given
from hypothesis import strategies as st

from docrunch.docpack import crc


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_two_checksums_make_that_of_the_whole(first: bytes, second: bytes) -> None:
    assert crc.combine(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(first + second)


def test_many_megabytes() -> None:
    second = bytes(3 << 20) + b"end"
    assert crc.combine(zlib.crc32(b"a"), zlib.crc32(second), len(second)) == zlib.crc32(b"a" + second)
