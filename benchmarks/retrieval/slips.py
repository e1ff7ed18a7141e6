"""Names that are begun, shortened or misspelt: ``python -m benchmarks.retrieval.slips [--package P] [--most N]``.

Of each package, symbols with a name of their own of at least eight letters, drawn by hash. Each is asked for by the
first half of its name (in whole letters, at least four), by the first letters of its parts where it has three or more,
and with one letter left out. Right is any symbol called so; search is the product's default, with vectors.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from benchmarks.accuracy import cache
from benchmarks.retrieval.material import Material
from benchmarks.retrieval.subjects import SUBJECTS
from benchmarks.retrieval.systems.ours import Views
from benchmarks.retrieval.vectors import VectorCache
from docrunch.canonical import sha256_hex
from docrunch.search.query import understand
from docrunch.search.search import SearchOptions, search

MOST = 30
SEED = "docrunch-slips-1"
LIMIT = 10
SHORTEST = 8

_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", action="append", metavar="P", help="only packages of this name; may repeat")
    parser.add_argument("--most", type=int, default=MOST, metavar="N", help="symbols of each package")
    asked = parser.parse_args()
    base = cache.root()
    ranks: dict[str, list[float]] = defaultdict(list)
    with VectorCache(base / "retrieval") as vectors:
        for subject in SUBJECTS:
            if asked.package and subject.name not in asked.package:
                continue
            for kind, rank in _asked(Material(subject, base, base / "retrieval"), Views(vectors), asked.most):
                ranks[kind].append(rank)
            print(f"{subject.name}: done", file=sys.stderr, flush=True)
    for kind, found in ranks.items():
        first = np.mean(np.array(found) == 1)
        print(f"{kind:<10} {len(found):>5} queries  MRR@{LIMIT} {np.mean(found):.3f}  first {first:.3f}")
    return 0


def _asked(material: Material, views: Views, most: int) -> Iterator[tuple[str, float]]:
    """1 / rank of the first right answer."""
    world = material.code
    view = views.of(world)
    count = Counter(node.name.casefold() for node in world.answers.values())
    names = sorted(
        {
            node.name
            for node in world.answers.values()
            if len(node.name) >= SHORTEST and count[node.name.casefold()] == 1
        }
    )
    drawn = sorted(names, key=lambda name: sha256_hex(f"{SEED}\0{material.name}\0{name}".encode()))[:most]
    for name in drawn:
        for kind, query in _queries(name):
            meant = understand(query)
            hits = search(view, meant, SearchOptions(limit=LIMIT, snippets=False), views.vector(meant.prose)).hits
            ranking = [hit.name.casefold() for hit in hits]
            yield kind, 1 / (ranking.index(name.casefold()) + 1) if name.casefold() in ranking else 0.0


def _queries(name: str) -> Iterator[tuple[str, str]]:
    bare = name.strip("_")
    yield "begun", bare[: max(4, len(bare) // 2)]
    parts = _PART.findall(bare)
    if len(parts) >= 3:
        yield "humps", parts[0][:1] + "".join(part[:1].upper() for part in parts[1:])
    left_out = 1 + int(sha256_hex(name.encode())[:8], 16) % (len(bare) - 2)
    yield "misspelt", bare[:left_out] + bare[left_out + 1 :]


if __name__ == "__main__":
    sys.exit(main())
