"""The searchable index of one scan in memory: keyword ranking, and finding documents by name, path, place and id.

Built from the shards of its files, in any order, to equal answers; never changed afterwards, so that any number of
threads may ask. Documents are numbered by path, line, kind and id. Nothing is kept as Python values but what was asked
for lately: 20,000 symbols (50,000 documents) take 37 MB, and 120 MB while they are loaded.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt

from docrunch.search.model import DocumentKind, Ranked, SearchDocument
from docrunch.search.names import folded_name, key_hash, name_key, path_key
from docrunch.search.postings import Postings, make_postings, replace_postings
from docrunch.search.ranking import WEIGHTS, Weights, rarity
from docrunch.search.shards import (
    KINDS,
    FileShard,
    SearchObject,
    decode_documents,
    term_hash,
)
from docrunch.search.vocabulary import Vocabulary

Integer = TypeVar("Integer", bound=np.integer)
KNOWN_FILES = 512  # whose documents are kept as values, ≈ 20 KB each

_SECTION = KINDS.index(DocumentKind.SECTION)
_SYMBOL = KINDS.index(DocumentKind.SYMBOL)
_FILE = KINDS.index(DocumentKind.FILE)


class Documents(Sequence[SearchDocument]):
    """All documents of an index; those of one file are decoded together when one of them is read."""

    def __init__(self, files: Sequence["_File"], starts: npt.NDArray[np.int64]) -> None:
        self._files = files
        self._starts = starts
        self._known: dict[int, tuple[SearchDocument, ...]] = {}

    def __len__(self) -> int:
        return int(self._starts[-1])

    @overload
    def __getitem__(self, number: int) -> SearchDocument: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[SearchDocument]: ...
    def __getitem__(self, number: int | slice) -> SearchDocument | Sequence[SearchDocument]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        place = int(number) + (len(self) if number < 0 else 0)
        if not 0 <= place < len(self):
            raise IndexError(f"an index of {len(self)} documents has none of number {number}")
        file = int(np.searchsorted(self._starts, place, side="right")) - 1
        return self.of_file(file)[place - int(self._starts[file])]

    def __iter__(self) -> Iterator[SearchDocument]:
        for file in self._files:
            yield from decode_documents(file.documents)

    def of_file(self, file: int) -> tuple[SearchDocument, ...]:
        found = self._known.get(file)
        if found is None:
            found = decode_documents(self._files[file].documents)
            while len(self._known) >= KNOWN_FILES:
                self._known.pop(next(iter(self._known), -1), None)
            self._known[file] = found
        return found


class _File:
    """What is kept of a shard beside its postings."""

    __slots__ = ("documents", "end_lines", "ids", "kinds", "lines", "named", "names", "path", "symbols")

    def __init__(self, shard: FileShard) -> None:
        self.path = shard.path
        self.documents = bytes(shard.documents)
        self.ids = np.frombuffer(shard.ids, "<u8")
        self.kinds = np.frombuffer(shard.kinds, "u1")
        self.lines = np.frombuffer(shard.lines, "<u4")
        self.end_lines = np.frombuffer(shard.end_lines, "<u4")
        self.symbols = np.frombuffer(shard.symbols, "<i4")
        self.names = np.frombuffer(shard.names, "<u8")
        self.named = np.frombuffer(shard.named, "<u4")


class SearchIndex:
    """See the module. ``weights`` are those of keyword ranking."""

    def __init__(self, shards: Iterable[FileShard], weights: Weights = WEIGHTS) -> None:
        """Args: ``shards``: of all files, in any order; of a path that occurs twice the last."""
        given = {shard.path: shard for shard in shards}
        ordered = [given[path] for path in sorted(given)]
        files = [_File(shard) for shard in ordered]
        starts = _starts(files)
        postings = make_postings(ordered, starts[:-1].tolist(), weights)
        self._fill(files, starts, postings, weights, Vocabulary.of(ordered))

    def _fill(
        self,
        files: Sequence[_File],
        starts: npt.NDArray[np.int64],
        postings: Postings,
        weights: Weights,
        vocabulary: Vocabulary,
    ) -> None:
        self._files = files
        self._file_of = {file.path: number for number, file in enumerate(files)}
        self._starts = starts
        self._postings = postings
        self.weights = weights
        self.vocabulary = vocabulary
        self.documents: Sequence[SearchDocument] = Documents(files, starts)
        self.kinds: npt.NDArray[np.uint8] = _all([file.kinds for file in files], np.uint8)
        self._ids = _Keys(_all([file.ids for file in files], np.uint64), np.arange(starts[-1]))
        named = [file.named + start for file, start in zip(files, starts[:-1].tolist(), strict=True)]
        self._names = _Keys(_all([file.names for file in files], np.uint64), _all(named, np.int64))
        self._rarity = rarity(np.diff(postings.starts), int(starts[-1]))
        self._masks: dict[frozenset[DocumentKind], npt.NDArray[np.bool_]] = {}

    def replaced(self, shards: Iterable[FileShard], removed: Collection[str] = ()) -> "SearchIndex":
        """The index with these files instead of those of the same paths, and without the removed ones."""
        new = {shard.path: shard for shard in shards}
        gone = {*new, *removed}
        made = {path: _File(shard) for path, shard in new.items()}
        files = sorted([*(file for file in self._files if file.path not in gone), *made.values()], key=lambda f: f.path)
        starts = _starts(files)
        start_of = {file.path: int(start) for file, start in zip(files, starts[:-1], strict=True)}
        kept = np.full(len(self.documents), -1, dtype=np.int32)
        for file, low, high in zip(self._files, self._starts[:-1].tolist(), self._starts[1:].tolist(), strict=True):
            if file.path not in gone:
                kept[low:high] = np.arange(high - low) + start_of[file.path]
        ordered = [new[path] for path in sorted(new)]
        places = [start_of[shard.path] for shard in ordered]
        postings = replace_postings(self._postings, kept, ordered, places, self.weights)
        found = object.__new__(SearchIndex)
        found._fill(
            files, starts, postings, self.weights, self.vocabulary.joined(Vocabulary.of(ordered), postings.terms)
        )
        return found

    # ── keywords ──

    def keyword(self, terms: Mapping[str, float], limit: int, kinds: Collection[DocumentKind] | None = None) -> Ranked:
        """The documents that terms (of `analysis.terms`) say most about, at most ``limit``; equal scores by number.

        Args:
            terms: with what each counts, > 0; terms that nothing holds are fine.
            kinds: all by default.
        """
        scores = np.zeros(len(self.documents), dtype=np.float32)
        for term in sorted(terms):
            place = self._term(term)
            if place is not None and terms[term] > 0:
                low, high = self._postings.starts[place : place + 2]
                factor = np.float32(terms[term]) * self._rarity[place]
                scores[self._postings.documents[low:high]] += factor * self._postings.worth[low:high]
        if kinds is not None:
            scores *= self.of_kinds(kinds)
        return best(scores, limit)

    def frequency(self, term: str) -> int:
        """The number of documents that hold a term."""
        place = self._term(term)
        return 0 if place is None else int(self._postings.starts[place + 1] - self._postings.starts[place])

    def of_kinds(self, kinds: Collection[DocumentKind]) -> npt.NDArray[np.bool_]:
        """Which documents are of these kinds; read-only."""
        key = frozenset(kinds)
        found = self._masks.get(key)
        if found is None:
            found = np.isin(self.kinds, [KINDS.index(kind) for kind in key])
            found.flags.writeable = False
            self._masks[key] = found
        return found

    def _term(self, term: str) -> int | None:
        known = self._postings.terms
        wanted = np.uint64(term_hash(term))
        place = int(np.searchsorted(known, wanted))
        return place if place < len(known) and known[place] == wanted else None

    # ── names, paths, places ──

    def names(self, name: str) -> Sequence[int]:
        """Documents that are called so: their name, their qualified name, or its end (``Session.send`` of
        ``client.Session.send``); ``::``, ``/``, ``#`` and ``.`` are alike. Those of equal case come first."""
        folded = folded_name(name)
        if not folded:
            return []
        found = [place for place in self._names.find(name_key(folded)) if _is_called(self.documents[place], folded)]
        exact = name.strip()
        return sorted(found, key=lambda place: (not _ends_with(self.documents[place], exact), place))

    def called(self, name: str) -> Iterator[int]:
        """Documents of exactly this name, by number. They are read one at a time: thousands may be called alike."""
        for place in self._names.find(name_key(folded_name(name))):
            if self.documents[place].name == name:
                yield place

    def paths(self, path: str) -> Sequence[int]:
        """FILE documents whose path ends with these components; those of equal case come first."""
        wanted = "/".join(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))
        if not wanted:
            return []
        found = [
            place
            for place in self._names.find(path_key(wanted.casefold()))
            if f"/{self.documents[place].path.casefold()}".endswith(f"/{wanted.casefold()}")
        ]
        return sorted(found, key=lambda place: (not f"/{self.documents[place].path}".endswith(f"/{wanted}"), place))

    def at(self, path: str, line: int) -> int | None:
        """The document of the innermost symbol around a line, or of the section; None where there is none."""
        file = self._file_of.get(path)
        if file is None:
            return None
        held = self._files[file]
        around = (held.lines <= line) & (line <= held.end_lines) & np.isin(held.kinds, (_SYMBOL, _SECTION))
        places = np.flatnonzero(around)
        if not len(places):
            return None
        size = held.end_lines[places].astype(np.int64) - held.lines[places]
        return int(self._starts[file]) + int(places[np.lexsort((-places, size))[0]])

    def by_id(self, id_: str) -> int | None:
        for place in self._ids.find(key_hash(id_)):
            if self.documents[place].id == id_:
                return place
        return None

    def of_file(self, path: str) -> range:
        """The numbers of the documents of a file; empty for a path that is not in the index."""
        file = self._file_of.get(path)
        return range(0) if file is None else range(int(self._starts[file]), int(self._starts[file + 1]))

    # ── vectors ──

    def of_rows(self, scan: SearchObject) -> npt.NDArray[np.int32]:
        """What each row of the matrix object of a scan speaks of: the document of its symbol, section or file; -1 for
        what is not in the index.

        Args:
            scan: the object that this index was made from.
        """
        number = np.array([self._file_of.get(part.path, -1) for part in scan.parts] or [-1], dtype=np.int64)
        files = number[np.frombuffer(scan.files, "<u4")]
        symbols, lines = np.frombuffer(scan.symbols, "<i4"), np.frombuffer(scan.lines, "<u4")
        every = np.repeat(np.arange(len(self._files)), np.diff(self._starts))
        found = self._rows_of_files(files)
        for kind, of_documents, of_rows, exact in (
            (_SECTION, [file.lines for file in self._files], lines, False),
            (_SYMBOL, [file.symbols for file in self._files], symbols, True),
        ):
            places = np.flatnonzero(self.kinds == kind)
            keys = (every << 32) + _all(of_documents, np.int64) if len(places) else np.zeros(0, dtype=np.int64)
            hits = _look_up(keys[places], places, (files << 32) + of_rows, exact=exact)
            valid = (hits >= 0) & ((symbols >= 0) == exact) & (files >= 0)
            found = np.where(valid, hits, np.where((symbols >= 0) & exact, -1, found))
        return found.astype(np.int32)

    def _rows_of_files(self, files: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        place = np.full(len(self._files) + 1, -1, dtype=np.int64)  # the last one answers for files that are not there
        for number in np.flatnonzero(self.kinds == _FILE).tolist():
            place[int(np.searchsorted(self._starts, number, side="right")) - 1] = number
        return place[files]


class _Keys:
    """Hashes with the documents that have them."""

    def __init__(self, keys: npt.NDArray[np.uint64], documents: npt.NDArray[np.integer]) -> None:
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._documents = documents[order].astype(np.int32)

    def find(self, key: int) -> list[int]:
        low, high = (np.searchsorted(self._keys, np.uint64(key), side=side) for side in ("left", "right"))
        return [int(number) for number in self._documents[int(low) : int(high)]]


def best(scores: npt.NDArray[np.float32], limit: int) -> Ranked:
    """The highest scores above 0, at most ``limit``; equal ones by number."""
    places = np.flatnonzero(scores > 0)
    if 0 < limit < len(places):
        least = np.partition(scores[places], len(places) - limit)[len(places) - limit]
        places = places[scores[places] >= least]
    order = np.lexsort((places, -scores[places]))[: max(limit, 0)]
    found = places[order].astype(np.int32)
    return Ranked(found, scores[found])


def _is_called(document: SearchDocument, folded: str) -> bool:
    """Whether a name means a document, whose hash says that it does."""
    names = (folded_name(document.name), folded_name(document.qualified_name))
    return any(f".{name}".endswith(f".{folded}") for name in names)


def _ends_with(document: SearchDocument, name: str) -> bool:
    return any(given == name or given.endswith(f".{name}") for given in (document.name, document.qualified_name))


def _look_up(
    keys: npt.NDArray[np.int64], places: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64], *, exact: bool
) -> npt.NDArray[np.int64]:
    """The place of each wanted key, or of the last one before it of the same file (the upper half of the key)."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(keys, kind="stable")
    at = np.maximum(np.searchsorted(keys[order], wanted, side="right") - 1, 0)
    nearest = keys[order][at]
    same = nearest == wanted if exact else (nearest <= wanted) & (nearest >> 32 == wanted >> 32)
    found: npt.NDArray[np.int64] = np.where(same, places[order][at], -1)
    return found


def _starts(files: Sequence[_File]) -> npt.NDArray[np.int64]:
    return np.cumsum([0, *(len(file.kinds) for file in files)], dtype=np.int64)


def _all(parts: Sequence[npt.NDArray[np.integer]], kind: type[Integer]) -> npt.NDArray[Integer]:
    return np.concatenate([np.zeros(0, dtype=kind), *parts]).astype(kind, copy=False)
