"""Incremental equals clean over random edits of real packages, the long form.

    python -m tests.properties.run [--rounds 3] [--steps 30] [--seed 1] [--tree click …]

Prints for each round how much of the work an incremental link saved. What fails names its seed and step.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.support.edits import Tree
from tests.support.incremental import replay
from tests.support.linking import ALL, dedented
from tests.support.real_trees import FETCHED, INSTALLED, fetched, installed

TREES = ("worlds", *INSTALLED, *FETCHED)


def main() -> int:
    arguments = parse_arguments()
    failed = 0
    for name in arguments.tree or TREES:
        tree = tree_of(name, arguments.corpus)
        for number in range(arguments.rounds):
            started = time.process_time()
            try:
                done = replay(tree, f"{name} {arguments.seed + number}", arguments.steps)
            except AssertionError as error:
                failed += 1
                print(f"{name:12} DIFFERENT: {str(error)[:400]}", flush=True)
                continue
            seconds = time.process_time() - started
            print(
                f"{name:12} equal, {done.relinked:6} of {done.files:6} files linked again, {seconds:5.1f} s", flush=True
            )
    print(f"{failed} failed")
    return 1 if failed else 0


def tree_of(name: str, root: Path) -> Tree:
    if name == "worlds":
        return dedented(ALL)
    return installed(name) if name in INSTALLED else fetched(name, root)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tree", choices=TREES, action="append", help="may repeat; default: all")
    parser.add_argument("--corpus", type=Path, default=Path(tempfile.gettempdir()) / "docrunch-corpus")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
