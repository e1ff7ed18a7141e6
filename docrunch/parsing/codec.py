"""Facts as bytes: MessagePack in one zstd frame, equal bytes for equal facts."""

import msgspec
import zstandard

from docrunch.errors import InvalidArchive
from docrunch.parsing.model import FileFacts

_LEVEL = 3  # measured: within 8 % of level 9 on real facts, at a sixth of the time
MAX_DECODED_BYTES = 256_000_000  # no facts of a file within the limits come near this

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(FileFacts)


def encode_facts(facts: FileFacts) -> bytes:
    """Deterministic: field order is that of the model, the frame states its content size and a checksum."""
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=True, threads=0)
    return compressor.compress(_encoder.encode(facts))


def decode_facts(data: bytes) -> FileFacts:
    """Facts from untrusted bytes.

    Raises:
        InvalidArchive: not a single complete frame of valid facts, or larger than `MAX_DECODED_BYTES`.
    """
    try:
        size = zstandard.frame_content_size(data)
        if not 0 <= size <= MAX_DECODED_BYTES:
            raise InvalidArchive("The stored facts of a file do not state a plausible size.")
        raw = zstandard.ZstdDecompressor().decompress(data, max_output_size=MAX_DECODED_BYTES, allow_extra_data=False)
        return _decoder.decode(raw)
    except (zstandard.ZstdError, msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise InvalidArchive("The stored facts of a file are damaged.") from error
