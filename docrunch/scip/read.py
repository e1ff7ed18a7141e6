"""An index from elsewhere, one document at a time. It is untrusted: sizes are bounded, damage is one clear error.

An index is a sequence of fields, and a document is one field: only one is decoded at any time, as the public schema
advises, so that memory follows the largest document and not the index. Of a document only the occurrences are decoded,
one by one; symbols, relationships and documentation stay bytes, so that no number of them and no depth costs anything.
"""

from collections.abc import Iterator
from typing import NamedTuple

from google.protobuf.message import DecodeError

from docrunch.errors import InvalidArchive, LimitExceeded
from docrunch.scip.scip_pb2 import Occurrence, SparseDocument

MAX_FIELDS = 5_000_000  # of an index: documents, and symbols from outside, of which the largest have 10⁵
MAX_DOCUMENTS = 500_000
MAX_DOCUMENT_BYTES = 64_000_000  # a document of a 1 MB file has about 10 MB
MAX_DOCUMENT_OCCURRENCES = 1_000_000
_TAGS = 4 * MAX_DOCUMENT_OCCURRENCES  # bytes that may begin an occurrence: they also begin its symbol, or are numbers
MAX_OCCURRENCES = 30_000_000  # of all documents of an index: those of 1 GB have half as many
MAX_OCCURRENCE_BYTES = 100_000  # some carry a documentation of their own
MAX_SYMBOL_LENGTH = 4_096  # characters
_DOCUMENTS = 2  # number of the field in Index
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # wire types


class Span(NamedTuple):
    """Where a document stands in the bytes of its index."""

    start: int
    end: int


def documents(index: memoryview) -> Iterator[Span]:
    """The documents of an index, in its order.

    Raises:
        InvalidArchive: the bytes are no index, or an index of nothing.
        LimitExceeded: it has more parts than any index of a repository that we scan.
    """
    at = fields = found = 0
    while at < len(index):
        key, at = _varint(index, at)
        number, wire = key >> 3, key & 7
        if wire == _BYTES:
            size, at = _varint(index, at)
            end = at + size
        elif wire == _VARINT:
            _, end = _varint(index, at)
        elif wire in (_FIXED32, _FIXED64):
            end = at + (4 if wire == _FIXED32 else 8)
        else:
            raise _damaged()
        fields += 1
        if number == 0 or end > len(index) or (number == _DOCUMENTS and wire != _BYTES):
            raise _damaged()
        if fields > MAX_FIELDS:
            raise _too_much(f"more than {MAX_FIELDS:,} parts")
        if number == _DOCUMENTS:
            found += 1
            if found > MAX_DOCUMENTS:
                raise _too_much(f"more than {MAX_DOCUMENTS:,} documents")
            yield Span(at, end)
        at = end
    if not found:
        raise InvalidArchive("The SCIP index has no documents.", hint="Give the file that the indexer wrote.")


def document(index: memoryview, span: Span) -> SparseDocument | None:
    """A document with its occurrences undecoded; None for one above the limits of a document.

    Raises:
        InvalidArchive: the bytes are no document.
    """
    if span.end - span.start > MAX_DOCUMENT_BYTES:
        return None
    data = index[span.start : span.end].tobytes()
    if data.count(b"\x12") + data.count(b"\x92") > _TAGS:  # a list of so many would be larger than the document
        return None
    try:
        found = SparseDocument.FromString(data)
    except DecodeError as error:
        raise _damaged() from error
    return found if len(found.occurrences) <= MAX_DOCUMENT_OCCURRENCES else None


def occurrences(found: SparseDocument) -> Iterator[Occurrence | None]:
    """None for one above the limits of an occurrence.

    Raises:
        InvalidArchive: the bytes are no occurrence.
    """
    for data in found.occurrences:
        if len(data) > MAX_OCCURRENCE_BYTES:
            yield None
            continue
        try:
            each = Occurrence.FromString(data)
        except DecodeError as error:
            raise _damaged() from error
        yield each if len(each.symbol) <= MAX_SYMBOL_LENGTH else None


class Count:
    """Occurrences of an index so far."""

    def __init__(self) -> None:
        self._seen = 0

    def add(self, found: SparseDocument) -> None:
        """Raises:
        LimitExceeded: they are too many.
        """
        self._seen += len(found.occurrences)
        if self._seen > MAX_OCCURRENCES:
            raise _too_much(f"more than {MAX_OCCURRENCES:,} occurrences")


def check_index(index: memoryview) -> None:
    """Read all of an index once, so that a damaged one is refused before anything is begun with it.

    Raises:
        InvalidArchive, LimitExceeded: as `documents`, `document` and `occurrences`.
    """
    count = Count()
    for span in documents(index):
        found = document(index, span)
        if found is not None:
            count.add(found)
            for _ in occurrences(found):
                pass


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


def _too_much(what: str) -> LimitExceeded:
    return LimitExceeded(f"the SCIP index has {what}", hint="Index parts of the repository and give several.")
