"""The searchable part of one file as an immutable object, and the list of them that is the index of a scan.

A shard is a function of the file's path, language, text and nodes, and of this package: it holds nothing about other
files, so it is the same bytes in every scan that has the file unchanged.

Terms stand in a shard twice: as words, for stores that search words, and as 64-bit hashes, so that an index is put
together without making a string.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import msgspec
import numpy as np
import numpy.typing as npt

from docrunch.canonical import sha256_hex
from docrunch.errors import InvalidArchive
from docrunch.frames import pack, unpack
from docrunch.remembered import remembered
from docrunch.search.analysis import count_terms
from docrunch.search.documents import Field, Found
from docrunch.search.model import DocumentKind, SearchDocument
from docrunch.search.names import key_hash, name_keys

SCHEMA = "docrunch.search/1"
MAX_SHARD_BYTES = 256_000_000
MAX_INDEX_BYTES = 256_000_000
MOST_COUNTED = 255  # occurrences of a term in one field: more say nothing more
KINDS = tuple(DocumentKind)
_WHOLE = "a stored search index"
_U64, _U32, _I32, _U8 = (np.dtype(name) for name in ("<u8", "<u4", "<i4", "u1"))


class FileShard(msgspec.Struct, frozen=True, array_like=True):
    """Columns of little-endian numbers. Documents are numbered from 0 in the order of the file.

    ``kinds, lines, end_lines, symbols``: one per document; ``symbols`` are numbers in the facts of the file.
    ``lengths``: (documents, fields) numbers of terms. ``words`` and ``hashes``: the distinct terms, by hash.
    ``postings``: (term, document, field, count), by term, document and field.
    ``names``: hashes of what documents are called (`name_keys`), with the number of each document in ``named``.
    """

    schema: str
    path: str
    documents: msgspec.Raw  # of tuple[SearchDocument, ...]
    ids: bytes  # u64
    kinds: bytes  # u8
    lines: bytes  # u32
    end_lines: bytes  # u32
    symbols: bytes  # i32
    lengths: bytes  # u32
    words: msgspec.Raw  # of tuple[str, ...]
    hashes: bytes  # u64
    terms: bytes  # u32
    places: bytes  # u32
    fields: bytes  # u8
    counts: bytes  # u8
    names: bytes  # u64
    named: bytes  # u32


class Part(msgspec.Struct, frozen=True, array_like=True):
    """One file of an index. ``text`` and ``nodes`` say what its shard follows from.

    ``graph`` names the shard of the graph that the nodes were read from: where that is the same, so are they.
    """

    path: str
    shard: str  # sha256 of the stored bytes
    text: str = ""
    nodes: str = ""
    graph: str = ""


class SearchObject(msgspec.Struct, frozen=True):
    """The index of a scan: its files by path, and what each row of the matrix object speaks of.

    ``files, symbols, lines`` (u32, i32, u32): the file (its number in ``parts``), the symbol in the file's facts (-1
    without) and the first line of the text of each row; empty for scans without vectors.
    """

    schema: str
    repository: str
    commit: str
    parts: tuple[Part, ...]
    files: bytes = b""
    symbols: bytes = b""
    lines: bytes = b""


_encoder = msgspec.msgpack.Encoder()
_shard_decoder = msgspec.msgpack.Decoder(FileShard)
_documents_decoder = msgspec.msgpack.Decoder(tuple[SearchDocument, ...])
_words_decoder = msgspec.msgpack.Decoder(tuple[str, ...])
_index_decoder = msgspec.msgpack.Decoder(SearchObject)


@remembered(65_536)
def term_hash(term: str) -> int:
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")


def make_shard(path: str, found: Sequence[Found]) -> FileShard:
    """Args: ``found``: all documents of the file, in order."""
    lengths = np.zeros((len(found), len(Field)), dtype=_U32)
    number: dict[str, int] = {}
    terms: list[int] = []
    counts: list[int] = []
    groups: list[tuple[int, int, int]] = []  # document, field, number of distinct terms
    for place, each in enumerate(found):
        for field, text in each.texts.items():
            counted = count_terms(text)
            terms += [number.setdefault(term, len(number)) for term in counted]
            counts += counted.values()
            groups.append((place, field, len(counted)))
            lengths[place, field] = sum(counted.values())
    words = sorted(number, key=term_hash)
    postings = _postings(terms, counts, groups, [number[word] for word in words])
    documents = [each.document for each in found]
    named = sorted({(key, place) for place, each in enumerate(documents) for key in name_keys(each)})
    return FileShard(
        SCHEMA,
        path,
        msgspec.Raw(_encoder.encode(documents)),
        _packed((key_hash(each.id) for each in documents), _U64),
        _packed((KINDS.index(each.kind) for each in documents), _U8),
        _packed((each.line for each in documents), _U32),
        _packed((each.end_line for each in documents), _U32),
        _packed((each.symbol for each in found), _I32),
        lengths.tobytes(),
        msgspec.Raw(_encoder.encode(words)),
        _packed(map(term_hash, words), _U64),
        postings[:, 0].astype(_U32).tobytes(),
        postings[:, 1].astype(_U32).tobytes(),
        postings[:, 2].astype(_U8).tobytes(),
        postings[:, 3].astype(_U8).tobytes(),
        _packed((key for key, _ in named), _U64),
        _packed((place for _, place in named), _U32),
    )


def _postings(
    terms: list[int], counts: list[int], groups: list[tuple[int, int, int]], words: list[int]
) -> npt.NDArray[np.int64]:
    """(term, document, field, count) in that order, the terms numbered in the order of ``words``."""
    order = np.empty(len(words), dtype=np.int64)
    order[words] = np.arange(len(words))
    place, field, size = np.array(groups, dtype=np.int64).reshape(-1, 3).T
    columns = (
        order[np.array(terms, dtype=np.int64)],
        np.repeat(place, size),
        np.repeat(field, size),
        np.minimum(np.array(counts, dtype=np.int64), MOST_COUNTED),
    )
    found = np.stack(columns, axis=1)
    return found[np.lexsort((found[:, 2], found[:, 1], found[:, 0]))]


def pack_shard(shard: FileShard) -> tuple[str, bytes]:
    """The sha256 that names a shard, and its bytes."""
    stored = pack(shard)
    return sha256_hex(stored), stored


def read_shard(stored: bytes) -> FileShard:
    """Raises: InvalidArchive for bytes that are no shard of this version. Their hash is the store's to check."""
    try:
        found = _shard_decoder.decode(unpack(stored, MAX_SHARD_BYTES, _WHOLE))
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise InvalidArchive("A part of a stored search index is damaged.") from error
    if found.schema != SCHEMA or not _fits(found):
        raise InvalidArchive("A part of a stored search index is of an unknown form.")
    return found


