"""The rows that are compared. Paths are relative to the package's tree, with ``/``; lines are 1-based and inclusive."""

from typing import Literal, NamedTuple

import msgspec

Verdict = Literal["inside", "outside", "unknown"]
ASPECTS = ("symbols", "imports", "calls", "traced")


class Place(NamedTuple):
    """Where a definition has its name. Line 0 is the file itself."""

    path: str
    line: int


class SymbolFact(msgspec.Struct, frozen=True, order=True):
    path: str
    line: int  # of the name
    end_line: int
    kind: str  # a node kind of the export
    name: str


class ImportFact(msgspec.Struct, frozen=True, order=True):
    """One file takes something from another file of the repository, or (Go) from a directory of it.

    ``optional``: true by the letter of the language, but left out by the oracle's own convention; an edge there is
    neither right nor wrong, its absence is no miss.
    """

    path: str
    target: str
    line: int = 0
    optional: bool = False


class CallSite(msgspec.Struct, frozen=True, order=True):
    """One call expression and what the oracle says of its callee.

    ``start_line`` is where the whole expression begins, ``line`` where the callee's last name stands; an edge may name
    any line between.

    ``inside``: ``targets`` are the definitions that are right, any of them (overloads, a class and its constructor).
    ``outside``: the callee is not of this repository. ``unknown``: the oracle cannot say.
    ``certain`` is false where the oracle itself offers several different definitions: an edge to one of them is right,
    but the site does not count for recall. ``also``: an edge there is right too, but is not what was looked for (the
    attribute that holds the callee, an implementation of an interface's method).
    """

    path: str
    start_line: int
    line: int
    name: str  # last name of the callee as written, "" where it has none
    verdict: Verdict
    targets: tuple[Place, ...] = ()
    certain: bool = True
    also: tuple[Place, ...] = ()


class TracedCall(msgspec.Struct, frozen=True, order=True):
    """A call that was seen at run time: ``line`` is the line of ``caller``'s file that was being executed.

    ``also``: other definitions an edge may name for the same event (the class whose constructor ran).
    """

    caller: Place
    line: int
    callee: Place
    written: bool = True  # a call expression naming the callee stands on that line (no operator, property, callback)
    also: tuple[Place, ...] = ()


class GraphCall(msgspec.Struct, frozen=True, order=True):
    """One call of an analysis of the whole program: a line may lead to several functions, those that it can reach."""

    path: str
    line: int
    callee: Place
    through: Literal["static", "interface", "value"]


class OracleFacts(msgspec.Struct, frozen=True):
    """What the oracles of one language say about one package.

    ``loose`` are functions that the language does not call a definition (assigned to a field of some value, held by an
    object without a name): a symbol of ours on such a line is neither right nor wrong.

    An aspect is None where no oracle for it could be had; ``missing`` then says why. ``files`` names, per aspect, the
    files the oracle speaks about: what we say about other files is not judged. ``unread`` are lines of them that it did
    not read (branches of a preprocessor): what we say about those is not judged either. ``kinds`` are the symbol
    kinds it knows. ``graphs`` are call graphs by the name of their analysis.
    """

    oracle: str
    symbols: tuple[SymbolFact, ...] | None = None
    loose: tuple[SymbolFact, ...] = ()
    imports: tuple[ImportFact, ...] | None = None
    calls: tuple[CallSite, ...] | None = None
    traced: tuple[TracedCall, ...] | None = None
    graphs: dict[str, tuple[GraphCall, ...]] = {}
    files: dict[str, tuple[str, ...]] = {}
    unread: dict[str, tuple[int, ...]] = {}
    kinds: tuple[str, ...] = ()
    missing: dict[str, str] = {}
    notes: tuple[str, ...] = ()


class OurCall(msgspec.Struct, frozen=True, order=True):
    """One line of one ``calls`` edge between two symbols of the repository."""

    path: str
    line: int
    target: Place
    target_name: str
    confidence: str
    certainty: float
    source: Place  # innermost function, method or class around the call; line 0 for the module


class OurGraph(msgspec.Struct, frozen=True):
    """``skipped``: files that the scan leaves out on purpose (generated, minified, too large), with the reason.

    ``overridden``: methods with what they override or implement, one step up. ``outside``: calls that leave the
    repository. What is outside has its name for a path, and line 0.
    """

    symbols: tuple[SymbolFact, ...] = ()
    imports: tuple[ImportFact, ...] = ()
    calls: tuple[OurCall, ...] = ()
    overridden: tuple[tuple[Place, Place], ...] = ()
    outside: tuple[tuple[Place, Place], ...] = ()
    skipped: dict[str, str] = {}
