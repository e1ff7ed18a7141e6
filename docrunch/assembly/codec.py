"""Assembly as bytes, for the object store."""

import msgspec
import zstandard

from docrunch.assembly.model import Assembly
from docrunch.errors import InvalidArchive

MAX_BYTES = 1 << 31  # decompressed; a repository of two million nodes stays below
_LEVEL = 3
_ENCODER = msgspec.msgpack.Encoder(order="deterministic")
_DECODER = msgspec.msgpack.Decoder(Assembly)


def encode_assembly(assembly: Assembly) -> bytes:
    """Deterministic bytes: equal assemblies have equal bytes under one zstandard version."""
    return zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True).compress(_ENCODER.encode(assembly))


def decode_assembly(data: bytes) -> Assembly:
    """Raises:
    InvalidArchive: the bytes are not an assembly.
    """
    try:
        plain = zstandard.ZstdDecompressor().decompress(data, max_output_size=MAX_BYTES)
        return _DECODER.decode(plain)
    except (zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise InvalidArchive(f"not an assembly object: {error}") from error