def _fits(shard: FileShard) -> bool:
    """Whether all columns have one length, and no number points outside."""
    count, distinct = len(shard.kinds), len(shard.hashes) // 8
    per_document = (
        len(shard.ids) == 8 * count,
        len(shard.lines) == len(shard.end_lines) == len(shard.symbols) == 4 * count,
        len(shard.lengths) == 4 * count * len(Field),
        len(shard.terms) == len(shard.places) == 4 * len(shard.fields) == 4 * len(shard.counts),
        len(shard.names) == 2 * len(shard.named),
    )
    return all(per_document) and all(
        not values or int(np.frombuffer(values, kind).max()) < bound
        for values, kind, bound in (
            (shard.terms, _U32, distinct),
            (shard.places, _U32, count),
            (shard.named, _U32, count),
            (shard.fields, _U8, len(Field)),
            (shard.kinds, _U8, len(KINDS)),
        )
    )


def documents_of(shard: FileShard) -> tuple[SearchDocument, ...]:
    """Raises: InvalidArchive."""
    return decode_documents(shard.documents)


def decode_documents(raw: msgspec.Raw | bytes) -> tuple[SearchDocument, ...]:
    try:
        return _documents_decoder.decode(raw)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InvalidArchive("A part of a stored search index is damaged.") from error


def words_of(shard: FileShard) -> tuple[str, ...]:
    """The distinct terms of a file, numbered as in ``terms``. Raises: InvalidArchive."""
    try:
        return _words_decoder.decode(shard.words)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InvalidArchive("A part of a stored search index is damaged.") from error


def pack_index(index: SearchObject) -> bytes:
    return pack(index)


def read_index(stored: bytes) -> SearchObject:
    """Raises: InvalidArchive for bytes that are no index of this version."""
    try:
        found = _index_decoder.decode(unpack(stored, MAX_INDEX_BYTES, _WHOLE))
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise InvalidArchive("The index of a stored search index is damaged, or of an unknown form.") from error
    paths = [part.path for part in found.parts]
    if found.schema != SCHEMA or paths != sorted(set(paths)):
        raise InvalidArchive("The index of a stored search index is of an unknown form.")
    if not len(found.files) == len(found.symbols) == len(found.lines):
        raise InvalidArchive("The index of a stored search index is of an unknown form.")
    return found


def _packed(values: Iterable[int], kind: np.dtype[np.integer]) -> bytes:
    return np.array(list(values), dtype=kind).tobytes()
