"""The nearest rows of each row by cosine, exactly; and again after a change, from what has not changed.

Comparing all pairs is quadratic. Whether a row is near to another depends on these two rows alone, so after a change
a row whose nearest rows are all unchanged needs to be compared with the changed ones only; a row that lost one of its
nearest is compared with all again. Products are exact integers: both ways give equal bits.
"""

import hashlib

import msgspec
import numpy as np
import numpy.typing as npt

from docrunch.assembly.node_vectors import NodeVectors
from docrunch.embedding.quantise import SCALE, Integers, rounded_cosines
from docrunch.ids import NodeId

NEAREST = 5
MIN_COSINE = 0.5
_MARGIN = 0.999  # below the threshold, so that rounding cannot hide a pair from the exact comparison
_ALIKE = 1e-5  # cosines closer than this may change places by rounding to 6 digits
_MANY = 64  # near rows from which it pays to look for the best before anything is rounded
_BLOCK = 256  # rows compared with all others at a time
_WORTH = 0.5  # share of rows to compare with all from which everything is compared

Places = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


class Nearest(msgspec.Struct, frozen=True):
    """Row i of each array belongs to ``ids[i]``; about 100 bytes a row."""

    ids: tuple[NodeId, ...]  # sorted
    digests: tuple[bytes, ...]  # of the vectors
    counts: npt.NDArray[np.int8]  # how many of `NEAREST` there are
    places: Places  # (n, NEAREST), nearest first, ties by place; beyond the count meaningless
    cosines: Floats  # (n, NEAREST)


class _Rows:
    """The rows as floats that hold the integers exactly, and their lengths."""

    def __init__(self, rows: Integers) -> None:
        self.rows = rows.astype(np.float32)
        squares = np.einsum("ij,ij->i", self.rows, self.rows)  # exact, as every product of two rows
        lengths: Floats = np.sqrt(squares.astype(np.float64))
        lengths[lengths == 0] = SCALE  # product 0: near to nothing
        self.lengths = lengths
        self.least = _MARGIN * MIN_COSINE * float(lengths.min()) ** 2 if len(rows) else 0.0


def nearest_of(vectors: NodeVectors, before: Nearest | None = None) -> Nearest:
    """At most `NEAREST` others per row with cosine ≥ `MIN_COSINE`; equal for any ``before``."""
    size = len(vectors.ids)
    made = Nearest(
        vectors.ids,
        tuple(hashlib.blake2b(row, digest_size=16).digest() for row in np.ascontiguousarray(vectors.rows)),
        np.zeros(size, np.int8),
        np.zeros((size, NEAREST), np.int32),
        np.zeros((size, NEAREST), np.float64),
    )
    rows = _Rows(vectors.rows)
    if before is None:
        _compare_with_all(made, rows, np.arange(size))
        return made
    changed, lost = _take_over(made, before)
    again = changed | lost
    if np.count_nonzero(again) > _WORTH * size:
        _compare_with_all(made, rows, np.arange(size))
        return made
    _compare_with_all(made, rows, np.flatnonzero(again))
    _compare_with_changed(made, rows, ~again, np.flatnonzero(changed))
    return made


def _take_over(made: Nearest, before: Nearest) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Copy what was found before; which rows are new or changed, and which lost one of their nearest."""
    old_place = {id_: place for place, id_ in enumerate(before.ids)}
    old = np.array(
        [
            place if (place := old_place.get(id_, -1)) >= 0 and before.digests[place] == digest else -1
            for id_, digest in zip(made.ids, made.digests, strict=True)
        ],
        np.int64,
    )
    changed = old < 0
    kept = np.flatnonzero(~changed)
    new_place = np.full(len(before.ids) + 1, -1, np.int32)
    new_place[old[kept]] = kept
    made.counts[kept] = before.counts[old[kept]]
    made.places[kept] = new_place[before.places[old[kept]]]
    made.cosines[kept] = before.cosines[old[kept]]
    gone = (made.places < 0) & (np.arange(NEAREST) < made.counts[:, None])
    lost: npt.NDArray[np.bool_] = gone.any(axis=1) & ~changed
    return changed, lost


def _compare_with_all(made: Nearest, rows: _Rows, wanted: npt.NDArray[np.intp]) -> None:
    for start in range(0, len(wanted), _BLOCK):
        part = wanted[start : start + _BLOCK]
        block = rows.rows[part] @ rows.rows.T  # exact integers
        near = block >= rows.least
        for offset, this in enumerate(part.tolist()):
            places = np.flatnonzero(near[offset])
            _keep_best(made, this, *_exact(rows, this, places, block[offset, places]))


def _compare_with_changed(
    made: Nearest, rows: _Rows, kept: npt.NDArray[np.bool_], changed: npt.NDArray[np.intp]
) -> None:
    """Put changed rows among the nearest of the rows that stayed, where they belong."""
    for start in range(0, len(changed), _BLOCK):
        part = changed[start : start + _BLOCK]
        block = rows.rows @ rows.rows[part].T
        near = block >= rows.least
        for this in np.flatnonzero(near.any(axis=1) & kept).tolist():
            among = np.flatnonzero(near[this])
            places, found = _exact(rows, this, part[among], block[this, among])
            count = int(made.counts[this])
            places = np.concatenate([made.places[this, :count], places])
            _keep_best(made, this, places, np.concatenate([made.cosines[this, :count], found]))


def _exact(
    rows: _Rows, this: int, places: npt.NDArray[np.intp], dots: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.intp], Floats]:
    """The places near to row ``this`` and their cosines; of very many, those that can be among the nearest."""
    lengths = rows.lengths[this] * rows.lengths[places]
    if len(places) > _MANY:
        rough = dots / lengths
        rough[places == this] = -1.0
        best = rough >= np.partition(rough, -NEAREST)[-NEAREST] - _ALIKE
        places, dots, lengths = places[best], dots[best], lengths[best]
    cosines = rounded_cosines(dots, lengths)
    kept = (cosines >= MIN_COSINE) & (places != this)
    return places[kept], cosines[kept]


def _keep_best(made: Nearest, this: int, places: npt.NDArray[np.integer], cosines: Floats) -> None:
    best = np.lexsort((places, -cosines))[:NEAREST]
    made.counts[this] = len(best)
    made.places[this, : len(best)] = places[best]
    made.cosines[this, : len(best)] = cosines[best]
