"""Values as zstd frames of msgpack. Equal values give equal bytes, so that a hash of them names the value."""

import msgspec
import zstandard

from docrunch.errors import InvalidArchive

_LEVEL = 3
_encoder = msgspec.msgpack.Encoder()


def pack(value: msgspec.Struct) -> bytes:
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=True, threads=0)
    return compressor.compress(_encoder.encode(value))


def unpack(stored: bytes, limit: int, whole: str) -> bytes:
    """The encoded value.

    Args:
        limit: bytes of it.
        whole: what the frame is a part of, for messages.

    Raises:
        InvalidArchive: damaged, or larger than the limit.
    """
    try:
        size = zstandard.frame_content_size(stored)
        if not 0 <= size <= limit:
            raise InvalidArchive(f"A part of {whole} does not state a plausible size.")
        return zstandard.ZstdDecompressor().decompress(stored, max_output_size=limit, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise InvalidArchive(f"A part of {whole} is damaged.") from error
