"""What a question asks for, decided by rules: the same question is always answered in the same way."""

import re

import msgspec

from docrunch.ask.model import MAX_QUESTION_BYTES, Kind
from docrunch.ask.words import is_stop, terms
from docrunch.errors import LimitExceeded, UsageError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_QUOTED = re.compile(r"`([^`\n]{1,200})`|\"([^\"\n]{1,200})\"|'([^'\s]{1,200})'")
_TOKEN = re.compile(r"[\w$.:#/>\\-]+\(?")  # one run of characters: read once, however hostile
_PART = r"[A-Za-z_$][\w$-]*"
# Something that only a program calls by such a name: dotted, with underscores, slashes, inner capitals, or called.
_IDENTIFIER = re.compile(
    rf"{_PART}(?:(?:\.|::|#|/|->){_PART})+(?::[1-9]\d*)?|[\w.-]+/[\w./-]+(?::[1-9]\d*)?|[A-Za-z_$][\w$]*\(|"
    r"[A-Za-z]*[a-z0-9][A-Z]\w*|[A-Z][A-Z]+[a-z]\w+|[A-Za-z0-9]\w*_\w+|_+[A-Za-z]\w*"
)
MAX_NAMES, MAX_WORDS = 12, 80  # that are looked up: the text of an issue has more
MAX_NAME = 300  # characters of one name
_ABBREVIATIONS = frozenset({"e.g", "i.e", "and/or", "e.g.", "i.e."})
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")

# The first that matches decides.
_RULES: tuple[tuple[Kind, str], ...] = (
    (
        Kind.IMPACT,
        r"\bbreaks?\b|\bbroken\b|\bblast.?radius\b|\bimpact(?:s|ed)?\b|\baffect(?:s|ed)?\b|"
        r"\bif (?:i|we|you|one|somebody|someone) (?:were to )?(?:change|remove|rename|delete|modify|touch|drop)\b|"
        r"\bsafe(?:ly)? to (?:change|remove|rename|delete|modify)\b|\b(?:who|what|which \w+) depends? on\b",
    ),
    (Kind.CYCLES, r"\b(?:import |dependency )?(?:cycles?|circular)\b"),
    (
        Kind.TESTS,
        r"\b(?:what|which) tests?\b|\btests? (?:cover|exercise|for|of)|\btested\b|\bcovered by\b|\bwho tests\b|"
        r"\bcoverage of\b",
    ),
    (
        Kind.CALLERS,
        r"\b(?:who|what|which \w+) (?:\w+ )?(?:calls?|uses?|invokes?|references?)\b|\bcallers? of\b|"
        r"\b(?:usages?|uses|references|call sites?) (?:of|to)\b|\bcalled (?:from|by)\b|"
        r"\bwhere (?:is|are|do we|does anything) .*\b(?:called|used|invoked|referenced|instantiated|call|use)\b",
    ),
    (Kind.CALLEES, r"\bwhat does .*\bcall\b|\bcallees? of\b|\bwhat is called by\b|\bwhat do(?:es)? .*\bdepend on\b"),
    (
        Kind.ENTRY_POINTS,
        r"\bentry.?points?\b|\b(?:which|what|list|all|show)\b.*\b(?:routes?|endpoints?|commands?|jobs?)\b|"
        r"\bwhere does (?:the )?(?:program|execution|app\w*) (?:start|begin)\b|\bmain function\b",
    ),
    (
        Kind.DEPENDENCIES,
        r"\bdependenc(?:y|ies)\b|\bthird.?party\b|\brequirements?\b|"
        r"\bwhat does (?:it|this|the \w+) (?:depend|rely) on\b|"
        r"\bexternal (?:packages|libraries|modules)\b|\b(?:packages|libraries) (?:does|is|are|do)\b",
    ),
    (
        Kind.ARCHITECTURE,
        r"\barchitecture\b|\boverview\b|\bmain (?:modules?|components?|parts?|pieces)\b|"
        r"\b(?:structure|structured|organi[sz]ed|laid out|layout) ?(?:of)?\b|\bbig picture\b|\bhow is (?:the|this) "
        r"(?:code ?base|project|repo\w*|package|library)\b|"
        r"\bwhat(?: is|'s) (?:this|the) (?:project|repo\w*|package|library)\b|"
        r"\bwhat(?: is|'s) (?:this|it)(?: all)?(?: about| for)?\W*$|"
        r"\bwhat does (?:it|(?:this|the) (?:project|repo\w*|package|library)|this)(?: \w+)? do\W*$|"
        r"\bwhere (?:do|should|can|to)\b(?: \w+){0,3} (?:start|begin)(?: reading| looking| with \w+)?\W*$|"
        r"\bmost (?:important|central)\b",
    ),
    (
        Kind.SETUP,
        r"\bhow (?:do|can|should|would|to|must)\b.*\b(?:install|run|start|build|compile|deploy|configure|set ?up|"
        r"launch|upgrade|develop|contribute|test it|test this|run the tests)\b|\binstall(?:ation)?\b|"
        r"\bgetting started\b|\bconfigur(?:e|ed|ation)\b",
    ),
    (
        Kind.WHERE,
        r"\bwhere (?:is|are|does|do|can|in|would|should|was|'s)\b|\bwhich (?:file|files|module|modules|function|class|"
        r"method)\b|\bin (?:which|what) file\b|\blocat(?:e|ed|ion of)\b|\bfind (?:the|where)\b|\bdefin(?:ed|ition)\b",
    ),
    (Kind.HOW, r"\bhow\b|\bwhy\b|\bwhen does\b"),
    (Kind.WHAT, r"\bwhat(?:'s| is| are| does| do| was)\b|\bexplain\b|\bdescribe\b|\bpurpose\b|\bmeaning of\b"),
)
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _RULES)


