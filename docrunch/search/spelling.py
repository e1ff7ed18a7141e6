"""Words of a query that the scan does not have, and what they may have meant.

Asked for only where a word is unknown, so that other queries pay a look-up per word. A correction is said, never made
silently: see `docrunch.search.notes`.
"""

import re
from collections.abc import Collection

from docrunch.errors import DocrunchError
from docrunch.search.analysis import Word, word_terms, words
from docrunch.search.model import Unknown
from docrunch.search.query import Query
from docrunch.search.view import SearchView

MOST_WORDS = 12  # of a query that is looked at: longer texts hold names and values of other programs
MOST_UNKNOWN = 4  # words of it that are put right
READ = 65_536  # bytes of a file that are read to see how a term is written

_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


def unknown_words(query: Query, view: SearchView) -> tuple[Unknown, ...]:
    """Of a short query, in the order of the text. A compound is known where it or each of its parts is."""
    if query.frames or query.paths:
        return ()
    given = list(words(query.text))
    if len(given) > MOST_WORDS:
        return ()
    missing = {query.text[each.start : each.end]: each for each in given if not _is_known(each, view)}
    return tuple(
        _unknown(spelled, word, view) if number < MOST_UNKNOWN else Unknown(spelled)
        for number, (spelled, word) in enumerate(missing.items())
    )


def respelled(text: str, unknown: Collection[Unknown]) -> str:
    """The text with what its words may have meant; empty where that is not known, or not of most: another language."""
    instead = {each.word: each.instead for each in unknown if each.instead}
    if not instead or 2 * len(instead) < len(unknown):
        return ""
    pattern = "|".join(re.escape(word) for word in sorted(instead, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda found: instead[found[0]], text)


def _is_known(word: Word, view: SearchView) -> bool:
    *parts, whole = word.terms
    return bool(view.index.frequency(whole)) or (bool(parts) and all(view.index.frequency(part) for part in parts))


def _unknown(spelled: str, word: Word, view: SearchView) -> Unknown:
    """Of terms with as few slips those with the same first letter come first, then those of most documents."""
    asked = dict.fromkeys((word.terms[-1], spelled.lower()))  # an ending may be the slip
    near = {each.term: each.slips for term in asked for each in reversed(view.index.vocabulary.near(term))}
    counted = [(term, slips, view.index.frequency(term)) for term, slips in near.items()]
    first = spelled[0].lower()
    ranked = sorted((slips, term[0] != first, -documents, term) for term, slips, documents in counted)
    if not ranked:
        return Unknown(spelled)
    _, _, documents, instead = ranked[0]
    written = _written(instead, view)
    if spelled.islower() and word_terms(written.lower()) == word_terms(written):
        written = written.lower()
    return Unknown(spelled, written, -documents)


def _written(term: str, view: SearchView) -> str:
    """How a term, which has no endings, is written where it counts most; itself where that text is not kept."""
    place = int(view.index.keyword({term: 1.0}, 1).documents[0])
    document = view.documents[place]
    found = _in(f"{document.name} {document.qualified_name} {document.path}", term)
    if found:
        return found
    try:
        lines = view.text(document.path).split(b"\n", document.end_line)[document.line - 1 : document.end_line]
    except DocrunchError:
        return term
    return _in(b"\n".join(lines)[:READ].decode("utf-8", "replace"), term) or term


def _in(text: str, term: str) -> str:
    for word in words(text):
        if term == word.terms[-1]:
            return text[word.start : word.end]
        if term in word.terms:
            parts = _PART.findall(text[word.start : word.end])
            return next((part.lower() for part in parts if word_terms(part) == (term,)), term)
    return ""
