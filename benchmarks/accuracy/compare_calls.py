"""Calls: every line of every ``calls`` edge against the call sites there, every site against our edges, and the trace.

An edge inside the repository is right when a site on its line has its target, or when the trace saw it. It is wrong
when the sites that could be meant lead elsewhere. It is unjudged when the oracle cannot say where they lead.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from benchmarks.accuracy.compare import Difference, lines_not_read
from benchmarks.accuracy.facts import CallSite, OracleFacts, OurCall, OurGraph, Place
from benchmarks.accuracy.scores import CallScore, ClassScore, TraceScore

HEURISTIC = "heuristic"
_Sites = Mapping[tuple[str, int], Sequence[CallSite]]


def calls(ours: OurGraph, oracle: OracleFacts) -> tuple[CallScore, list[Difference]]:
    """Precision per confidence class over judged edges, recall over the sites that the oracle resolves inside."""
    files = frozenset(oracle.files.get("calls", ()))
    unread = lines_not_read(oracle)
    mine = [call for call in ours.calls if call.path in files and (call.path, call.line) not in unread]
    sites = sorted(set(oracle.calls or ()))
    by_line = _by_line(sites)
    seen = {
        (call.caller.path, call.line, target) for call in oracle.traced or () for target in (call.callee, *call.also)
    }
    classes: dict[str, ClassScore] = {}
    differences = []
    for call in mine:
        verdict = judge(call, by_line, seen)
        classes[call.confidence] = classes.get(call.confidence, ClassScore()) + _counted(call, verdict)
        if verdict is False:
            differences.append(_wrong(call, by_line.get((call.path, call.line), ())))
    found, firm, missed = _recall(sites, mine)
    resolvable = [site for site in sites if _counts(site)]
    differences += [
        Difference("missed", f"{site.path}:{site.line}", f"calls {site.name} → {_places(site.targets)}")
        for site in missed
    ]
    score = CallScore(
        classes,
        len(resolvable),
        found,
        firm,
        sum(site.verdict == "unknown" for site in sites),
        sum(site.verdict == "outside" for site in sites),
    )
    return score, differences


def judge(call: OurCall, by_line: _Sites, seen: set[tuple[str, int, Place]]) -> bool | None:
    """None where the oracle cannot say."""
    here = by_line.get((call.path, call.line), ())
    if any(call.target in (*site.targets, *site.also) for site in here) or (call.path, call.line, call.target) in seen:
        return True
    meant = [site for site in here if site.name == call.target_name] or here
    if meant and all(site.verdict == "unknown" for site in meant):
        return None
    if meant is here and any(site.verdict == "unknown" for site in meant):
        return None  # an alias, perhaps: no site has the target's name
    return False


def traces(ours: OurGraph, oracle: OracleFacts) -> TraceScore:
    """Distinct pairs of definitions; found when we have an edge from the one to the other, on whatever line."""
    ends = {(call.source, call.target) for call in ours.calls}
    pairs: dict[tuple[Place, Place], tuple[bool, bool]] = {}
    for call in oracle.traced or ():
        pair = (call.caller, call.callee)
        written, found = pairs.get(pair, (False, False))
        found = found or any((call.caller, target) in ends for target in (call.callee, *call.also))
        pairs[pair] = (written or call.written, found)
    return TraceScore(
        len(pairs),
        sum(found for _, found in pairs.values()),
        sum(written for written, _ in pairs.values()),
        sum(written and found for written, found in pairs.values()),
    )


def _recall(sites: Sequence[CallSite], mine: Sequence[OurCall]) -> tuple[int, int, list[CallSite]]:
    """How many sites have an edge, how many one that is not heuristic, and those without."""
    edges: dict[tuple[str, int, Place], bool] = {}
    for call in mine:
        key = (call.path, call.line, call.target)
        edges[key] = edges.get(key, False) or call.confidence != HEURISTIC
    found = firm = 0
    missed = []
    for site in sites:
        if not _counts(site):
            continue
        hits = [
            edges[site.path, line, target]
            for target in site.targets
            for line in range(site.start_line, site.line + 1)
            if (site.path, line, target) in edges
        ]
        found += bool(hits)
        firm += any(hits)
        if not hits:
            missed.append(site)
    return found, firm, missed


def _counts(site: CallSite) -> bool:
    return site.verdict == "inside" and site.certain


def _by_line(sites: Iterable[CallSite]) -> _Sites:
    found: dict[tuple[str, int], list[CallSite]] = defaultdict(list)
    for site in sites:
        for line in range(site.start_line, site.line + 1):
            found[site.path, line].append(site)
    return found


def _counted(call: OurCall, verdict: bool | None) -> ClassScore:
    if verdict is None:
        return ClassScore(unjudged=1)
    return ClassScore(right=int(verdict), wrong=int(not verdict), stated=call.certainty)


def _wrong(call: OurCall, here: Sequence[CallSite]) -> Difference:
    named = [site for site in here if site.name == call.target_name] or here
    if not named:
        said = "no call there"
    else:
        said = " | ".join(sorted({_places(site.targets) if site.targets else site.verdict for site in named}))
    text = f"calls {call.target_name} → {call.target.path}:{call.target.line} ({call.confidence}); the oracle: {said}"
    return Difference("wrong", f"{call.path}:{call.line}", text)


def _places(places: Iterable[Place]) -> str:
    return ", ".join(f"{place.path}:{place.line}" for place in places)