class Question(msgspec.Struct, frozen=True):
    """``names``: what is written like code or in quotes; ``words``: the other words that say something, in order;
    ``terms``: stems of all of it."""

    text: str
    kind: Kind
    names: tuple[str, ...]
    words: tuple[str, ...]
    terms: tuple[str, ...]


def check_question(text: str) -> str:
    """The question without what is no text.

    Raises:
        UsageError: there is nothing in it.
        LimitExceeded: it is longer than `MAX_QUESTION_BYTES`.
    """
    if len(text) > MAX_QUESTION_BYTES or len(text.encode("utf-8", "replace")) > MAX_QUESTION_BYTES:
        raise LimitExceeded(
            f"the question has more than {MAX_QUESTION_BYTES:,} bytes", hint="Ask a shorter one, or name the place."
        )
    made = " ".join(_CONTROL.sub(" ", text.encode("utf-8", "replace").decode()).split())
    if not made:
        raise UsageError("the question is empty", hint='For example: docrunch ask REPO "who calls parse_config?"')
    return made


def read_question(text: str) -> Question:
    """Raises: as `check_question`."""
    made = check_question(text)
    names = _names(made)
    rest = made
    for name in names:
        rest = rest.replace(name, " ")
    words = tuple(dict.fromkeys(word for word in _WORD.findall(rest) if not is_stop(word)))[:MAX_WORDS]
    return Question(made, classify(made), names, words, tuple(dict.fromkeys(terms(made)))[:MAX_WORDS])


def classify(text: str) -> Kind:
    bare = _QUOTED.sub(" X ", text)
    return next((kind for kind, pattern in _COMPILED if pattern.search(bare)), Kind.FREE)


def _names(text: str) -> tuple[str, ...]:
    quoted = [next(group for group in found.groups() if group) for found in _QUOTED.finditer(text)]
    rest = _QUOTED.sub(" ", text)
    tokens = (each.strip(".:/>#-") for each in _TOKEN.findall(rest))
    coded = [each.rstrip("(") for each in tokens if len(each) <= MAX_NAME and _IDENTIFIER.fullmatch(each)]
    named = [each.strip().removesuffix("()") for each in (*quoted, *coded)]
    found = [each for each in named if each and each.lower() not in _ABBREVIATIONS]
    return tuple(dict.fromkeys(found))[:MAX_NAMES]
