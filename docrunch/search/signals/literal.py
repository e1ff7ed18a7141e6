"""Text that the query quotes, where it stands in the code letter by letter: an error message leads to who says it."""

from docrunch.errors import DocrunchError
from docrunch.search.query import Query
from docrunch.search.view import Numbers, Scores, SearchView

FILES = 12  # of the best documents, whose texts are read: half a millisecond each
SHORTEST = 6  # characters; less is found by its words
MOST = 8  # places of one text in one file
WHOLE_FILE = 0.4  # what a place says of its file


def literal(query: Query, view: SearchView, candidates: Numbers) -> Scores:
    """Args: ``candidates``: documents, best first; their files are looked through."""
    found = view.nothing()
    wanted = [each.encode() for each in query.quoted if len(each) >= SHORTEST and not each.isalnum()]
    if not wanted:
        return found
    for file in list(dict.fromkeys(view.file_of[candidates].tolist()))[:FILES]:
        path = view.documents[file].path
        try:
            text = view.text(path)
        except DocrunchError:
            continue
        for each in wanted:
            for line in _lines(text, each):
                place = view.index.at(path, line)
                shown = file if place is None else int(view.speaks_for[place])
                found[shown] = 1.0
                found[file] = max(float(found[file]), WHOLE_FILE)
    return found


def _lines(text: bytes, wanted: bytes) -> list[int]:
    """Numbers of the lines in which a text begins, from 1."""
    lines: list[int] = []
    at = text.find(wanted)
    while at >= 0 and len(lines) < MOST:
        lines.append(text.count(b"\n", 0, at) + 1)
        at = text.find(wanted, at + len(wanted))
    return lines
