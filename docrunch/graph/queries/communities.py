"""Groups of symbols that depend on each other more than on the rest, with names from what is in them."""

import re
from collections import Counter

import msgspec
import numpy as np

from docrunch.graph.queries.faces import Face, face
from docrunch.graph.queries.view import TEST, GraphView, Numbers

SHOWN = 5  # symbols and files told of each
MIN_SHARE = 0.5  # of its symbols that a directory holds before the group is named by it
_WORD = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{3,}(?![a-z])")


class Community(msgspec.Struct, frozen=True):
    """``name``: the directory or file that holds most of it, else its most frequent words."""

    number: int
    name: str
    symbols: int
    files: int
    top: tuple[Face, ...]  # by PageRank
    words: tuple[str, ...]  # of the names in it, that are rarer elsewhere


def communities(view: GraphView, *, limit: int = 20) -> tuple[Community, ...]:
    """The largest first; tests and groups of one are left out."""
    number = view.arrays["community"]
    kept = np.flatnonzero((number >= 0) & ((view.flags & TEST) == 0))
    order = kept[np.argsort(number[kept], kind="stable")]
    groups = np.split(order, np.flatnonzero(np.diff(number[order])) + 1) if len(order) else []
    found = sorted((group for group in groups if len(group) > 1), key=lambda g: (-len(g), int(number[g[0]])))
    shown = found[: limit or None]
    every = Counter(word for group in found for word in set(_words(view, group)))
    return tuple(_community(view, int(number[group[0]]), group, every) for group in shown)


def _community(view: GraphView, number: int, group: Numbers, every: Counter[str]) -> Community:
    ranked = group[np.lexsort((group, -view.arrays["pagerank"][group]))]
    counted = Counter(_words(view, group))
    words = sorted(counted, key=lambda word: (-counted[word] / every[word], word))[:SHOWN]
    paths = [view.texts["path"][int(path)] for path in np.unique(view.path_of[group])]
    return Community(
        number,
        _place(view, group) or " ".join(words[:3]) or f"community {number}",
        len(group),
        len([path for path in paths if path]),
        tuple(face(view, int(node)) for node in ranked[:SHOWN]),
        tuple(words),
    )


def _place(view: GraphView, group: Numbers) -> str:
    """The deepest directory or file that holds at least half of the symbols."""
    shares: Counter[str] = Counter()
    for path, count in zip(*np.unique(view.path_of[group], return_counts=True), strict=True):
        place = view.texts["path"][int(path)]
        while place:
            shares[place] += int(count)
            place = place.rpartition("/")[0]
    fitting = [place for place, count in shares.items() if count >= MIN_SHARE * len(group)]
    return max(fitting, key=lambda place: (place.count("/"), shares[place], place), default="")


def _words(view: GraphView, group: Numbers) -> list[str]:
    return [word.lower() for node in group.tolist() for word in _WORD.findall(view.name(node))]
