"""Text → terms, by one function for documents and queries.

A word of code is its parts (camelCase, snake_case, letters against digits) and, where it has several, the whole of it
without case and underscores: ``HTTPServer`` and ``http_server`` are both *http, server, httpserver*. English words lose
their usual endings, so that *parse*, *parses*, *parsed* and *parsing* are one term; stop words and single ASCII letters
are no terms. Scripts that are written without spaces become pairs of characters.

Time and memory are proportional to the text, whatever it holds: NUL, lone surrogates and emoji separate words, and a
run of more than `LONGEST_NAME` ASCII characters is data, not a name.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from docrunch.remembered import remembered

LONGEST_NAME = 128  # characters of an identifier
MOST_PARTS = 16  # of an identifier; more are hexadecimal digits or the like, and only the whole is a term
LONGEST_TERM = 64  # characters; of whole identifiers more
KNOWN_WORDS = 65_536  # whose terms are remembered, ≈ 0.3 KB each
_ENGLISH = """
a an and are as at be been but by can cannot could did do does doing done for from had has have having he her here his
how i if in into is it its itself me may might must my no nor not of on onto or our out over own shall she should so
some such than that the their theirs them then there these they this those through to too upon us very via was we were
what when where which while who whom whose why will with would you your yours
don doesn didn isn aren wasn won wouldn shouldn couldn ll ve re
"""
STOP_WORDS = frozenset(_ENGLISH.split())

_WORD = re.compile(r"\w{1,256}")
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SPACELESS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_ANY_PART = re.compile(rf"[{_SPACELESS}]+|\d+|[^\W\d_{_SPACELESS}]+")
_IS_SPACELESS = re.compile(rf"[{_SPACELESS}]")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_VOWEL = re.compile("[aeiouy]")
_UNCHANGED = frozenset({"embed"})  # looks like a past tense


class Word(NamedTuple):
    """A word of a text with its terms; characters ``start`` to ``end``, exclusive, of the text as it was given."""

    start: int
    end: int
    terms: tuple[str, ...]


def terms(text: str) -> list[str]:
    """The terms of a text in order, each as often as it occurs."""
    return [term for word in _WORD.findall(_composed(text)) for term in word_terms(word)]


def count_terms(text: str) -> dict[str, int]:
    """How often each term occurs: the same as counting `terms`, several times faster."""
    found: dict[str, int] = {}
    for word, times in Counter(_WORD.findall(_composed(text))).items():
        for term in word_terms(word):
            found[term] = found.get(term, 0) + times
    return found


def words(text: str) -> Iterator[Word]:
    """The words that have terms, with their places, for marking them."""
    for found in _WORD.finditer(text):
        if each := word_terms(found[0]):
            yield Word(found.start(), found.end(), each)


@remembered(KNOWN_WORDS)
def word_terms(word: str) -> tuple[str, ...]:
    """The terms of a run of letters, digits and underscores: its parts, then the whole where there are several."""
    if not word.isascii():
        return _other_terms(word)
    if len(word) > LONGEST_NAME:
        return ()
    return _joined([part.lower() for part in _PART.findall(word)])


def _joined(parts: list[str]) -> tuple[str, ...]:
    if len(parts) == 1:
        return _part_terms(parts[0])
    whole = "".join(parts)
    if not whole:
        return ()
    found = [term for part in parts for term in _part_terms(part)] if len(parts) <= MOST_PARTS else []
    return (*found, whole)


def _part_terms(part: str) -> tuple[str, ...]:
    if part in STOP_WORDS or (len(part) == 1 and part.isascii() and part.isalpha()):
        return ()
    return (stem(part)[:LONGEST_TERM],)


@remembered(KNOWN_WORDS)
def stem(word: str) -> str:
    """An English word in lower case without plural, ``-ed``, ``-ing`` and a last ``e``.

    Rules 1a and 1b of Porter (1980), made simpler. Other words, and what would leave less than three letters, stay as
    they are.
    """
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    found = _singular(word)
    if found in _UNCHANGED:
        return found
    for ending in ("ing", "ed"):
        rest = found.removesuffix(ending)
        if rest != found and len(rest) >= 3 and _VOWEL.search(rest) and not found.endswith("eed"):
            found = rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "lsz" and len(rest) > 3 else rest
            break
    if found.endswith("i"):  # copi(ed)
        return found[:-1] + "y"
    return found[:-1] if found.endswith("e") and len(found) > 3 else found


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _other_terms(word: str) -> tuple[str, ...]:
    """Of words with letters outside ASCII: wide forms are narrow ones, accents of Latin, Greek and Cyrillic go."""
    narrow = unicodedata.normalize("NFKC", word)
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", narrow)))
    if plain.isascii():
        return tuple(term for each in _WORD.findall(plain) for term in word_terms(each))
    parts: list[str] = []
    found: list[str] = []
    for run in _ANY_PART.findall(plain):
        if _IS_SPACELESS.match(run):
            found += [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]
        else:
            parts += [part.casefold() for part in _cut_at_case(run)]
    return (*found, *_joined(parts)) if parts else tuple(found)


def _cut_at_case(run: str) -> Iterator[str]:
    start = 0
    for at in range(1, len(run)):
        if run[at].isupper() and run[at - 1].islower():
            yield run[start:at]
            start = at
    yield run[start:]


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
