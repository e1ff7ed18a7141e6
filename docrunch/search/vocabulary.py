"""The terms of an index as letters in one array, to find those that a misspelt word may have meant."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from docrunch.search.shards import FileShard, words_of

SHORTEST, LONGEST = 4, 40  # letters of a term that is put right: shorter ones are near to too much
MOST_COMPARED = 20_000  # terms made of nearly the same letters: more were written to cost time
FAR_FROM = 8  # letters from which two slips are forgiven, else one

_ALPHABET = b"abcdefghijklmnopqrstuvwxyz0123456789"
_BIT = np.zeros(256, np.uint64)
_BIT[np.frombuffer(_ALPHABET, np.uint8)] = np.uint64(1) << np.arange(len(_ALPHABET), dtype=np.uint64)


class Near(NamedTuple):
    """``slips``: letters that are missing, too many, wrong, or two in a row exchanged."""

    term: str
    slips: int


class Vocabulary:
    """ASCII terms of `SHORTEST` to `LONGEST` letters and digits, 57 bytes each. Never changed."""

    def __init__(self, hashes: Mapping[str, int]) -> None:
        """Args: ``hashes``: by term."""
        kept = sorted(each for each in hashes if SHORTEST <= len(each) <= LONGEST and _is_plain(each))
        self._fill(np.array(kept, f"S{LONGEST}"), np.array([hashes[each] for each in kept], np.uint64))

    def _fill(self, terms: npt.NDArray[np.bytes_], hashes: npt.NDArray[np.uint64]) -> None:
        self._terms, self._hashes = terms, hashes
        self._letters = terms.view(np.uint8).reshape(len(terms), LONGEST)
        self._lengths = np.char.str_len(terms).astype(np.uint8)
        self._bags = np.bitwise_or.reduce(_BIT[self._letters], axis=1)

    @classmethod
    def of(cls, shards: Iterable[FileShard]) -> "Vocabulary":
        found: dict[str, int] = {}
        for shard in shards:
            found.update(zip(words_of(shard), np.frombuffer(shard.hashes, "<u8").tolist(), strict=True))
        return cls(found)

    def joined(self, other: "Vocabulary", known: npt.NDArray[np.uint64]) -> "Vocabulary":
        """Both, without terms that are gone. Args: ``known``: the sorted hashes of those that are not."""
        terms, first = np.unique(np.concatenate([self._terms, other._terms]), return_index=True)
        hashes = np.concatenate([self._hashes, other._hashes])[first]
        stays = np.isin(hashes, known)
        found = object.__new__(Vocabulary)
        found._fill(terms[stays], hashes[stays])
        return found

    def __len__(self) -> int:
        return len(self._terms)

    def near(self, term: str) -> list[Near]:
        """The terms within one slip, or two of a long one; the nearest first, then by letters."""
        if not (SHORTEST <= len(term) <= LONGEST and _is_plain(term)):
            return []
        most = 2 if len(term) >= FAR_FROM else 1
        letters = np.frombuffer(term.encode(), np.uint8)
        others = np.bitwise_count(self._bags ^ np.bitwise_or.reduce(_BIT[letters]))
        lengths = np.abs(self._lengths.astype(np.int16) - len(term))
        places = np.flatnonzero((lengths <= most) & (others <= 2 * most))
        places = places[np.argsort(others[places], kind="stable")][:MOST_COMPARED]
        slips = _slips(letters, self._letters[places].T, self._lengths[places])
        found = [(int(slips[at]), self._terms[places[at]].decode()) for at in np.flatnonzero(slips <= most)]
        return [Near(each, count) for count, each in sorted(found)]


def _slips(
    term: npt.NDArray[np.uint8], others: npt.NDArray[np.uint8], lengths: npt.NDArray[np.uint8]
) -> npt.NDArray[np.int16]:
    """Distances of a term from many at once (optimal string alignment), one row of the table at a time.

    Args:
        others: (letters, terms), filled up with zeros.
    """
    width, count = others.shape
    row = np.repeat(np.arange(width + 1, dtype=np.int16)[:, None], count, axis=1)
    before = row
    for at, letter in enumerate(term, 1):
        now = np.empty_like(row)
        now[0] = at
        wrong = others != letter
        for place in range(1, width + 1):
            best = np.minimum(np.minimum(row[place], now[place - 1]) + 1, row[place - 1] + wrong[place - 1])
            if at > 1 and place > 1:
                exchanged = ~wrong[place - 2] & (others[place - 1] == term[at - 2])
                best = np.where(exchanged, np.minimum(best, before[place - 2] + 1), best)
            now[place] = best
        before, row = row, now
    found: npt.NDArray[np.int16] = row[lengths, np.arange(count)]
    return found


def _is_plain(term: str) -> bool:
    return term.isascii() and term.isalnum()
