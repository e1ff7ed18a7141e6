"""From what a model writes, piece by piece, to sentences that were checked, and to the answer that is made of them."""

import re
from collections import Counter
from collections.abc import Callable, Mapping

import msgspec

from docrunch.ask.check import Checked, check_sentence
from docrunch.ask.compose import text_of
from docrunch.ask.model import Answer, Citation, Sentence, Statement
from docrunch.ask.prompt import NOT_FOUND
from docrunch.ask.say import plural

MAX_OUTPUT = 16_000  # characters of a model's answer that are read
MAX_SENTENCES = 24
_BULLET = re.compile(r"^\s*(?:[-*•]\s+|\d{1,2}[.)]\s+|#{1,6}\s+|>\s+)")
_INNER = re.compile(r"(?<=[\])])[.]?\s+(?=[A-Z`\"'])")  # a claim that follows the citation of another on one line


class Wording:
    """Takes pieces as they arrive; gives each sentence when its line is complete, checked.

    Args:
        given: the evidence of the prompt.
        exists: whether a place is in the tree.
    """

    def __init__(self, given: Mapping[str, Statement], exists: Callable[[Citation], bool]) -> None:
        self._given, self._exists = given, exists
        self._open = ""
        self._read = 0
        self.kept: list[Sentence] = []
        self.dropped: Counter[str] = Counter()  # by verdict
        self.says_not_found = False
        self.full = False  # more was written than is read

    def feed(self, piece: str) -> list[Sentence]:
        """Sentences that are supported and complete now."""
        room = MAX_OUTPUT - self._read
        if len(piece) > room or len(self.kept) >= MAX_SENTENCES:
            self.full = True
        self._read += len(piece[:room])
        *lines, self._open = (self._open + piece[:room]).split("\n")
        return self._checked(lines)

    def end(self) -> list[Sentence]:
        rest, self._open = self._open, ""
        return self._checked([rest])

    def _checked(self, lines: list[str]) -> list[Sentence]:
        found: list[Sentence] = []
        for line in lines:
            for part in _INNER.split(_BULLET.sub("", line.strip())):
                checked = self._one(part.strip())
                if checked is not None and checked.sentence.supported and len(self.kept) < MAX_SENTENCES:
                    self.kept.append(checked.sentence)
                    found.append(checked.sentence)
        return found

    def _one(self, text: str) -> Checked | None:
        if not text or text.startswith("```"):
            return None
        if text.strip(' .*`"') == NOT_FOUND:
            self.says_not_found = True
            return None
        checked = check_sentence(text, self._given, self._exists)
        if checked.sentence.supported and any(checked.sentence.text == each.text for each in self.kept):
            return None  # said twice
        if not checked.sentence.supported:
            self.dropped[str(checked.verdict)] += 1
        return checked


def worded_answer(extractive: Answer, wording: Wording, model: str) -> Answer:
    """The extractive answer with the words of the model; as it was where the model said nothing that is supported."""
    dropped = sum(wording.dropped.values())
    notes: list[str] = []
    if wording.full:
        notes.append(f"the model wrote more than {MAX_OUTPUT:,} characters; the rest was not read")
    if dropped:
        why = ", ".join(f"{reason}: {count}" for reason, count in sorted(wording.dropped.items()))
        notes.append(f"{plural(dropped, 'sentence')} of the model left out ({why})")
    if not wording.kept:
        said = (
            "the model says that the evidence does not answer it"
            if wording.says_not_found
            else ("the model said nothing that is supported")
        )
        degraded = (*extractive.degraded, *notes, f"{said}: the answer is made of quotations")
        return msgspec.structs.replace(extractive, degraded=degraded, dropped=dropped)
    sentences = tuple(wording.kept)
    return msgspec.structs.replace(
        extractive,
        answer=text_of(sentences),
        sentences=sentences,
        degraded=(*extractive.degraded, *notes),
        model=model,
        dropped=dropped,
    )


def without_quotes(answer: Answer) -> Answer:
    """What travels: whoever needs the lines reads them at the citations."""
    evidence = tuple(msgspec.structs.replace(each, quote="") for each in answer.evidence)
    return msgspec.structs.replace(answer, evidence=evidence)
