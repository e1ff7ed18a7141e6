"""The checksum of two strings put together, from their own (zlib's ``crc32_combine``, which Python does not offer).

A CRC is the remainder of a polynomial over GF(2), so appending n bytes multiplies it by x^(8n). Polynomials are held
with the coefficient of x^0 in the highest bit, as in zlib.
"""

from functools import lru_cache

_POLYNOMIAL = 0xEDB88320  # of RFC 1952
_ONE = 1 << 31


def combine(first: int, second: int, size: int) -> int:
    """crc32(a + b) from crc32(a), crc32(b) and the number of bytes of b."""
    return _product(_shift(size), first) ^ second


@lru_cache(maxsize=64)  # pieces have few sizes
def _shift(size: int) -> int:
    """x^(8·size)."""
    found, power = _ONE, _ONE >> 8  # x^8
    while size:
        if size & 1:
            found = _product(power, found)
        power = _product(power, power)
        size >>= 1
    return found


def _product(left: int, right: int) -> int:
    found = 0
    for bit in range(31, -1, -1):
        if left >> bit & 1:
            found ^= right
        right = right >> 1 ^ _POLYNOMIAL if right & 1 else right >> 1
    return found
