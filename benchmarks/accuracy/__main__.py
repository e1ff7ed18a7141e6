"""The accuracy tables: ``make bench-accuracy``, or
``python -m benchmarks.accuracy [--language L] [--package P] [--json] [--show-wrong N] [--strict]``.

Packages and tools come from the package registries on the first run and are kept in the temp directory
(``DOCRUNCH_BENCH_CACHE`` names another one). The exit code is 0 although a bar is missed; ``--strict`` makes it 1.
"""

import argparse
import json
import re
import sys

import msgspec

from benchmarks.accuracy import cache
from benchmarks.accuracy.measure import Measured, measure
from benchmarks.accuracy.registry import ORACLES, PACKAGES
from benchmarks.accuracy.table import MISSED, bar_rows, table, total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", choices=sorted(ORACLES), action="append", help="only this one; may repeat")
    parser.add_argument("--package", action="append", metavar="P", help="only packages of this name; may repeat")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the tables")
    parser.add_argument("--show-wrong", type=int, default=0, metavar="N", help="list N differences per aspect")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar is missed")
    asked = parser.parse_args()
    chosen = [
        package
        for package in PACKAGES
        if package.language in (asked.language or ORACLES) and _is_named(package.name, asked.package)
    ]
    if not chosen:
        parser.error(f"no such package; known: {', '.join(package.name for package in PACKAGES)}")
    base = cache.root()
    found = [measure(package, ORACLES[package.language], base, _say) for package in chosen]
    if asked.json:
        print(json.dumps(_as_json(found), indent=2, ensure_ascii=False))
    else:
        _print(found, asked.show_wrong)
    return 1 if asked.strict and _missed(found) else 0


def _is_named(name: str, asked: list[str] | None) -> bool:
    """``chi`` is enough for ``github.com/go-chi/chi/v5``."""
    return not asked or any(one == name or one in re.split("[/:]", name) for one in asked)


def _as_json(found: list[Measured]) -> dict[str, object]:
    """Per language: the counts of each package, and the bars as ``[bar, measured, wanted, verdict]``."""
    return {
        language: {
            "packages": [msgspec.to_builtins(one.score) for one in measured],
            "bars": bar_rows(total([one.score for one in measured])),
        }
        for language, measured in _by_language(found).items()
    }


def _print(found: list[Measured], show: int) -> None:
    for language, measured in _by_language(found).items():
        print(table(language, [one.score for one in measured]) + "\n")
        for one in measured:
            for aspect, differences in one.differences.items():
                for what in ("wrong", "missed") if show else ():
                    rows = [row for row in differences if row.what == what]
                    print(f"### {one.score.package}: {aspect} {what}: {len(rows)}")
                    print("".join(f"  {row.place}  {row.text}\n" for row in rows[:show]))


def _missed(found: list[Measured]) -> bool:
    totals = [total([one.score for one in measured]) for measured in _by_language(found).values()]
    return any(row[-1] == MISSED for whole in totals for row in bar_rows(whole))


def _by_language(found: list[Measured]) -> dict[str, list[Measured]]:
    groups: dict[str, list[Measured]] = {}
    for one in found:
        groups.setdefault(one.score.language, []).append(one)
    return groups


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
