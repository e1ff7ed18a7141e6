"""Usage examples that exist: call sites in tests and other modules, and code shown in the README."""

import re
import textwrap
from functools import lru_cache

import msgspec

from docrunch.documentation.decisions import split_lines
from docrunch.documentation.readme import code_blocks
from docrunch.documentation.world import World, is_example, is_test
from docrunch.graph.model import EdgeKind, Node

LINES_BEFORE = 2
LINES_AFTER = 4
MAX_README_LINES = 25
MAX_EXAMPLES = 3
MAX_LINE = 200
MIN_NAME = 3  # shorter names in a README are words, not uses


class Example(msgspec.Struct, frozen=True):
    symbol: Node
    path: str
    start: int
    end: int
    language: str
    text: str
    origin: str  # README | test | example | module


class Examples:
    """Finds examples for a world; the lines of a file are split once."""

    def __init__(self, world: World, readme: str | None) -> None:
        self._world = world
        self._lines = lru_cache(maxsize=512)(self._read)
        self._readme = code_blocks(readme, world.data.texts[readme]) if readme else []
        self._words = [frozenset(re.findall(r"\w+", block.text)) for block in self._readme]

    def _read(self, path: str) -> list[str]:
        found = self._world.data.texts.get(path)
        return split_lines(found) if found is not None else []

    def of(self, symbols: list[Node], limit: int = MAX_EXAMPLES) -> list[Example]:
        """At most ``limit`` examples that use one of ``symbols``: README first, then one call site per symbol."""
        found = self._from_readme(symbols)[:1]
        seen = {example.symbol.id for example in found}
        sites = sorted(
            ((rank, order, n, path, line) for order, n in enumerate(symbols) for rank, path, line in self._sites(n)),
            key=lambda site: (site[0], site[1], site[3], site[4]),
        )
        for _, _, node, path, line in sites:
            if len(found) >= limit:
                break
            if node.id in seen or any(e.path == path and e.start <= line <= e.end for e in found):
                continue
            example = self._snippet(node, path, line)
            if example is not None:
                seen.add(node.id)
                found.append(example)
        return found

    def _from_readme(self, symbols: list[Node]) -> list[Example]:
        found = []
        for block, words in zip(self._readme, self._words, strict=True):
            if block.end - block.start >= MAX_README_LINES:
                continue
            named = [n for n in symbols if n.name in words and len(n.name) >= MIN_NAME and n.kind in _CALLABLE_KINDS]
            if named:
                text = "\n".join(line[:MAX_LINE] for line in block.text.split("\n"))
                found.append(Example(named[0], block.path, block.start, block.end, block.language, text, "README"))
        return found

    def _sites(self, node: Node) -> list[tuple[int, str, int]]:
        """(preference, path, line) of the first call from each other file."""
        sites: dict[str, tuple[int, str, int]] = {}
        for edge in self._world.edges_in(node.id, EdgeKind.CALLS, EdgeKind.TESTS):
            source = self._world.nodes.get(edge.source)
            if source is None or source.path == node.path or not edge.lines:
                continue
            kind = 0 if is_example(source.path) else 1 if is_test(source.path) else 2
            site = (kind, source.path, edge.lines[0])
            sites[source.path] = min(site, sites.get(source.path, site))
        return sorted(sites.values())[:3]

    def _snippet(self, node: Node, path: str, line: int) -> Example | None:
        lines = self._lines(path)
        if not 1 <= line <= len(lines):
            return None
        low, high = self._enclosing(path, line, len(lines))
        start, end = max(low, line - LINES_BEFORE), min(high, line + LINES_AFTER)
        while start < line and not lines[start - 1].strip():
            start += 1
        end = next((n for n in range(line, end) if not lines[n].strip()), end)
        chosen = [text[:MAX_LINE] for text in lines[start - 1 : end]]
        origin = "example" if is_example(path) else "test" if is_test(path) else "module"
        language = self._world.entries[path].language if path in self._world.entries else ""
        return Example(node, path, start, end, language, textwrap.dedent("\n".join(chosen)), origin)

    def _enclosing(self, path: str, line: int, last: int) -> tuple[int, int]:
        """Line range of the innermost symbol around a line."""
        around = [n for n in self._world.symbols_of(path) if (n.start_line or n.line) <= line <= n.end_line]
        inner = max(around, key=lambda n: (n.start_line or n.line, n.start_byte), default=None)
        if inner is None:
            return 1, last
        start = inner.start_line or inner.line
        return (inner.doc_end_line + 1 if start < inner.doc_end_line < line else start), inner.end_line


_CALLABLE_KINDS = frozenset({"class", "struct", "function", "trait", "interface", "type", "enum"})
