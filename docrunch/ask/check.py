"""Whether one worded sentence is supported by the evidence it cites.

A sentence is kept if it cites evidence that was given, every cited place exists in the tree, everything in it that is
written like code, every number and every address occurs in what it cites, most of its other words do, and it denies
nothing that the evidence does not deny. This tells invention and obedience to strangers from wording; it does not
prove that a true word order was kept ("A calls B" of evidence that B calls A passes).
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec

from docrunch.ask.citations import covering, evidence_numbers, places, without_citations
from docrunch.ask.model import Citation, Sentence, Statement
from docrunch.ask.words import stem, terms
from docrunch.documentation.escape import visible

MIN_SHARE = 0.6  # of the words that say something
MAX_SENTENCE = 1_200  # characters
_CODE = re.compile(
    r"`([^`]+)`|(https?://[^\s)\]>]+|www\.[^\s)\]>]+)|((?:[\w-]+/)+[\w.-]+|[A-Za-z_]\w*(?:(?:\.|::|#)\w+)+|\w*_\w+|"
    r"[A-Za-z]*[a-z][A-Z]\w*|\b\d+(?:\.\d+)*\b)"
)
_NEGATION = re.compile(r"\b(?:no|not|never|none|nothing|cannot|without|neither|nor|\w+n't)\b", re.IGNORECASE)
_JOINING = """
    defined located calls called returns provides contains implemented found see line lines directly according document
    documentation says states means first then next new via includes including handles handled takes allows lets makes
    creates created performs provided given following example several various evidence answer question therefore however
    because since while both either other another main well may might change changes affects affected breaks
"""
_GLUE = frozenset(stem(word) for word in _JOINING.split())


class Verdict(StrEnum):
    SUPPORTED = "supported"
    UNCITED = "no citation"
    UNKNOWN = "cites evidence that was not given"
    MISSING = "cites a place that is not in the tree"
    INVENTED = "names something that what it cites does not have"
    UNSUPPORTED = "says what the cited lines do not say"
    TOO_LONG = "too long"


class Checked(msgspec.Struct, frozen=True):
    sentence: Sentence
    verdict: Verdict


def check_sentence(line: str, given: Mapping[str, Statement], exists: Callable[[Citation], bool]) -> Checked:
    """Args: ``line``: as the model wrote it, with its citations; ``given``: the evidence of the prompt, by id."""
    if len(line) > MAX_SENTENCE:  # before it is read: the time grows faster than the line
        return Checked(Sentence(visible(line[:MAX_SENTENCE]).strip(), (), supported=False), Verdict.TOO_LONG)
    text = visible(without_citations(line)).strip()
    numbers, named = evidence_numbers(line), places(line)
    cited = [given[number] for number in numbers if number in given]
    for place in named:
        cited += covering(place, given)
    citations = tuple(dict.fromkeys((*named, *(c for each in cited for c in each.citations))))
    verdict = _verdict(text, numbers, named, cited, citations, given, exists)
    supported = verdict is Verdict.SUPPORTED
    shown = citations if supported else tuple(each for each in citations if exists(each))
    return Checked(Sentence(text, shown[:4], supported), verdict)


def _verdict(
    text: str,
    numbers: list[str],
    named: list[Citation],
    cited: list[Statement],
    citations: tuple[Citation, ...],
    given: Mapping[str, Statement],
    exists: Callable[[Citation], bool],
) -> Verdict:
    if not numbers and not named:
        return Verdict.UNCITED
    if any(number not in given for number in numbers) or not cited:
        return Verdict.UNKNOWN
    if not all(exists(each) for each in citations):
        return Verdict.MISSING
    if any(not covering(place, given) for place in named):
        return Verdict.UNKNOWN
    told = "\n".join(f"{each.text}\n{each.quote}" for each in cited)
    if not _names_occur(text, told):
        return Verdict.INVENTED
    return Verdict.SUPPORTED if _words_occur(text, told) and _denies_alike(text, told) else Verdict.UNSUPPORTED


def _names_occur(text: str, told: str) -> bool:
    """Everything written like code, every number, every address."""
    held = told.lower()
    for ticked, address, plain in _CODE.findall(text):
        name = (ticked or address or plain).strip().rstrip(".,;:").lower()
        bare = name.removesuffix("()")
        if bare and bare not in held:
            return False
        if bare.isdigit() and not re.search(rf"(?<!\d){bare}(?!\d)", held):
            return False
    return True


def _words_occur(text: str, told: str) -> bool:
    words = [term for term in terms(_CODE.sub(" ", text)) if term not in _GLUE]
    if not words:
        return _CODE.search(text) is not None
    held = set(terms(told))
    return sum(word in held for word in words) >= MIN_SHARE * len(words)


def _denies_alike(text: str, told: str) -> bool:
    return _NEGATION.search(_CODE.sub(" ", text)) is None or _NEGATION.search(told) is not None
