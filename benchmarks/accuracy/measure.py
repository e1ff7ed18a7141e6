"""One package through both sides."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from benchmarks.accuracy import cache, compare, compare_calls, compare_graphs, ours
from benchmarks.accuracy.compare import Difference
from benchmarks.accuracy.errors import NotAvailable
from benchmarks.accuracy.facts import CallSite, ImportFact, OracleFacts, OurGraph, SymbolFact
from benchmarks.accuracy.fetch import fetch
from benchmarks.accuracy.oracles import Oracle
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.table import PackageScore

Row = TypeVar("Row", SymbolFact, ImportFact, CallSite)


class Measured(msgspec.Struct, frozen=True):
    """``differences`` by aspect, for the developer who wants to see them."""

    score: PackageScore
    differences: dict[str, list[Difference]] = {}


def measure(package: Package, oracle: Oracle, base: Path, say: Callable[[str], None]) -> Measured:
    try:
        say(f"{package.title}: fetching")
        tree = fetch(package, base)
        say(f"{package.title}: oracle")
        facts = cache.facts(oracle, package, tree, base)
    except NotAvailable as error:
        return Measured(PackageScore(package.language, package.title, "", missing={"oracle": str(error)}))
    say(f"{package.title}: ours")
    return judged(package, ours.scan(tree), facts)


def judged(package: Package, graph: OurGraph, facts: OracleFacts) -> Measured:
    """Pure: the same rows give the same scores."""
    facts, left_out = _scanned(graph, facts)
    differences: dict[str, list[Difference]] = {}
    symbols = imports = calls = None
    if facts.symbols is not None:
        symbols, differences["symbols"] = compare.symbols(graph, facts)
    if facts.imports is not None:
        imports, differences["imports"] = compare.imports(graph, facts)
    if facts.calls is not None:
        calls, differences["calls"] = compare_calls.calls(graph, facts)
    files = facts.files.get("symbols", ())
    with_symbols = {symbol.path for symbol in graph.symbols}
    score = PackageScore(
        language=package.language,
        package=package.title,
        oracle=facts.oracle,
        files=len(files),
        parsed=sum(path in with_symbols for path in files),
        symbols=symbols,
        imports=imports,
        calls=calls,
        traced=compare_calls.traces(graph, facts) if facts.traced is not None else None,
        graphs=compare_graphs.graphs(graph, facts.graphs),
        missing=facts.missing,
        notes=(*facts.notes, *left_out),
    )
    return Measured(score, differences)


def _scanned(graph: OurGraph, facts: OracleFacts) -> tuple[OracleFacts, list[str]]:
    """Without the files that the scan leaves out on purpose: what they hold says nothing about how well we read.

    Calls *into* them stay: whoever relies on the graph misses those edges, whatever the reason.
    """
    reasons = Counter(graph.skipped[path] for path in facts.files.get("symbols", ()) if path in graph.skipped)
    if not reasons:
        return facts, []

    def keep(rows: Iterable[Row] | None) -> tuple[Row, ...] | None:
        return None if rows is None else tuple(row for row in rows if row.path not in graph.skipped)

    kept = msgspec.structs.replace(
        facts,
        symbols=keep(facts.symbols),
        imports=keep(facts.imports),
        calls=keep(facts.calls),
        files={name: tuple(path for path in paths if path not in graph.skipped) for name, paths in facts.files.items()},
    )
    return kept, [f"left out by the scan: {number} × {reason}" for reason, number in sorted(reasons.items())]
