"""What call expressions mean, by the calls that were seen while a package's own tests ran.

A site is judged only where it was executed. What else it could mean is not known, so an edge to another definition
counts as wrong there: where a site is polymorphic and the tests show one side only, we look worse than we are.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from benchmarks.accuracy.facts import CallSite, Place, SymbolFact, TracedCall

SUPER = "super"  # the name of a site that calls the method of the same name further up


class Event(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One kind of call from one line. An empty callee is something outside of the tree."""

    path: str
    line: int
    name: str  # of the method as it was called
    callee: str
    callee_line: int
    others: tuple[tuple[str, int], ...] = ()  # definitions that the callee overrides, and other names of it


def executed(sites: Iterable[CallSite], events: Iterable[Event]) -> tuple[CallSite, ...]:
    """Sites whose verdict is unknown get that of the events on their lines."""
    by_name: dict[tuple[str, str], list[Event]] = {}
    by_line: dict[tuple[str, int], list[Event]] = {}
    for event in events:
        by_name.setdefault((event.path, event.name), []).append(event)
        by_line.setdefault((event.path, event.line), []).append(event)
    listed = sorted(set(sites))
    named: dict[tuple[str, int], set[str]] = {}
    for site in listed:
        for line in range(site.start_line, site.line + 1):
            named.setdefault((site.path, line), set()).add(site.name)
    return tuple(sorted({_judged(site, by_name, by_line, named) for site in listed}))


def _judged(
    site: CallSite,
    by_name: Mapping[tuple[str, str], Sequence[Event]],
    by_line: Mapping[tuple[str, int], Sequence[Event]],
    named: Mapping[tuple[str, int], set[str]],
) -> CallSite:
    if site.verdict != "unknown":
        return site
    if site.name == SUPER:
        lines = range(site.start_line, site.line + 1)
        seen = [
            event
            for line in lines
            for event in by_line.get((site.path, line), ())
            if event.name not in named.get((site.path, line), ()) and event.name != "new"
        ]
    else:
        seen = [e for e in by_name.get((site.path, site.name), ()) if site.start_line <= e.line <= site.line]
    if not seen:
        return site
    inside = sorted({Place(event.callee, event.callee_line) for event in seen if event.callee})
    also = sorted({Place(*other) for event in seen for other in event.others} - set(inside))
    if not inside:
        return msgspec.structs.replace(site, verdict="outside", also=tuple(also))
    certain = len(inside) == 1 and all(event.callee for event in seen)
    return msgspec.structs.replace(site, verdict="inside", targets=tuple(inside), also=tuple(also), certain=certain)


def traced(
    sites: Iterable[CallSite], events: Iterable[Event], symbols: Iterable[SymbolFact], kinds: frozenset[str]
) -> tuple[TracedCall, ...]:
    """Args: ``kinds``: of symbols that hold code."""
    around: dict[str, list[SymbolFact]] = {}
    for symbol in symbols:
        if symbol.kind in kinds:
            around.setdefault(symbol.path, []).append(symbol)
    named: dict[tuple[str, int], set[str]] = {}
    for site in sites:
        for line in range(site.start_line, site.line + 1):
            named.setdefault((site.path, line), set()).add(site.name)
    found = set()
    for event in events:
        if not event.callee:
            continue
        caller = max((s.line for s in around.get(event.path, ()) if s.line <= event.line <= s.end_line), default=0)
        written = bool({event.name, SUPER} & named.get((event.path, event.line), set()))
        target = Place(event.callee, event.callee_line)
        also = tuple(sorted(Place(*other) for other in event.others))
        found.add(TracedCall(Place(event.path, caller), event.line, target, written, also))
    return tuple(sorted(found))
