"""Answers of the graph as text for people: places first, so that terminals make them links."""

from collections.abc import Mapping, Sequence

from api.cli.output import table
from docrunch.graph.queries.communities import Community
from docrunch.graph.queries.cycles import Cycle
from docrunch.graph.queries.entrypoints import EntryFace
from docrunch.graph.queries.faces import Face, Link
from docrunch.graph.queries.hierarchy import Calls
from docrunch.graph.queries.hotspots import Hotspot
from docrunch.graph.queries.impact import Hit, Impact, TestHit
from docrunch.graph.queries.markers import Markers
from docrunch.graph.queries.outline import Item
from docrunch.graph.queries.paths import Path
from docrunch.graph.queries.rank import Ranked
from docrunch.graph.queries.risk import Risk
from docrunch.graph.queries.unresolved import Misses
from docrunch.graph.queries.unused import Unused
from docrunch.graph.queries.who_tests import Tests
from docrunch.source.churn import Churn

_LINES = 5  # shown of an edge


def where(face: Face) -> str:
    return f"{face.path}:{face.line}" if face.path and face.line else face.path or "(outside)"


def _lines(link: Link) -> str:
    shown = ", ".join(map(str, link.lines[:_LINES]))
    return shown + (", …" if len(link.lines) > _LINES else "")


def _more(shown: int, total: int) -> str:
    return f"\n… and {total - shown:,} more (--limit 0 shows all)" if total > shown else ""


def _names(faces: Sequence[Face]) -> str:
    return ", ".join(f"{face.qualified_name} ({where(face)})" for face in faces)


def calls(found: Calls, *, incoming: bool) -> str:
    if not found.calls:
        return f"Nothing {'calls' if incoming else 'in the graph is called by'} {_names(found.symbols)}."
    rows = []
    for step in found.calls:
        here = step.link.source if incoming else step.link.target
        rows.append((step.depth, where(here), here.qualified_name, step.link.confidence, _lines(step.link)))
    header = ("DEPTH", "WHERE", "CALLER" if incoming else "CALLEE", "CONFIDENCE", "ON LINES")
    return table(rows, header) + _more(len(found.calls), found.total)


def path(found: Path) -> str:
    if found.links is None:
        return f"{found.source.qualified_name} does not lead to {found.target.qualified_name}."
    lines = [f"{where(found.source)}  {found.source.qualified_name}"]
    for link in found.links:
        lines.append(f"  {link.kind} ({link.confidence}, line {_lines(link) or '-'})")
        lines.append(f"{where(link.target)}  {link.target.qualified_name}")
    return "\n".join(lines)


def impact(found: Impact, pages: Sequence[str], unknown: Sequence[str], limit: int) -> str:
    parts = [_risk(found.risk), "Changed: " + (_names(found.changed[: limit or None]) or "nothing in the graph")]
    if unknown:
        parts.append("Not in the graph: " + ", ".join(unknown[: limit or None]))
    for depth, level in enumerate(found.by_depth, start=1):
        rows = [_hit(hit) for hit in level[: limit or None]]
        shown = table(rows, ("WHERE", "SYMBOL", "CONFIDENCE", "BECAUSE"))
        parts.append(f"Depth {depth}\n{shown}{_more(len(rows), len(level))}")
    if found.modules:
        parts.append("Files: " + _list([row.path for row in found.modules], limit))
    if found.entry_points:
        parts.append("Entry points: " + _list([_entry(entry) for entry in found.entry_points], limit))
    if pages:
        parts.append("Documentation: " + _list(list(pages), limit))
    tests_ = _tests(found.tests, limit)
    parts.append(tests_ if tests_ else "No test reaches this.")
    return "\n\n".join(parts)


def _hit(hit: Hit) -> tuple[str, str, str, str]:
    because = f"{hit.by} {hit.through.qualified_name}"
    return where(hit.symbol), hit.symbol.qualified_name, f"{hit.confidence:.2f}", because


def _risk(risk: Risk) -> str:
    points = ", ".join(f"{name} {value:g}" for name, value in risk.points.items())
    return (
        f"Risk {risk.level}: {risk.score} of 100 points ({points})\n"
        f"{risk.changed:,} changed, {risk.dependents:,} direct dependents, {risk.modules:,} files, "
        f"{risk.exported:,} exported, {risk.entry_points:,} entry points, {risk.untested:,} without a test, "
        f"depth {risk.depth}; {risk.heuristic_skipped:,} guessed edges not followed"
    )


def _list(items: Sequence[str], limit: int) -> str:
    shown = items[: limit or None]
    return ", ".join(shown) + (f" … and {len(items) - len(shown):,} more" if len(items) > len(shown) else "")


