"""Name of a test → what it tests: the functions and types that the test calls, by the ``tests`` edges of the graph.

The tree that is asked holds no tests. What many tests of the package call is their plumbing and not what they test.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.retrieval.material import Material
from benchmarks.retrieval.model import Query, View
from benchmarks.retrieval.prose import words
from benchmarks.retrieval.worlds import World
from docrunch.embedding.words import words as split_words

KIND = "test name"
PLUMBING = 0.05  # share of the package's tests
_MOST_TARGETS = 5
_FEWEST_WORDS = 2
_EMPTY_WORDS = frozenset({"test", "tests", "should", "it", "works", "work", "benchmark", "example"})


class Test(NamedTuple):
    path: str
    line: int
    name: str
    targets: frozenset[str]


def queries(material: Material) -> Iterator[Query]:
    tests = [test for test in tests_of(material.whole) if test.targets]
    often = Counter(target for test in tests for target in test.targets)
    most = max(2, int(PLUMBING * len(tests)))
    seen: set[str] = set()
    for test in tests:
        text = asked(test.name)
        telling = [word for word in words(text) if word not in _EMPTY_WORDS]
        targets = sorted(each for each in test.targets if often[each] <= most and each in material.code.answers)
        if len(telling) >= _FEWEST_WORDS and 0 < len(targets) <= _MOST_TARGETS and text not in seen:
            seen.add(text)
            yield Query(material.name, material.language, KIND, "symbol", text, tuple(targets), View.CODE)


def asked(name: str) -> str:
    """``TestMuxMounts`` → ``mux mounts``; a sentence stays one."""
    if " " in name.strip():
        return name.strip()
    found = split_words(name)
    return " ".join(found[1:] if found and found[0] in _EMPTY_WORDS else found)


def tests_of(world: World) -> list[Test]:
    """Tests in the order of the tree. A test reaches to its end, or where it has no symbol to the next one."""
    starts: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for entry in world.graph.entries:
        if entry.kind == "test":
            handler, place = world.nodes[entry.handler], world.nodes[entry.place]
            own = handler.id != place.id or handler.kind in ("function", "method")
            last = handler.end_line if own and handler.path == place.path and handler.kind != "module" else 0
            starts[place.path].append((entry.line, entry.label or handler.name, last))
    called: dict[tuple[str, int], set[str]] = defaultdict(set)
    for path in starts:
        starts[path].sort()
    for edge in world.graph.edges:
        if edge.kind != "tests" or edge.target not in world.answers:
            continue
        path = world.nodes[edge.source].path
        for line in edge.lines:
            at = bisect_right(starts.get(path, []), (line, "\U0010ffff", 0)) - 1
            if at >= 0 and line <= (starts[path][at][2] or line):
                called[path, at].add(edge.target)
    return [
        Test(path, line, name, frozenset(called[path, at]))
        for path in sorted(starts)
        for at, (line, name, _last) in enumerate(starts[path])
    ]
