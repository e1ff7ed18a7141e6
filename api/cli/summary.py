"""What a person reads at the end of a scan."""

import shlex
from collections.abc import Mapping
from typing import Any

from api.cli.output import size

LISTED_LANGUAGES = 6
STAGES = (
    "resolve",
    "ingest",
    "parse",
    "embed",
    "link",
    "publish",
    "metrics",
    "assemble",
    "generate",
    "pack",
    "search",
    "write",
)


def _stages(seconds: Mapping[str, float]) -> str:
    known = [name for name in STAGES if name in seconds]
    return ", ".join(
        f"{name} {seconds[name]:.1f} s" for name in (*known, *sorted(seconds.keys() - {*known}))
    )  # and the total


def scan_summary(found: Mapping[str, Any]) -> str:
    """``found``: the object of ``scan --json``. Lines only for what is known."""
    counts = found["counts"]
    lines = [f"{found['repository']} @ {str(found['commit'])[:19]}: {found['outcome']}", ""]
    rows: dict[str, str] = {
        "files": f"{counts['files']:,} in {counts['languages']} languages{_languages(found.get('languages', {}))}",
        "symbols": f"{counts['symbols']:,}",
        "edges": f"{counts['edges']:,}{_edges(found.get('edges', {}))}",
        "index": _listed(found.get("index", {})).strip(" ()"),
        "texts": f"{counts['chunks']:,} ({counts['embedded']:,} embedded, {counts['reused']:,} reused)",
        "issues": f"{counts['issues']:,}{_listed(found.get('issues', {}))}",
        "skipped": _listed(found.get("skipped", {})).strip(" ()"),
        "stages": _stages(found["stages"]),
        "overlap": _overlap(found),
        "batches": f"{found['batch_fill']:.0%} filled" if found.get("batch_fill") else "",
        "encoder": found.get("encoder_id") or "",
        "docpack": _docpack(found.get("docpack")),
        "docs": f"{found['docs_path']}/index.md" if found.get("docs_path") else "",
        "graph": found.get("graph_path") or "",
        "run": found.get("temporal_url") or "",
        "temporal": found.get("temporal_ui") or "",
        "ask": _question(found),
    }
    width = max(len(name) for name in rows)
    lines += [f"  {name.ljust(width)}  {text}" for name, text in rows.items() if text]
    lines += [f"  note: {note}" for note in found.get("notes", ())]
    return "\n".join(lines)


def _languages(found: Mapping[str, int]) -> str:
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{name} {number:,}" for name, number in ranked[:LISTED_LANGUAGES])
    return f" ({shown}{', …' if len(ranked) > LISTED_LANGUAGES else ''})" if shown else ""


def _edges(found: Mapping[str, Mapping[str, int]]) -> str:
    """``(calls 3: 2 exact, 1 inferred; …)``."""
    parts = [f"{kind} {sum(numbers.values()):,}: {_numbers(numbers)}" for kind, numbers in found.items()]
    return f" ({'; '.join(parts)})" if parts else ""


def _numbers(found: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in found.items())


def _listed(found: Mapping[str, int]) -> str:
    shown = ", ".join(f"{reason} {number:,}" for reason, number in sorted(found.items(), key=lambda i: (-i[1], i[0])))
    return f" ({shown})" if shown else ""


def _overlap(found: Mapping[str, Any]) -> str:
    overlap = found.get("overlap")
    return f"{overlap:.0%} of parsing or embedding ran while the other did" if overlap is not None else ""


def _question(found: Mapping[str, Any]) -> str:
    """The command to type next."""
    subject = shlex.quote(found["repository"])
    if not found.get("temporal_url"):
        source = (found.get("docpack") or {}).get("path") or found.get("graph_path")
        subject = f"--from {shlex.quote(source)}" if source else ""
    return f'docrunch ask {subject} "What is this project for?"' if subject else ""


def _docpack(found: Mapping[str, Any] | None) -> str:
    return f"{found['id'][:12]}… {found['path']} ({size(found['bytes'])})" if found else ""


def estimate_line(found: Mapping[str, Any]) -> str:
    """Of ``scan --estimate``."""
    low, high = found["seconds"]
    fewest, most = found["texts"]
    return (
        f"{found['repository']}: {found['files']:,} files, {size(found['bytes'])} of text, "
        f"{fewest:,.0f} to {most:,.0f} texts to embed, {low:.0f} to {high:.0f} s with nothing cached"
    )
