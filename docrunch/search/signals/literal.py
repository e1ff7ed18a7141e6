"""Text that the query quotes, or three words of it in a row, where they stand in the code letter by letter: an error
message leads to who says it."""

import re

import numpy as np

from docrunch.errors import DocrunchError
from docrunch.search.query import Query
from docrunch.search.view import Numbers, Scores, SearchView

RUN = 3  # words in a row that are as good as quoted: messages are pasted without quotes …
RUNS = 16  # … of so many runs of the first line, all that one place holds count together
FULL = 3  # runs that make a place certain
FILES = 12  # of the best documents, whose texts are read: half a millisecond each
SHORTEST = 6  # characters; less is found by its words
MOST = 8  # places of one text in one file
WHOLE_FILE = 0.4  # what a place says of its file


_WORDS = re.compile(r"\S{1,80}")


def literal(query: Query, view: SearchView, candidates: Numbers) -> Scores:
    """Args: ``candidates``: documents, best first; their files are looked through."""
    found = view.nothing()
    wanted = [each.encode() for each in query.quoted if len(each) >= SHORTEST and not each.isalnum()]
    runs = _runs(query.text)
    if not wanted and not runs:
        return found
    for file in list(dict.fromkeys(view.file_of[candidates].tolist()))[:FILES]:
        path = view.documents[file].path
        try:
            text = view.text(path)
        except DocrunchError:
            continue
        of_run = 1.0 / max(len(runs), FULL)
        for each, worth in [(each, 1.0) for each in wanted] + [(each, of_run) for each in runs]:
            for line in _lines(text, each):
                place = view.index.at(path, line)
                shown = file if place is None else int(view.speaks_for[place])
                found[shown] += worth
                found[file] = max(float(found[file]), WHOLE_FILE * worth)
    return np.minimum(found, np.float32(1))


def _runs(text: str) -> list[bytes]:
    """Runs of `RUN` words of the first line with more than names in it, as they stand there."""
    words = _WORDS.findall(text.split("\n", 1)[0])[: RUNS + RUN - 1]
    found = (" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))
    return list(dict.fromkeys(each.encode() for each in found if len(each) >= 2 * SHORTEST))


def _lines(text: bytes, wanted: bytes) -> list[int]:
    """Numbers of the lines in which a text begins, from 1."""
    lines: list[int] = []
    at = text.find(wanted)
    while at >= 0 and len(lines) < MOST:
        lines.append(text.count(b"\n", 0, at) + 1)
        at = text.find(wanted, at + len(wanted))
    return lines