def _entry(entry: EntryFace) -> str:
    return f"{entry.kind} {entry.label}".strip() + f" ({where(entry.handler)})"


def _tests(found: Sequence[TestHit], limit: int) -> str:
    shown = found[: limit or None]
    rows = [(where(test.symbol), test.symbol.qualified_name, f"{test.relevance:.2f}") for test in shown]
    return table(rows, ("TEST", "NAME", "RELEVANCE")) + _more(len(shown), len(found)) if rows else ""


def tests(found: Tests) -> str:
    if not found.tests:
        return f"No test reaches {_names(found.symbols)}."
    return _tests(found.tests, 0) + _more(len(found.tests), found.total)


def cycles(found: Sequence[Cycle]) -> str:
    parts = []
    for cycle in found:
        lines = [f"{len(cycle.modules)} files, {cycle.imports} imports between them: {', '.join(cycle.modules)}"]
        lines += [
            f"  {each.source}:{each.lines[0] if each.lines else 1} imports {each.target}" for each in cycle.example
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) or "No imports go in a circle."


def unused(found: Unused) -> str:
    if not found.candidates:
        return "Everything is used."
    rows = [
        (
            where(row.symbol),
            f"{row.symbol.kind} {row.symbol.qualified_name}",
            row.lines,
            "; ".join((("only tests use it",) if row.only_tests else ()) + row.doubts) or row.certainty,
        )
        for row in found.candidates
    ]
    return table(rows, ("WHERE", "SYMBOL", "LINES", "DOUBTS")) + _more(len(rows), found.total)


def markers(found: Markers) -> str:
    if not found.markers:
        return "No comment has a marker."
    rows = [(f"{row.path}:{row.line}", row.kind, row.text, row.symbol.qualified_name) for row in found.markers]
    counts = ", ".join(f"{count:,} {kind}" for kind, count in found.by_kind.items())
    return f"{counts}\n" + table(rows, ("WHERE", "KIND", "TEXT", "SYMBOL")) + _more(len(rows), found.total)


def unresolved(found: Misses) -> str:
    if not found.total:
        return "Every reference found its target."
    rows = [(f"{each.total:,}", f"{each.files:,}", each.language, _reasons(each.reasons)) for each in found.languages]
    parts = [table(rows, ("UNRESOLVED", "FILES", "LANGUAGE", "REASONS"))]
    if found.files:
        rows = [(f"{each.total:,}", each.path, each.language, _reasons(each.reasons)) for each in found.files]
        shown = table(rows, ("UNRESOLVED", "WHERE", "LANGUAGE", "REASONS"))
        parts.append(shown + _more(len(found.files), found.total_files))
    return "\n\n".join(parts)


def _reasons(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count:,}" for reason, count in reasons.items())


def entrypoints(found: Sequence[EntryFace], total: int) -> str:
    if not found:
        return "No entry points were found."
    rows = [
        (entry.kind, entry.label or entry.handler.qualified_name, where(entry.handler), entry.framework)
        for entry in found
    ]
    return table(rows, ("KIND", "WHAT", "WHERE", "FRAMEWORK")) + _more(len(rows), total)


def ranked(found: Sequence[Ranked], by: str) -> str:
    rows = [
        (f"{row.metrics[by]:.6g}", where(row.symbol), f"{row.symbol.kind} {row.symbol.qualified_name}") for row in found
    ]
    return table(rows, (by.upper(), "WHERE", "SYMBOL")) if rows else "There is nothing to rank."


def hotspots(found: Sequence[Hotspot], by: str, churn: Churn) -> str:
    """``by`` is the first column; it is shown once."""
    names = [by, *(name for name in ("churn", "commits", "authors", "complexity", "last") if name != by)]
    rows = [(*(getattr(row, name) for name in names), row.symbol.path or "") for row in found]
    window = f"{churn.commits:,} commits since {churn.since}" + ("" if churn.complete else ", the newest of the window")
    if not rows:
        return f"No file of the graph was changed ({window})."
    return f"{window}\n" + table(rows, (*(name.upper() for name in names), "WHERE"))


def outline(found: Sequence[Item]) -> str:
    lines = []
    for item in found:
        line = f"{item.symbol.line}-{item.end_line}" if item.symbol.line and item.end_line else ""
        name = " ".join(item.signature.split()) or item.symbol.qualified_name or item.symbol.path or ""
        lines.append(f"{line:>12}  {'  ' * item.depth}{item.symbol.kind} {name}")
    return "\n".join(lines)


def communities(found: Sequence[Community]) -> str:
    rows = [
        (each.name, each.symbols, each.files, ", ".join(face.qualified_name for face in each.top[:3])) for each in found
    ]
    return table(rows, ("COMMUNITY", "SYMBOLS", "FILES", "AROUND")) if rows else "There are no communities."
