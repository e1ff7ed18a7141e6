"""Words of identifiers, paths and prose, and what they cost in tokens.

Cards are made before any tokenizer is loaded, and must not change with it: the budget is kept with an estimate that
was fitted to BERT word pieces on real code (`tests/unit/docrunch/embedding/test_cards.py` holds it to the truth).
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\W_a-zA-Z0-9]+")
_PIECE = re.compile(r"[A-Za-z]+|[0-9]+|[^\sA-Za-z0-9]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(\[0-9])|\n\s*\n")
_MARKUP = re.compile(r":[a-z:]+:(?=`)|[`*]+|<[^<>]{0,200}>")
_SPACE = re.compile(r"\s+")
_LONGEST_SENTENCE = 400  # characters; documentation without full stops
_COMMON_WORDS = 20_000  # whose cost is remembered: code says the same words again and again …
_COMMON_LENGTH = 32  # … and they are short: 4 MB at most


def words(text: str) -> list[str]:
    """Lower-case words: ``parseHTTPHeader_v2`` → parse, http, header, v, 2."""
    return [found.lower() for found in _WORD.findall(text)]


def unique(items: Iterable[str]) -> list[str]:
    """Each item once, in order of first appearance."""
    return list(dict.fromkeys(items))


def word_cost(word: str) -> int:
    """Estimated word pieces of one word without white space."""
    return _known_cost(word) if len(word) <= _COMMON_LENGTH else _cost(word)


def _cost(word: str) -> int:
    return sum(_piece_cost(piece) for piece in _PIECE.findall(word))


_known_cost = lru_cache(_COMMON_WORDS)(_cost)


def _piece_cost(piece: str) -> int:
    size = len(piece)
    if not piece.isascii() or not piece.isalnum():
        return 1
    if piece.isdigit():
        return (size + 1) // 2
    if size <= 5:
        return 1
    return 2 if size <= 8 else (size + 2) // 4


def estimate_tokens(text: str) -> int:
    """Estimated word pieces of a text, without the two special tokens around it."""
    return sum(map(word_cost, text.split()))


def fit(candidates: Iterable[str], budget: int) -> list[str]:
    """The longest prefix of words that costs at most ``budget``."""
    return list(_affordable(candidates, budget))


def _affordable(candidates: Iterable[str], budget: int) -> Iterator[str]:
    for word in candidates:
        budget -= word_cost(word)
        if budget < 0:
            return
        yield word


def first_sentence(doc: str) -> str:
    """First sentence of a documentation text, on one line, without emphasis, code marks and tags."""
    head = _SENTENCE_END.split(doc[: 4 * _LONGEST_SENTENCE].strip(), maxsplit=1)[0][:_LONGEST_SENTENCE]
    return _SPACE.sub(" ", _MARKUP.sub("", head)).strip()
