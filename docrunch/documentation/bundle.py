"""Pages as one object, between the workers that render them and the one that packs them."""

from collections.abc import Sequence

import msgspec
import zstandard

from docrunch.documentation.model import Page
from docrunch.errors import InvalidArchive

MAX_BYTES = 1 << 30
_LEVEL = 3
_DECODER = msgspec.msgpack.Decoder(list[Page])


def encode_pages(pages: Sequence[Page]) -> bytes:
    """Deterministic bytes of pages in path order."""
    ordered = sorted(pages, key=lambda page: page.path)
    return zstandard.ZstdCompressor(level=_LEVEL).compress(msgspec.msgpack.encode(ordered))


def decode_pages(data: bytes) -> list[Page]:
    """Raises:
    InvalidArchive: the bytes are no bundle of pages.
    """
    try:
        return _DECODER.decode(zstandard.ZstdDecompressor().decompress(data, max_output_size=MAX_BYTES))
    except (zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise InvalidArchive(f"not a bundle of pages: {error}") from error
