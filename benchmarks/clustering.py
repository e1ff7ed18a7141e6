"""Time of the steps of assembly that grow with the number of symbols, on one thread.

    python benchmarks/clustering.py [--symbols 2000 3000 20000] [--dimensions 384]

Vectors are drawn around 200 directions. Clustering is quadratic up to 3,000 items and then works on files, so only
relatedness goes on beyond. Targets: 2,000 symbols in 1.5 s together.
"""

import argparse
import time

import numpy as np
from threadpoolctl import threadpool_limits

from docrunch.assembly.cluster import MAX_ITEMS, Grouping, group
from docrunch.assembly.node_vectors import NodeVectors
from docrunch.assembly.related import related
from docrunch.embedding.quantise import to_integers
from docrunch.ids import NodeId

GROUPS = 200
SYMBOLS_PER_FILE = 10


def vectors(count: int, dimensions: int, spread: float) -> NodeVectors:
    draw = np.random.default_rng(1)
    rows = draw.normal(size=(GROUPS, dimensions))[np.arange(count) % GROUPS]
    rows += spread * draw.normal(size=(count, dimensions))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return NodeVectors(tuple(NodeId(f"n_{n:08d}") for n in range(count)), to_integers(rows.astype(np.float32)))


def timed(count: int, dimensions: int, spread: float) -> tuple[Grouping, float, float]:
    """The groups, seconds of clustering, seconds of relatedness."""
    symbols = vectors(count, dimensions, spread)
    files = vectors(max(count // SYMBOLS_PER_FILE, 1), dimensions, spread)
    started = time.perf_counter()
    found = group(symbols, files)
    clustered = time.perf_counter()
    related(symbols)
    return found, clustered - started, time.perf_counter() - clustered


def after_a_change(count: int, dimensions: int, spread: float) -> float:
    """Seconds of relatedness where one symbol has changed since."""
    symbols = vectors(count, dimensions, spread)
    _, known = related(symbols)
    symbols.rows[count // 2] = symbols.rows[0]
    started = time.perf_counter()
    related(symbols, known)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--symbols", type=int, nargs="+", default=[2000, MAX_ITEMS, 20_000])
    parser.add_argument("--dimensions", type=int, default=384)
    asked = parser.parse_args()
    print("symbols  spread   cluster s  related s  changed s  result")
    with threadpool_limits(1):
        for count in asked.symbols:
            for spread in (1.2, 4.0):  # clear groups; noise
                found, clustered, near = timed(count, asked.dimensions, spread)
                changed = after_a_change(count, asked.dimensions, spread)
                print(
                    f"{count:7d}  {spread:6.1f}  {clustered:10.2f} {near:10.2f} {changed:10.2f}  "
                    f"{found.method}, {len(found.groups)} groups of {found.items}"
                )


if __name__ == "__main__":
    main()
