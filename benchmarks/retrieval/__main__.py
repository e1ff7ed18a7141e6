"""The retrieval tables: ``make bench-retrieval``, or ``python -m benchmarks.retrieval [--package P] [--kind K]
[--half tuning|held-out|untouched] [--per-kind N] [--json] [--misses SYSTEM] [--write docs/retrieval.md] [--strict]
[--gate]``.

Packages come from the registries on the first run and are kept in the temp directory (``DOCRUNCH_BENCH_CACHE`` names
another one), with facts, vectors and what Python packages raised. The exit code is 0 although a bar is missed;
``--strict`` makes it 1. ``--gate`` is the short form for every submission: a few small packages, the systems that the
bars are about, judged together, and strict; a package that cannot be had fails it too.
"""

import argparse
import sys
from pathlib import Path

import msgspec

from benchmarks.accuracy import cache
from benchmarks.retrieval.misses import misses
from benchmarks.retrieval.page import page
from benchmarks.retrieval.queries import PER_KIND
from benchmarks.retrieval.report import ON_ALL, ON_HELD_OUT, Report, as_json
from benchmarks.retrieval.run import run
from benchmarks.retrieval.subjects import GATE, SUBJECTS
from benchmarks.retrieval.systems.all import OF_BARS, all_systems
from benchmarks.retrieval.systems.degraded import TextServer
from benchmarks.retrieval.systems.ours import Views
from benchmarks.retrieval.vectors import VectorCache


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", action="append", metavar="P", help="only packages of this name; may repeat")
    parser.add_argument("--half", choices=("tuning", "held-out", "untouched"), help="only this half")
    parser.add_argument("--system", action="append", metavar="S", help="only systems of this name; may repeat")
    parser.add_argument("--per-kind", type=int, default=PER_KIND, metavar="N", help="queries per kind and package")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the tables")
    parser.add_argument("--misses", metavar="S", help="list queries whose answer this system does not put first")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the page with these tables")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar is missed")
    parser.add_argument("--gate", action="store_true", help=f"{', '.join(GATE)}: 1 unless every bar is met")
    asked = parser.parse_args()
    if asked.gate:
        asked.package, asked.system, asked.strict = list(GATE), list(OF_BARS), True
    subjects = [
        subject
        for subject in SUBJECTS
        if (not asked.package or subject.name in asked.package) and asked.half in (None, subject.half)
    ]
    if not subjects:
        parser.error(f"no such package; known: {', '.join(subject.name for subject in SUBJECTS)}")
    base = cache.root()
    kept = base / "retrieval"
    with VectorCache(kept) as vectors, TextServer() as server:
        systems = all_systems(Views(vectors), server)
        chosen = [system for system in systems if not asked.system or system.name in asked.system]
        if not chosen:
            parser.error(f"no such system; known: {', '.join(system.name for system in systems)}")
        outcomes = run(subjects, chosen, base, kept, _say, asked.per_kind)
    report = Report(outcomes, ON_ALL if asked.gate else ON_HELD_OUT)
    if asked.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(as_json(report))) + b"\n")
    elif asked.misses:
        print("\n".join(misses(outcomes, asked.misses)))
    else:
        print("\n".join(report.tables()))
    if asked.write:
        asked.write.write_text(page(report, asked.per_kind))
    return 1 if asked.strict and _failed(report, whole=asked.gate) else 0


def _failed(report: Report, *, whole: bool) -> bool:
    """Args: ``whole``: nothing measured is no success."""
    bars = report.bars()
    return any(bar.verdict == "MISSED" for bar in bars) or (whole and (not bars or bool(report.outcomes.missing)))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
