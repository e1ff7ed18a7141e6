"""Short names for values: equal values have equal digests, in this process and for this release."""

from hashlib import blake2b

import msgspec

Digest = bytes  # 16 bytes of BLAKE2b
_SIZE = 16
_encode = msgspec.msgpack.Encoder().encode


def digest(value: object) -> Digest:
    """Of anything msgspec can encode; lists and structs keep their order, so give it ordered values."""
    return blake2b(_encode(value), digest_size=_SIZE).digest()
