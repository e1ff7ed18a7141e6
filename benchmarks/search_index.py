"""The keyword index: how fast files become searchable, an index is loaded and changed, and a long query is answered.

    python -m benchmarks.search_index [DIRECTORY …]

Texts are real ones. A query is of 30 terms, drawn from the texts as often as they occur in documents: the common ones
among them are what costs.
"""

import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
import numpy as np

from benchmarks import corpus
from benchmarks.table import Row
from docrunch.remembered import forget_all
from docrunch.search.build import build_shards, index_directory
from docrunch.search.index import SearchIndex
from docrunch.search.model import DocumentKind
from docrunch.search.shards import FileShard, pack_shard, read_shard, words_of

QUERIES = 200
TERMS = 30
MB_PER_SECOND = 2.0
LOAD_SECONDS = 1.0
QUERY_MS = 3.0
CHANGE_MS = 150.0
Made = TypeVar("Made")


class _Package(NamedTuple):
    shards: dict[str, FileShard]
    size: int
    seconds: float
    plain: float  # seconds of counting the words of the same texts


def rows(places: Sequence[Path], say: Callable[[str], None]) -> list[Row]:
    found = []
    for place in places:
        say(f"search index: {place.name}")
        found.append(_package(place))
    size, seconds, plain = (sum(each) for each in list(zip(*found, strict=True))[1:])
    shards = {path: shard for made in found for path, shard in made.shards.items()}
    return [_making(size, seconds, plain), *_reading(shards)]


def _package(place: Path) -> _Package:
    made = index_directory(place)
    texts = [made.tree.text(entry.path) for entry in made.tree.parsed_entries()]
    forget_all()
    found, seconds = _timed(lambda: build_shards(made.tree, made.graph))
    _, plain = _timed(lambda: [Counter(re.findall(r"\w+", text.decode("utf-8", "replace"))) for text in texts])
    moved = {f"{place.name}/{path}": _moved(shard, place.name) for path, shard in found.items()}
    return _Package(moved, sum(map(len, texts)), seconds, plain)


def _making(size: int, seconds: float, plain: float) -> Row:
    rate = size / seconds / 1e6
    return Row(
        "search: make files searchable", f"{rate:.1f} MB/s", f"{size / plain / 1e6:.1f} MB/s, words counted alone",
        plain / seconds, f"≥ {MB_PER_SECOND:g} MB/s", rate >= MB_PER_SECOND, f"{size / 1e6:.1f} MB",
    )  # fmt: skip


def _reading(shards: dict[str, FileShard]) -> list[Row]:
    stored = [pack_shard(shard)[1] for shard in shards.values()]
    index, load = _timed(lambda: SearchIndex(map(read_shard, stored)))
    one = read_shard(stored[len(stored) // 2])
    _, change = _timed(lambda: index.replaced([one]))
    symbols = int(index.of_kinds([DocumentKind.SYMBOL]).sum())
    asked = _queries(list(shards.values()))
    spent = sorted(_timed(partial(index.keyword, query, 50))[1] * 1e3 for query in asked)
    middle, late = statistics.median(spent), spent[int(len(spent) * 0.95)]
    size = f"{len(shards):,} files, {symbols:,} symbols, {len(index.documents):,} documents"
    return [
        Row("search: load an index", f"{load * 1e3:.0f} ms", bar=f"≤ {LOAD_SECONDS:g} s for 1,000 files",
            met=load <= LOAD_SECONDS * max(1.0, len(shards) / 1000), note=f"{sum(map(len, stored)) / 1e6:.1f} MB"),
        Row("search: one file of it changes", f"{change * 1e3:.0f} ms", f"{load * 1e3:.0f} ms, loaded anew",
            change / load, f"≤ {CHANGE_MS:g} ms", change * 1e3 <= CHANGE_MS),
        Row(f"search: keywords, {TERMS} terms", f"p50 {middle:.2f}, p95 {late:.2f} ms", bar=f"p95 ≤ {QUERY_MS:g} ms",
            met=late <= QUERY_MS, note=size),
    ]  # fmt: skip


def _queries(shards: Sequence[FileShard]) -> list[dict[str, float]]:
    """Terms by the number of documents that hold them."""
    frequency: Counter[str] = Counter()
    for shard in shards:
        names = words_of(shard)
        counts = np.bincount(np.frombuffer(shard.terms, "<u4"), minlength=len(names)).tolist()
        frequency.update(dict(zip(names, counts, strict=True)))
    random_ = random.Random(5)
    terms, weights = list(frequency), list(frequency.values())
    return [dict.fromkeys(random_.choices(terms, weights, k=TERMS), 1.0) for _ in range(QUERIES)]


def _moved(shard: FileShard, folder: str) -> FileShard:
    """The same documents below a folder: several packages make one repository."""
    return msgspec.structs.replace(shard, path=f"{folder}/{shard.path}")


def _timed(work: Callable[[], Made]) -> tuple[Made, float]:
    """Its result, and seconds of the processor."""
    started = time.process_time()
    found = work()
    return found, time.process_time() - started


if __name__ == "__main__":
    given = [Path(each) for each in sys.argv[1:]] or corpus.large()
    for row in rows(given, lambda line: print(line, file=sys.stderr)):
        print(row.name, row.measured, row.baseline, row.bar, row.met, row.note, sep=" · ")
