"""Words and identifiers of questions, passages and names, made comparable."""

import re

_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)*")
_NORMAL = re.compile(r"[^a-z0-9]")
_BRITISH = re.compile(r"(?<=\w{3})is(e|es|ed|ing|ation|ations|er|ers)$")  # customise, customize
# Longest first; applied once, and never to fewer than three remaining letters.
_SUFFIXES = (
    "ations", "ation", "ings", "ing", "ions", "ion", "ies", "ers", "ors",
    "ed", "er", "or", "es", "s", "e", "y",
)  # fmt: skip
_SAYING_NOTHING = """
    a an and any are as at be been but by can could did do does doing done for from get gets give given had has have how
    i if in inside into is it its itself just like look made make makes me my need of on one or our out please project
    repo repository code codebase should show so some such tell than that the their them then there these they thing
    things this those to up us use used uses using want was we were what when where which while who whom whose why will
    with within without would you your exactly actually work works working happen happens file files function method
    class module symbol package library here about also between each explain describe list all
"""
_STOP = frozenset(_SAYING_NOTHING.split())


def stem(word: str) -> str:
    """``sessions``, ``session`` → ``session``; ``routing``, ``routes`` → ``rout``: crude, the same everywhere."""
    made = _BRITISH.sub(r"iz\1", word.lower())
    for suffix in _SUFFIXES:
        if made.endswith(suffix) and len(made) - len(suffix) >= 3:
            made = made[: -len(suffix)]
            break
    return made[:-1] if len(made) > 3 and made[-1] == made[-2] else made  # running → runn → run


def parts(identifier: str) -> list[str]:
    """``SecureCookieSession`` → ``Secure``, ``Cookie``, ``Session``."""
    return _CAMEL.findall(identifier)


def terms(text: str) -> list[str]:
    """Stems of the words of a text, identifiers split into theirs; words that say nothing are left out."""
    found: list[str] = []
    for word in _WORD.findall(text):
        pieces = parts(word) if ("_" in word or not (word.islower() or word.istitle())) else [word]
        found += [stem(piece) for piece in pieces if piece.lower() not in _STOP and (len(piece) > 1 or piece.isdigit())]
    return found


def is_stop(word: str) -> bool:
    return word.lower() in _STOP


def normal(name: str) -> str:
    """``url_for`` and ``UrlFor`` are the same to somebody who asks."""
    return _NORMAL.sub("", name.lower())
