"""The readings of this link and of the one before it under one numbering, as bytes and as questions."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from docrunch.graph.changes import Changed
from docrunch.graph.resolve.reads import Numbered, Reads
from docrunch.graph.trace import FileTrace, Keys, Trace
from docrunch.remembered import forgets

_T = TypeVar("_T")
Numbers = npt.NDArray[np.uint32]
_NO_KEYS = Keys([], b"", [])
_WASTE = 1.5  # readings that may be kept for each one that was in use when all was linked last


class Readings:
    """Readings of the earlier link keep their numbers, so that what was not linked again is kept as it is."""

    def __init__(self, reads: Reads, base: Trace | None) -> None:
        self._reads = reads
        self._base = base
        if base is not None:
            reads.take(_numbered(base.keys))

    def of(self, path: str, work: Callable[[], _T]) -> tuple[_T, bytes]:
        """What ``work`` gives, and the readings of other files and of the tree that it made."""
        self._reads.frame = set()
        done = work()
        found = self._reads.closure(self._reads.frame, path)
        numbers = np.fromiter(found, np.uint32, len(found))
        numbers.sort()
        return done, numbers.tobytes()

    def readers(self, changed: Changed, reads: Callable[[FileTrace], bytes]) -> set[str]:
        """Files of the earlier link with a reading that changed."""
        if self._base is None:
            return set()
        numbers = [n for group in changed.groups for n in self._reads.numbers(group).values()]
        for group, names in changed.names.items():
            known = self._reads.numbers(group)
            numbers += [known[name] for name in names if name in known]
        mask = np.zeros(len(self._reads.keys), bool)
        mask[numbers] = True
        paths = list(self._base.files)
        pieces = [reads(file) for file in self._base.files.values()]
        ends = np.cumsum([len(piece) // 4 for piece in pieces])
        hits = np.flatnonzero(mask[_numbers(b"".join(pieces))])
        return {paths[place] for place in np.unique(np.searchsorted(ends, hits, side="right")).tolist()}

    def groups(self, pieces: Iterable[bytes]) -> set[str]:
        """The groups of readings."""
        return {self._reads.keys[number][0] for number in np.unique(_numbers(b"".join(pieces))).tolist()}

    def stored(self, files: Mapping[str, FileTrace]) -> tuple[dict[str, FileTrace], Keys, int]:
        """The files and the numbering as a trace holds them, without readings that nothing has any more where they
        have become many.
        """
        keys = self._reads.keys
        fresh = self._base.fresh if self._base is not None else len(keys)
        if len(keys) <= _WASTE * fresh:
            stored = _keys(keys, self._base.keys if self._base is not None else _NO_KEYS)
            _remember(stored, self._reads.numbered())
            return dict(files), stored, fresh
        pieces = [piece for file in files.values() for piece in file.pieces()]
        used = np.zeros(len(keys), bool)
        used[_numbers(b"".join(pieces))] = True
        renumbered = (np.cumsum(used) - 1).astype(np.uint32)
        kept = [key for key, use in zip(keys, used.tolist(), strict=True) if use]

        def moved(piece: bytes) -> bytes:
            return renumbered[_numbers(piece)].tobytes()

        packed = {
            path: msgspec.structs.replace(
                file,
                reads=moved(file.reads),
                receiver_reads=moved(file.receiver_reads),
                mount_reads=moved(file.mount_reads),
            )
            for path, file in files.items()
        }
        return packed, _keys(kept, _NO_KEYS), len(kept)


def _numbers(piece: bytes) -> Numbers:
    return np.frombuffer(piece, np.uint32)


def _keys(keys: list[tuple[str, str]], before: Keys) -> Keys:
    """The readings, which begin with those of ``before``."""
    added = keys[len(before.names) :]
    if not added:
        return before
    groups = {group: number for number, group in enumerate(before.groups)}
    group_of = [groups.setdefault(group, len(groups)) for group, _ in added]
    of_added = np.array(group_of, np.uint32).tobytes()
    return Keys(list(groups), before.group_of + of_added, [*before.names, *(name for _, name in added)])


# The readings of the last link of this process, numbered: the next link most often goes on from it.
_last: tuple[Keys, Numbered] | None = None


def _remember(keys: Keys, numbered: Numbered) -> None:
    global _last  # one process links one scan after another; a thread that is late only counts again
    _last = (keys, numbered)


@forgets
def _forget() -> None:
    global _last
    _last = None


def number(keys: Keys) -> None:
    """Number the readings of a trace already now: the next link most likely goes on from it."""
    _remember(keys, _numbered(keys))


def _numbered(keys: Keys) -> Numbered:
    last = _last
    if last is not None and last[0] is keys:
        return last[1]
    group_of = [keys.groups[group] for group in _numbers(keys.group_of).tolist()]
    return Numbered.of(zip(group_of, keys.names, strict=True))
