"""Linking, metrics and shards on a synthetic tree: 1,000 files, 20,000 symbols, 100,000 references.

Run: ``python -m benchmarks.graph [FILES]``. Prints CPU seconds of one core per stage; budget for link: 2 s.
"""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from docrunch.graph.export import graph_sha256
from docrunch.graph.link import link
from docrunch.graph.metrics import compute_metrics
from docrunch.graph.queries.impact import impact
from docrunch.graph.queries.index import build
from docrunch.graph.shards import join, split
from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.source.model import FileEntry, SourceKind, SourceRef

_T = TypeVar("_T")
SYMBOLS_PER_FILE = 20
CALLS_PER_FUNCTION = 6


def module_text(number: int, files: int) -> str:
    """A module with one class and functions that call neighbours, imports, methods and builtins."""
    others = [(number * 7 + step) % files for step in (1, 13, 101)]
    lines = [f"from pkg.m{other} import f{step}, K{other}" for step, other in enumerate(others)]
    lines += [f"class K{number}:", "    def __init__(self):", f"        self.peer = K{others[0]}()"]
    for step in range(7):
        lines += [f"    def go{step}(self, other: K{others[1]}):", f"        self.go{(step + 1) % 7}(other)"]
        lines += [
            f"        other.go{step}(self)",
            f"        self.peer.go{step}(self)",
            "        len(str(self))",
            "        x.y.z()",
        ]
    for step in range(SYMBOLS_PER_FILE - 9):
        lines += [f"def f{step}(a):", f"    v = K{number}()", f"    v.go{step % 7}(a)", f"    f{(step + 1) % 11}(a)"]
        lines += [f"    f{step % 3}(a)", "    a.unknown()", f"    K{others[2]}().go1(v)"]
    return "\n".join(lines) + "\n"


def timed(name: str, step: Callable[[], _T]) -> _T:
    start = time.process_time()
    result = step()
    print(f"{name:<12} {time.process_time() - start:6.2f} s")
    return result


def main(files: int) -> None:
    paths = ["pkg/__init__.py", *(f"pkg/m{number}.py" for number in range(files))]
    texts = [b"", *(module_text(number, files).encode() for number in range(files))]
    entries = [FileEntry(path, len(text), language="python") for path, text in zip(paths, texts, strict=True)]
    facts = {path: extract(text, "python", Limits()) for path, text in zip(paths, texts, strict=True)}
    symbols = sum(len(f.symbols) for f in facts.values())
    references = sum(len(f.references) for f in facts.values())
    print(f"{files} files, {symbols} symbols, {references} references")
    graph = timed("link", lambda: link(SourceRef("bench", "c" * 40, "main", SourceKind.GIT), entries, facts))
    metrics = timed("metrics", lambda: compute_metrics(graph))
    stored = timed("split", lambda: split(graph))
    timed("join", lambda: join(stored.index, stored.shards.__getitem__))
    timed("sha256", lambda: graph_sha256(graph))
    view = timed("view", lambda: build(graph, metrics))
    timed("impact", lambda: impact(view, [len(graph.nodes) // 2]))
    print(f"{len(graph.nodes)} nodes, {len(graph.edges)} edges, {sum(map(len, stored.shards.values())):,} bytes stored")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
