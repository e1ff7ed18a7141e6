"""Which documents hold a term, and what it is worth there: a sparse matrix by term."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from docrunch.search.documents import Field
from docrunch.search.ranking import Weights, field_factors, saturated
from docrunch.search.shards import FileShard

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int32]
Worth = npt.NDArray[np.float32]


class Postings(NamedTuple):
    """``terms``: sorted hashes. Documents of term number t: ``documents[starts[t]:starts[t + 1]]``, ascending, and what
    it is worth in each of them in ``worth``."""

    terms: Hashes
    starts: npt.NDArray[np.int64]
    documents: Numbers
    worth: Worth


class _Entries(NamedTuple):
    """(term hash number, document, worth) by document; ``hashes`` are those that terms number, with repetitions."""

    hashes: Hashes
    terms: npt.NDArray[np.int64]
    documents: npt.NDArray[np.int64]
    worth: Worth


def make_postings(shards: Sequence[FileShard], starts: Sequence[int], weights: Weights) -> Postings:
    """Args: ``starts``: the number of the first document of each shard."""
    return _sorted(_entries(shards, starts, weights))


def replace_postings(
    old: Postings, kept: Numbers, shards: Sequence[FileShard], starts: Sequence[int], weights: Weights
) -> Postings:
    """The postings of an index of which some documents went, moved, and came: equal to making all anew.

    Args:
        kept: the new number of each old document, -1 where it is gone.
        shards: of the documents that came; ``starts`` as in `make_postings`.
    """
    new = _entries(shards, starts, weights)
    moved = kept[old.documents]
    stays = moved >= 0
    terms = np.repeat(np.arange(len(old.terms)), np.diff(old.starts))[stays]
    entries = _Entries(
        np.concatenate([old.terms, new.hashes]),
        np.concatenate([terms, new.terms + len(old.terms)]),
        np.concatenate([moved[stays].astype(np.int64), new.documents]),
        np.concatenate([old.worth[stays], new.worth]),
    )
    return _sorted(entries)


def _entries(shards: Sequence[FileShard], starts: Sequence[int], weights: Weights) -> _Entries:
    parts = [_of_shard(shard, start, weights) for shard, start in zip(shards, starts, strict=True)]
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return _Entries(np.zeros(0, dtype=np.uint64), none, none, np.zeros(0, dtype=np.float32))
    offsets = np.cumsum([0, *(len(part.hashes) for part in parts[:-1])])
    return _Entries(
        np.concatenate([part.hashes for part in parts]),
        np.concatenate([part.terms + offset for part, offset in zip(parts, offsets, strict=True)]),
        np.concatenate([part.documents for part in parts]),
        np.concatenate([part.worth for part in parts]),
    )


def _of_shard(shard: FileShard, start: int, weights: Weights) -> _Entries:
    terms, places = np.frombuffer(shard.terms, "<u4"), np.frombuffer(shard.places, "<u4")
    fields, counts = np.frombuffer(shard.fields, "u1"), np.frombuffer(shard.counts, "u1")
    lengths = np.frombuffer(shard.lengths, "<u4").reshape(-1, len(Field))
    hashes = np.frombuffer(shard.hashes, "<u8")
    if not len(terms):
        none = np.zeros(0, dtype=np.int64)
        return _Entries(hashes, none, none, np.zeros(0, dtype=np.float32))
    each = counts * field_factors(lengths, weights)[places, fields]
    first = np.flatnonzero(np.concatenate([[True], (np.diff(terms) != 0) | (np.diff(places) != 0)]))
    worth = saturated(np.add.reduceat(each, first).astype(np.float32), weights)
    return _Entries(hashes, terms[first].astype(np.int64), places[first].astype(np.int64) + start, worth)


def _sorted(entries: _Entries) -> Postings:
    hashes, number = np.unique(entries.hashes, return_inverse=True)
    terms = number[entries.terms].astype(np.int64)
    order = np.argsort((terms << 32) | entries.documents)  # no two are equal
    counts = np.bincount(terms, minlength=len(hashes))
    used = counts > 0  # some are terms of documents that are gone
    starts = np.concatenate([[0], np.cumsum(counts[used])]).astype(np.int64)
    return Postings(hashes[used], starts, entries.documents[order].astype(np.int32), entries.worth[order])
