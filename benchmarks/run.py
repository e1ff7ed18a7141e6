"""Every promise about speed as one table: ``make bench``, or ``python -m benchmarks.run [--quick] [--json FILE]``.

Ratios are against a baseline that was measured in the same run on the same machine. The exit code is 0 although a bar
is missed: other load on the machine must not fail a build. ``--strict`` makes it 1.
"""

import argparse
import json
import os
import platform
import sys
from pathlib import Path

from benchmarks import components, end_to_end, search
from benchmarks.table import Row, as_json, as_markdown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one repetition, smaller inputs: minutes")
    parser.add_argument("--only", choices=("components", "search", "end-to-end"), help="one part of the table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows as JSON; - for stdout instead")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar is missed")
    asked = parser.parse_args()
    made: list[Row] = []
    if asked.only in (None, "components"):
        made += components.rows(asked.quick, _say)
    if asked.only in (None, "search"):
        made += search.rows(asked.quick, _say)
    if asked.only in (None, "end-to-end"):
        made += end_to_end.rows(end_to_end.measure(asked.quick, _say))
    found = {"machine": _machine(), "load": os.getloadavg(), "rows": as_json(made)}
    if asked.json is not None and str(asked.json) != "-":
        asked.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    if str(asked.json) == "-":
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(f"{_machine()}; load {os.getloadavg()[0]:.1f} at the end\n\n{as_markdown(made)}")
    return 1 if asked.strict and any(row.met is False for row in made) else 0


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
