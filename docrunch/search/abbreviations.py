"""Names that begin like an abbreviation: ``Resp`` is *Response*, ``gAR`` and ``g_a_r`` *getAllRecords*."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

SHORTEST, LONGEST = 3, 32  # characters of an abbreviation
MOST_HUMPS = 6  # each of which may be found in three ways
LONGEST_NAME = 128
MOST_FITTING = 4_000  # names that are compared
BY_HUMPS = 0.8  # of the worth of a plain beginning

_ABBREVIATION = re.compile(rf"[A-Za-z_$][\w$]{{{SHORTEST - 1},{LONGEST - 1}}}", re.ASCII)
_NAME = re.compile(rf"[\w$]{{{SHORTEST + 1},{LONGEST_NAME}}}")
_UNIT = re.compile(r"_*[A-Za-z0-9$]")


class Fit(NamedTuple):
    """``worth`` 0–1: the more of the name is there, the more."""

    name: str
    worth: float


class Names:
    """All different names of symbols, in one text: a name costs its letters."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._text = "".join(f"\n{name}" for name in sorted(set(names)) if _NAME.fullmatch(name))

    def begin(self, abbreviation: str, most: int) -> list[Fit]:
        """The best ``most`` names that an abbreviation may stand for and that it is not itself, best first."""
        pattern = _pattern(abbreviation)
        if pattern is None:
            return []
        folded = abbreviation.casefold()
        found = {each[1] for each in islice(pattern.finditer(self._text), MOST_FITTING)}
        fits = [Fit(name, _worth(folded, name)) for name in found if name.casefold() != folded]
        return sorted(fits, key=lambda fit: (-fit.worth, fit.name))[:most]


def _worth(folded: str, name: str) -> float:
    bare = name.lstrip("_")
    plain = bare.casefold().startswith(folded.lstrip("_"))
    return (1.0 if plain else BY_HUMPS) * (0.5 + 0.5 * min(1.0, len(folded) / len(bare)))


def _pattern(abbreviation: str) -> re.Pattern[str] | None:
    """Capitals, and what follows an underscore, may begin a further part of the name; other letters go on.

    What is skipped before a part never holds what begins it, so that only the choice between the forms of a part is
    tried again.
    """
    if not _ABBREVIATION.fullmatch(abbreviation):
        return None
    units = _UNIT.findall(abbreviation)
    if len(units) < SHORTEST or sum(map(_begins, units[1:])) >= MOST_HUMPS:
        return None
    further = zip(units[1:], (unit.isupper() for unit in units), strict=False)
    body = _either(units[0][-1]) + "".join(
        _further(unit, after) if _begins(unit) else _either(unit) for unit, after in further
    )
    return re.compile(rf"\n(_*{body}[\w$]*)")


def _begins(unit: str) -> bool:
    return unit[0] == "_" or unit.isupper()


def _further(unit: str, after_capital: bool) -> str:
    """``HTTPErr`` is *HTTPError*, *http_error* and, as a capital after another one may go on, *HttpError*."""
    letter = unit[-1]
    skipped = "[a-z0-9]" if letter.isalpha() else "[A-Za-z]"
    forms = [f"{skipped}*{re.escape(letter.upper())}", f"[A-Za-z0-9]*_+{_either(letter)}"]
    return f"(?:{'|'.join([*forms, _either(letter)] if after_capital and unit.isupper() else forms)})"


def _either(letter: str) -> str:
    return f"[{letter.lower()}{letter.upper()}]" if letter.isalpha() else re.escape(letter)
