"""One gzip member (RFC 1952) with nothing in its header that could differ: no time, no name, unknown system."""

import os
import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from threading import Semaphore
from typing import BinaryIO

import msgspec

from docrunch.docpack import crc
from docrunch.errors import InvalidArchive, LimitExceeded

HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
LEVEL = 3  # half the time of 6 for a tenth more bytes
STORED = 0  # for what does not compress
_PIECE = 1 << 20  # bytes deflated by one thread at a time
_WINDOW = 1 << 15  # what deflate can refer back to
_END = b"\x03\x00"  # an empty last block
_CHUNK = 1 << 16
_OUT = 1 << 20
_AHEAD = 4  # pieces per thread that wait: whoever makes members faster than they are deflated does not hold them all
_RATIO_FROM = 16 << 20  # bytes of output below which no ratio is suspicious


class Part(msgspec.Struct, frozen=True):
    """A stretch of the member's data, being deflated on its own."""

    pieces: deque[Future[tuple[bytes, int, int]]]  # deflated, checksum, size before; `joined` takes them


class Deflating:
    """Deflates parts of one member side by side, in any order; `joined` puts them together in that of the member.

    A piece has the window before it in its part as its dictionary. Where pieces are cut depends on the lengths of
    the parts alone, so the bytes are the same on any number of cores. They depend on the zlib build: no identity rests
    on them.
    """

    def __init__(self) -> None:
        threads = os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="deflate")
        self._room = Semaphore(_AHEAD * threads)

    def __enter__(self) -> "Deflating":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def part(self, chunks: Iterable[bytes], level: int = LEVEL) -> Part:
        """Begin with the chunks as one part; what was copied from them is let go of once it is deflated."""
        pieces = []
        window = b""
        for piece in _cut(chunks):
            self._room.acquire()
            pieces.append(self._pool.submit(_deflate, piece, window, level))
            pieces[-1].add_done_callback(lambda _: self._room.release())
            window = piece[-_WINDOW:]
        return Part(deque(pieces))


def joined(parts: Iterable[Part]) -> bytes:
    """The member of the parts, one after another. A piece is let go of once it is written: none is held twice."""
    made, checksum, size = BytesIO(), 0, 0
    made.write(HEADER)
    for part in parts:
        while part.pieces:
            deflated, its_checksum, its_size = part.pieces.popleft().result()
            made.write(deflated)
            checksum, size = crc.combine(checksum, its_checksum, its_size), size + its_size
    made.write(_END + struct.pack("<II", checksum, size & 0xFFFFFFFF))
    return made.getvalue()


def compress(data: bytes) -> bytes:
    """The whole of ``data`` as one member."""
    with Deflating() as deflating:
        return joined([deflating.part([data])])


def _cut(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of `_PIECE`, the last one shorter."""
    rest = bytearray()
    for chunk in chunks:
        start = 0
        while len(rest) + len(chunk) - start >= _PIECE:
            end = start + _PIECE - len(rest)
            yield bytes(rest) + chunk[start:end]
            rest.clear()
            start = end
        rest += memoryview(chunk)[start:]
    if rest:
        yield bytes(rest)


def _deflate(piece: bytes, window: bytes, level: int) -> tuple[bytes, int, int]:
    """Deflated up to a byte boundary, without the mark of the last block."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=window)
    made = deflate.compress(piece)
    return made + deflate.flush(zlib.Z_SYNC_FLUSH), zlib.crc32(piece), len(piece)


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
