"""Rule: imports that name a file by its path."""

from collections.abc import Iterable

from docrunch.graph.layout import ancestors, join, parent_of
from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.reads import SLOT, slot


def first_file(index: Index, family: str, places: Iterable[str]) -> int:
    """The first of the paths that is a file of the family, -1 without one. What is looked for is noted."""
    for place in places:
        index.reads.note(SLOT, slot(place))
        number = index.file_of.get(place, -1)
        if number >= 0 and index.families[number] == family:
            return number
    return -1


def upwards(path: str, *tails: str) -> Iterable[str]:
    """The tails below the directory of a path, then below each directory above it."""
    for place in ancestors(parent_of(path)):
        for tail in tails:
            yield join(place, tail)
