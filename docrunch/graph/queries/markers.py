"""TODO, FIXME, HACK and XXX in comments, and the symbols that they are about."""

from collections.abc import Sequence

import msgspec
import numpy as np

from docrunch.graph.queries.faces import Face, face
from docrunch.graph.queries.view import GraphView, below

KINDS = ("TODO", "FIXME", "HACK", "XXX")


class MarkerFace(msgspec.Struct, frozen=True):
    """``symbol`` is the innermost one around or below the comment, else the file."""

    path: str
    line: int
    kind: str
    text: str
    symbol: Face


class Markers(msgspec.Struct, frozen=True):
    """``by_kind`` and ``total`` count all that were asked for, also those beyond the limit."""

    markers: tuple[MarkerFace, ...]  # by path and line
    by_kind: dict[str, int]
    total: int


def markers(view: GraphView, kinds: Sequence[str] = (), *, under: str = "", limit: int = 0) -> Markers:
    """Args:
    kinds: only these; all when empty.
    under: only in this file or directory.
    """
    words, word_of, places = view.texts["marker_kind"], view.arrays["marker_kind"], view.arrays["marker_place"]
    chosen = np.isin(word_of, [number for number, word in enumerate(words) if not kinds or word in kinds])
    paths = view.path_of[places]
    chosen &= below(view.texts["path"], under)[paths]
    rows = np.flatnonzero(chosen)
    rows = rows[np.lexsort((rows, view.arrays["marker_line"][rows], paths[rows]))]  # paths are numbered in their order
    counts = np.bincount(word_of[rows], minlength=len(words)).tolist()
    shown = tuple([_face(view, row) for row in rows[: limit or None].tolist()])
    return Markers(shown, {word: n for word, n in zip(words, counts, strict=True) if n}, len(rows))


def _face(view: GraphView, row: int) -> MarkerFace:
    place = int(view.arrays["marker_place"][row])
    return MarkerFace(
        view.path(place),
        int(view.arrays["marker_line"][row]),
        view.texts["marker_kind"][int(view.arrays["marker_kind"][row])],
        view.texts["marker_text"][row],
        face(view, place),
    )
