"""An index from elsewhere, one document at a time. It is untrusted: sizes are bounded, damage is one clear error.

An index is a sequence of fields, and a document is one field: only one is decoded at any time, as the public schema
advises, so that memory follows the largest document and not the index.
"""

from collections.abc import Iterator
from pathlib import Path

from google.protobuf.message import DecodeError

from docrunch.errors import InvalidArchive, LimitExceeded, NotFound
from docrunch.scip.scip_pb2 import Document

MAX_INDEX_BYTES = 1_000_000_000
MAX_DOCUMENT_BYTES = 64_000_000  # a document of a 1 MB file has about 10 MB
_DOCUMENTS = 2  # number of the field in Index
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # wire types


def load_index(path: Path) -> bytes:
    """Raises:
    NotFound: there is no such file.
    LimitExceeded: it is larger than `MAX_INDEX_BYTES`.
    """
    try:
        size = path.stat().st_size
        if size > MAX_INDEX_BYTES:
            raise LimitExceeded(f"the SCIP index {path} has {size:,} bytes, the limit is {MAX_INDEX_BYTES:,}")
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"the SCIP index {path} cannot be read: {error.strerror}") from error


def documents(index: bytes) -> Iterator[Document]:
    """The documents of an index, in its order.

    Raises:
        InvalidArchive: the bytes are no index.
        LimitExceeded: a document is larger than `MAX_DOCUMENT_BYTES`.
    """
    view, at = memoryview(index), 0
    while at < len(view):
        key, at = _varint(view, at)
        number, wire = key >> 3, key & 7
        if wire == _BYTES:
            size, at = _varint(view, at)
            end = at + size
        elif wire == _VARINT:
            _, end = _varint(view, at)
        elif wire in (_FIXED32, _FIXED64):
            end = at + (4 if wire == _FIXED32 else 8)
        else:
            raise _damaged()
        if number == 0 or end > len(view):
            raise _damaged()
        if number == _DOCUMENTS:
            if wire != _BYTES:
                raise _damaged()
            yield _document(view[at:end])
        at = end


def _document(data: memoryview) -> Document:
    if len(data) > MAX_DOCUMENT_BYTES:
        raise LimitExceeded(
            f"a document of the SCIP index has {len(data):,} bytes, the limit is {MAX_DOCUMENT_BYTES:,}"
        )
    try:
        return Document.FromString(data.tobytes())
    except DecodeError as error:
        raise _damaged() from error


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    """A number of at most ten bytes, and where the next thing starts."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(view):
            raise _damaged()
        byte = view[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise _damaged()


def _damaged() -> InvalidArchive:
    return InvalidArchive("The SCIP index is damaged.", hint="Make it again with the tool that wrote it.")
