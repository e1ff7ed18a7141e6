"""Names, paths, places and trace frames that the query spells out and the scan has; names that it only begins."""

from itertools import islice

from docrunch.search.query import Name, Query
from docrunch.search.traces import Frame
from docrunch.search.view import Scores, SearchView

LISTED = 64  # documents of one name that are looked at
CROWD = 8  # symbols of one name beyond which each of them is less likely meant
UNQUALIFIED = 0.85  # of a dotted name of which only the last part fits
INSENSITIVE = 0.8  # of a name that fits but for its case
NEXT_FRAME = 0.75  # of the weight of a frame, for the next one outwards
FILE_OF_PLACE = 0.5  # what a line says of its whole file
BEGUN = 0.6  # of a name that a query which is one name begins
MOST_BEGUN = 32  # such names
SHORTEST_TAIL = 1  # parts of an absolute path that must fit


def symbols(query: Query, view: SearchView) -> Scores:
    """Symbols, titles and files that are called what the query names."""
    found = view.nothing()
    for name in query.names:
        hits = view.index.names(".".join(name.parts))
        fits = 1.0
        if not hits and len(name.parts) > 1:
            hits, fits = view.index.names(name.parts[-1]), UNQUALIFIED
        crowd = min(1.0, CROWD / max(1, len(hits))) ** 0.5
        for number in hits[:LISTED]:
            exact = 1.0 if view.documents[number].name == name.parts[-1] else INSENSITIVE
            found[number] = max(found[number], name.weight * fits * exact * crowd)
        if query.is_name:
            _begun(name, view, found)
    return found


def _begun(name: Name, view: SearchView, found: Scores) -> None:
    """Symbols whose names begin so, or have parts that do, as in "go to symbol"."""
    for begun, worth in view.names.begin(name.parts[-1], MOST_BEGUN):
        for number in islice(view.index.called(begun), CROWD):
            found[number] = max(found[number], BEGUN * name.weight * worth)


def paths(query: Query, view: SearchView) -> Scores:
    """Files that the query names, and the symbol at a named line."""
    found = view.nothing()
    for reference in query.paths:
        files = _files(reference.path, view)
        crowd = min(1.0, CROWD / 2 / max(1, len(files))) ** 0.5
        for number in files[:LISTED]:
            document = view.documents[number]
            place = view.index.at(document.path, reference.line) if reference.line else None
            if place is None:
                found[number] = max(found[number], crowd)
                continue
            shown = view.speaks_for[place]
            found[shown] = max(found[shown], crowd)
            found[number] = max(found[number], crowd * FILE_OF_PLACE)
    return found


def _files(path: str, view: SearchView) -> list[int]:
    """File documents of the longest end of a path that the scan has: traces name absolute paths."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    for start in range(len(parts) - SHORTEST_TAIL + 1):
        files = view.index.paths("/".join(parts[start:]))
        if files:
            return list(files)
    return []


def traces(query: Query, view: SearchView) -> Scores:
    """Frames of a stack trace that lie in this scan: the innermost of them most."""
    found = view.nothing()
    weight = 1.0
    for frame in query.frames:
        numbers = _at(frame, view)
        for number in numbers:
            found[number] = max(found[number], weight)
            file = view.file_of[number]
            found[file] = max(found[file], weight * FILE_OF_PLACE)
        if numbers:
            weight *= NEXT_FRAME
    return found


def _at(frame: Frame, view: SearchView) -> list[int]:
    """What a frame means here: by place where the name agrees or the line still fits, else by name in the file."""
    files = _files(frame.path, view) if frame.path else []
    last = _last(frame.function)
    named = list(view.index.names(last))[:LISTED] if last else []
    inside = [number for number in named if view.file_of[number] in files]
    if inside:
        return inside[:CROWD]
    places = [view.index.at(view.documents[file].path, frame.line) for file in files[:CROWD] if frame.line]
    found = [int(view.speaks_for[place]) for place in places if place is not None]
    if found or files:
        return found or files[:1]
    owners = [part.lower() for part in frame.function.replace("::", ".").split(".")[:-1]]
    return [n for n in named if owners and owners[-1] in view.documents[n].qualified_name.lower()][:CROWD]


def _last(function: str) -> str:
    plain = function.replace("::", ".").replace("->", ".").replace("#", ".").replace("/", ".")
    parts = [part.strip("<>()*$") for part in plain.split(".")]
    return next((part for part in reversed(parts) if part and part not in ("module", "anonymous", "lambda", "h")), "")
