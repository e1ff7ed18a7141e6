"""One gzip member (RFC 1952) with nothing in its header that could differ: no time, no name, unknown system."""

import os
import struct
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from docrunch.errors import InvalidArchive, LimitExceeded

HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
LEVEL = 6
_PIECE = 1 << 20  # bytes deflated by one thread at a time
_WINDOW = 1 << 15  # what deflate can refer back to
_CHUNK = 1 << 16
_OUT = 1 << 20
_RATIO_FROM = 16 << 20  # bytes of output below which no ratio is suspicious


def compress(data: bytes) -> bytes:
    """The whole of ``data`` as one member. Deflate bytes depend on the zlib build, so no identity rests on them.

    Pieces are deflated side by side, each with the window before it as its dictionary. Where they are cut depends on
    the data's length alone, so the bytes are the same on any number of cores.
    """
    starts = range(0, max(len(data), 1), _PIECE)
    with ThreadPoolExecutor(min(len(starts), os.cpu_count() or 1), thread_name_prefix="deflate") as pool:
        checksum = pool.submit(zlib.crc32, data)
        pieces = list(pool.map(lambda start: _deflate(data, start), starts))
    return b"".join([HEADER, *pieces, struct.pack("<II", checksum.result(), len(data) & 0xFFFFFFFF)])


def _deflate(data: bytes, start: int) -> bytes:
    """One piece; all but the last end on a byte boundary, without the mark of the last block."""
    window = data[max(0, start - _WINDOW) : start]
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=window)
    end = start + _PIECE
    made = deflate.compress(memoryview(data)[start:end])
    return made + deflate.flush(zlib.Z_FINISH if end >= len(data) else zlib.Z_SYNC_FLUSH)


def decompress(stream: BinaryIO, *, max_bytes: int, max_ratio: int) -> Iterator[bytes]:
    """Chunks of at most 1 MiB of a member written by `compress`; memory stays bounded whatever the input says.

    Raises:
        InvalidArchive: another header, damaged data, a wrong checksum, or anything after the one member.
        LimitExceeded: more than ``max_bytes``, or output beyond ``max_ratio`` times the input read.
    """
    if stream.read(len(HEADER)) != HEADER:
        raise InvalidArchive("not a docpack: the gzip header is not the one docpacks have")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    checksum, size, read = 0, 0, len(HEADER)
    pending = b""
    try:
        while not inflate.eof:
            if not pending:
                pending = stream.read(_CHUNK)
                read += len(pending)
                if not pending:
                    raise InvalidArchive("the docpack is cut short")
            made = inflate.decompress(pending, _OUT)
            pending = inflate.unconsumed_tail
            checksum, size = zlib.crc32(made, checksum), size + len(made)
            if size > max_bytes:
                raise LimitExceeded(f"the docpack unpacks to more than {max_bytes:,} bytes")
            if size > _RATIO_FROM and size > max_ratio * read:
                raise LimitExceeded(f"the docpack unpacks to more than {max_ratio} times its size")
            if made:
                yield made
    except zlib.error as error:
        raise InvalidArchive(f"the docpack is damaged: {error}") from error
    trailer = inflate.unused_data  # all that is left: at the end of the member `pending` may repeat it
    trailer += stream.read(max(0, 9 - len(trailer)))
    if len(trailer) < 8:
        raise InvalidArchive("the docpack is cut short")
    if len(trailer) > 8:
        raise InvalidArchive("there is data after the one gzip member of the docpack")
    if struct.unpack("<II", trailer) != (checksum, size & 0xFFFFFFFF):
        raise InvalidArchive("the docpack is damaged: its checksum does not match")
