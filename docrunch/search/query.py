"""What a query means: a few words, a name, a place, or a whole issue text with code, errors and stack traces in it.

A pure function of the text. Nothing of it is a query language: quotes mark literal text, everything else is data.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from docrunch.errors import LimitExceeded, UsageError
from docrunch.search.analysis import STOP_WORDS
from docrunch.search.analysis import terms as terms_of
from docrunch.search.model import MAX_QUERY_BYTES
from docrunch.search.traces import Frame, frames

MAX_TERMS = 96  # of one query, the heaviest; the rest of a long text adds time and hardly anything else
MAX_NAMES = 48
MAX_PATHS = 32
MAX_QUOTED = 8
SHORT_WORDS = 4  # up to this many words each one may be the name of something
MAX_PROSE = 1_200  # characters that are embedded: more than the encoder reads

# What a term counts by where it stands. An issue says in its first line what it is about.
TITLE, NAMED, QUOTED, TRACE = 1.6, 1.8, 1.3, 0.4
REPEATED = 0.35  # of a term's weight is added for each doubling of its count

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_BACKTICKS = re.compile(r"`([^`\n]{2,200})`")
_QUOTED = re.compile(r"\"([^\"\n]{3,200})\"|'([^'\n]{4,200})'(?!\w)|“([^”\n]{3,200})”")
_PATH = re.compile(
    r"(?<![\w@])((?:[A-Za-z]:)?[\w.@+-]{0,100}(?:[/\\][\w.@+-]{1,100}){0,40}\.[A-Za-z]\w{0,9})"
    r"(?::(\d{1,8})|#L(\d{1,8})|\((\d{1,8})(?:,\d{1,8})?\)|,? line (\d{1,8}))?"
)
_FOLDER = re.compile(r"(?<![\w@:/.])((?:[\w.+-]{1,100}/){1,40}[\w.+-]{1,100})/?")
_QUALIFIED = re.compile(r"(?<![\w.])([A-Za-z_$][\w$]*(?:(?:\.|::|#|->)[A-Za-z_$][\w$]*){1,12})")
_CALL = re.compile(r"(?<![\w.])([A-Za-z_$][\w$]{1,100})\s?\(")
_IDENTIFIER = re.compile(r"(?<![\w$])([A-Za-z_$][\w$]{1,100})(?![\w$])")
_SEPARATOR = re.compile(r"::|->|[.#\\/]")
_CODE_WORD = re.compile(  # camelCase, CamelCase, snake_case, _private, HTTPAdapter
    r"^(?:[a-z$][a-z0-9$]*[A-Z]\w*|[A-Z][a-z0-9]+[A-Z]\w*|\w*[A-Za-z0-9]_[A-Za-z0-9]\w*|_+\w+|[A-Z]{2,}\w*[\da-z]\w*)$"
)
_TESTS = re.compile(r"\b(?:unit[- ]?)?(?:tests?|testing|specs?|fixtures?)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
# What failed, as it is printed: ``ValueError: no such key``. The place that says so is looked for, not the type.
_THROWN = re.compile(r"(?:^|`)[ \t]{0,8}(?:\w{1,80}\.){0,8}([A-Z]\w{1,80}): ", re.MULTILINE)
THROWN = 0.2  # how sure it is that such a type is meant
_EXTENSIONS_LISTED = """bash c cc cfg cjs cpp cs css cxx ex exs go gradle graphql h hh hpp html ini java js json jsx
    kt kts lock lua md mdx mjs mod php proto py pyi rb rs rst scala sh sql svelte swift tf toml ts tsx txt vue xml yaml
    yml"""
_EXTENSIONS = frozenset(_EXTENSIONS_LISTED.split())
# Words of requests rather than of what is looked for: as good as silent beside others.
REQUEST_WORDS = (
    "about add added after all also always and any anyone appears because before being behavior behaviour bug bugs code"
    " correct correctly could create current currently does expected find following get gets got happens help however"
    " instead issue issues just like make makes need never only please possible problem problems question reproduce see"
    " seems should show shows something steps still there thing things try trying use used user users uses using"
    " version versions want way when where which while work working works wrong"
)
_SILENT = frozenset(terms_of(REQUEST_WORDS))
REQUESTED = 0.25  # weight of those


class PathRef(NamedTuple):
    """``line`` 0 where only the file is named."""

    path: str
    line: int = 0


class Name(NamedTuple):
    """``parts`` of a dotted name, outermost first. ``weight`` 0–1: how sure it is that a symbol is meant."""

    parts: tuple[str, ...]
    weight: float


class Query(msgspec.Struct, frozen=True):
    """``terms`` → weight as the index spells them; ``prose`` is what is embedded."""

    text: str
    terms: dict[str, float]
    names: tuple[Name, ...] = ()
    paths: tuple[PathRef, ...] = ()
    quoted: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    about_tests: bool = False
    prose: str = ""

    @property
    def is_name(self) -> bool:
        """Whether it is one identifier and nothing else: what is called so is looked for, or begins so."""
        return len(self.names) == 1 and self.names[0].parts == (self.text.strip("`\"'()"),)


def check_query(text: str) -> None:
    """Raises:
    UsageError: there is nothing to search for.
    LimitExceeded: the text is longer than `MAX_QUERY_BYTES`.
    """
    size = len(text) if len(text) > MAX_QUERY_BYTES else len(text.encode("utf-8", "replace"))
    if size > MAX_QUERY_BYTES:
        raise LimitExceeded(
            f"the query has more than {MAX_QUERY_BYTES // 1024} KB",
            hint="Search for its first lines, the error message or the innermost frames of the trace.",
        )
    if not _clean(text).strip():
        raise UsageError("the query is empty", hint='Say what to look for: docrunch search REPO "retry a request".')


def understand(text: str) -> Query:
    """The meaning of a query of at most `MAX_QUERY_BYTES`."""
    text = _clean(text).strip()
    trace = frames(text)
    said, traced = _apart(text) if trace else (text, [])
    paths = tuple(dict.fromkeys(_paths(said)))[:MAX_PATHS]
    names = _names(said, trace)
    quoted = tuple(dict.fromkeys(each.strip() for each in _quoted(said) if each.strip()))[:MAX_QUOTED]
    about_tests = bool(_TESTS.search(_title(text))) or any("test" in each.path.lower() for each in paths)
    return Query(
        text,
        _terms(said, traced, names, quoted),
        names,
        paths,
        quoted,
        trace,
        about_tests,
        _prose(said or text),
    )


def _apart(text: str) -> tuple[str, list[str]]:
    """What a person says, and the lines of traces: frames, and the code that some languages print below each."""
    said: list[str] = []
    traced: list[str] = []
    within = False
    for line in text.split("\n"):
        frame = bool(frames(line))
        (traced if frame or (within and line.startswith("    ")) else said).append(line)
        within = frame
    return "\n".join(said), traced


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _title(text: str) -> str:
    return text.split("\n", 1)[0]


def _paths(text: str) -> Iterator[PathRef]:
    for match in _PATH.finditer(text):
        path = match[1].replace("\\", "/")
        if "/" in path or path.rpartition(".")[2].lower() in _EXTENSIONS:
            yield PathRef(path, int(next((each for each in match.groups()[1:] if each), 0)))
    for match in _FOLDER.finditer(text):
        spelled = match[1].rstrip(".")
        if not _PATH.fullmatch(spelled):
            yield PathRef(spelled)


def _names(text: str, trace: tuple[Frame, ...]) -> tuple[Name, ...]:
    """Candidates for names of symbols, the surest first; of equal ones the first."""
    found: dict[tuple[str, ...], float] = {}

    def add(spelled: str, weight: float) -> None:
        parts = tuple(part for part in _SEPARATOR.split(spelled.strip().rstrip("()")) if part)
        if parts and len(parts[-1]) > 1 and all(_IDENTIFIER.fullmatch(part) for part in parts):
            found[parts] = max(found.get(parts, 0.0), weight)

    for match in _BACKTICKS.finditer(text):
        add(match[1], 1.0)
    for match in _QUALIFIED.finditer(text):
        if match[1].rpartition(".")[2].lower() not in _EXTENSIONS:
            add(match[1], 1.0)
    for match in _CALL.finditer(text):
        if match[1].lower() not in STOP_WORDS:
            add(match[1], 0.8)
    words = _WORD.findall(text)
    for match in _IDENTIFIER.finditer(text):
        if _CODE_WORD.match(match[1]):
            add(match[1], 0.8)
        elif len(words) <= SHORT_WORDS and match[1].lower() not in STOP_WORDS:
            add(match[1], 0.9 if len(words) == 1 else 0.4)
    for match in _THROWN.finditer(text):
        found.update({parts: min(weight, THROWN) for parts, weight in found.items() if parts[-1] == match[1]})
    for frame in trace:
        found.pop(tuple(_SEPARATOR.split(frame.function)), None)  # the trace's own signal weighs them by depth
    ordered = sorted(found.items(), key=lambda each: -each[1])  # stable: by first occurrence
    return tuple(Name(parts, weight) for parts, weight in ordered[:MAX_NAMES])


def _quoted(text: str) -> Iterator[str]:
    for match in _QUOTED.finditer(text):
        yield next(each for each in match.groups() if each is not None)


def _terms(said: str, traced: list[str], names: tuple[Name, ...], quoted: tuple[str, ...]) -> dict[str, float]:
    """Terms of the whole text, heavier where they stand in the title, in names or quotes; lighter in traces."""
    weights: dict[str, float] = {}
    counts: dict[str, int] = {}

    def add(piece: str, weight: float) -> None:
        for term in terms_of(piece):
            counts[term] = counts.get(term, 0) + 1
            weights[term] = max(weights.get(term, 0.0), weight)

    title, _, rest = said.partition("\n")
    add(title, TITLE if rest.strip() else 1.0)
    add(rest, 1.0)
    add("\n".join(traced), TRACE)
    for name in (name for name in names if name.weight > THROWN):
        add(".".join(name.parts), 1.0 + (NAMED - 1.0) * name.weight)
    for each in quoted:
        add(each, QUOTED)
    if any(term not in _SILENT for term in weights):
        weights = {term: weight * (REQUESTED if term in _SILENT else 1.0) for term, weight in weights.items()}
    scored = {term: weight * (1.0 + REPEATED * (counts[term].bit_length() - 1)) for term, weight in weights.items()}
    kept = sorted(scored.items(), key=lambda each: (-each[1], each[0]))[:MAX_TERMS]
    return dict(sorted(kept))


def _prose(said: str) -> str:
    """For the encoder, which reads a few hundred words."""
    return re.sub(r"\s+", " ", said).strip()[:MAX_PROSE]
