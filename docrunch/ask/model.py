"""Values of ask: a question, statements with citations, an answer."""

from enum import StrEnum

import msgspec

MAX_QUESTION_BYTES = 8 * 1024
MAX_STATEMENTS = 24  # of one answer: what a person reads, what a model is told, what a history holds
MAX_TEXT = 900  # characters of one statement
MAX_QUOTE = 1_600  # characters of the lines behind one statement


class Kind(StrEnum):
    """What is asked. The order is that of no preference; `question.classify` decides."""

    IMPACT = "impact"
    CALLERS = "callers"
    CALLEES = "callees"
    TESTS = "tests"
    WHERE = "where"
    WHAT = "what"
    HOW = "how"
    SETUP = "setup"
    ENTRY_POINTS = "entry_points"
    DEPENDENCIES = "dependencies"
    CYCLES = "cycles"
    ARCHITECTURE = "architecture"
    FREE = "free"


class Origin(StrEnum):
    """Where a statement comes from."""

    GRAPH = "graph"  # computed over the code graph
    SYMBOL = "symbol"  # a definition: its place, signature or documentation
    DOCUMENT = "document"  # quoted from a document of the repository
    SEARCH = "search"  # a search hit


class Role(StrEnum):
    DIRECT = "direct"  # answers by itself
    SUPPORT = "support"
    NEXT = "next"  # where to look


class Citation(msgspec.Struct, frozen=True, order=True):
    """Lines of a file of the cited commit, 1-based and inclusive."""

    path: str
    start: int
    end: int


class Statement(msgspec.Struct, frozen=True):
    """One thing that is known. ``quote``: the cited lines, as far as they were read; ``id`` is given by `compose`."""

    text: str
    citations: tuple[Citation, ...]
    origin: Origin
    role: Role = Role.SUPPORT
    quote: str = ""
    id: str = ""


class Draft(msgspec.Struct, frozen=True):
    """What one kind of question found. Nothing ``DIRECT`` in it means: not found."""

    statements: tuple[Statement, ...] = ()
    looked_for: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what a reader must know of the answer: a name that several symbols have


class Sentence(msgspec.Struct, frozen=True):
    """``supported``: every citation exists in the tree and its lines support what the sentence says."""

    text: str
    citations: tuple[Citation, ...] = ()
    supported: bool = True


class Answer(msgspec.Struct, frozen=True):
    """``model`` is null where nothing was worded by one; ``dropped`` counts sentences of its that had no support."""

    question: str
    kind: Kind
    answer: str
    found: bool
    sentences: tuple[Sentence, ...]
    evidence: tuple[Statement, ...]
    looked_for: tuple[str, ...]
    degraded: tuple[str, ...]
    repository: str
    commit: str
    model: str | None = None
    dropped: int = 0
