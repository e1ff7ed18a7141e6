"""Usage examples that exist: call sites in tests and other modules, and code shown in the README."""

import textwrap

import msgspec

from docrunch.documentation.files import is_example, is_test
from docrunch.documentation.reader import Reader
from docrunch.graph.model import EdgeKind, Node

LINES_BEFORE = 2
LINES_AFTER = 4
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
    """Finds examples for one page."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def of(self, symbols: list[Node], limit: int = MAX_EXAMPLES) -> list[Example]:
        """At most ``limit`` examples that use one of ``symbols``: README first, then one call site per symbol."""
        found = self._from_readme(symbols)
        seen = {example.symbol.id for example in found}
        sites = sorted(
            ((rank, order, path, line) for order, node in enumerate(symbols) for rank, path, line in self._sites(node)),
        )
        for _, order, path, line in sites:
            if len(found) >= limit:
                break
            node = symbols[order]
            if node.id in seen or any(e.path == path and e.start <= line <= e.end for e in found):
                continue
            example = self._snippet(node, path, line)
            if example is not None:
                seen.add(node.id)
                found.append(example)
        return found

    def _from_readme(self, symbols: list[Node]) -> list[Example]:
        named = [n for n in symbols if len(n.name) >= MIN_NAME and n.kind in _CALLABLE_KINDS]
        shown = self._reader.readme_block(tuple(dict.fromkeys(n.name for n in named)))
        if shown is None:
            return []
        block, name = shown
        text = "\n".join(line[:MAX_LINE] for line in block.text.split("\n"))
        symbol = next(n for n in named if n.name == name)
        return [Example(symbol, block.path, block.start, block.end, block.language, text, "README")]

    def _sites(self, node: Node) -> list[tuple[int, str, int]]:
        """(preference, path, line) of the first call from each other file."""
        edges = self._reader.edges_in(node, EdgeKind.CALLS, EdgeKind.TESTS)
        sites: dict[str, tuple[int, str, int]] = {}
        for edge in edges:
            path = self._reader.face(edge.source).path
            if path == node.path or not edge.lines:
                continue
            kind = 0 if is_example(path) else 1 if is_test(path) else 2
            site = (kind, path, edge.lines[0])
            sites[path] = min(site, sites.get(path, site))
        return sorted(sites.values())[:3] if sites else []

    def _snippet(self, node: Node, path: str, line: int) -> Example | None:
        lines = self._reader.lines(path)
        if not 1 <= line <= len(lines):
            return None
        low, high = self._enclosing(path, line, len(lines))
        start, end = max(low, line - LINES_BEFORE), min(high, line + LINES_AFTER)
        while start < line and not lines[start - 1].strip():
            start += 1
        end = next((n for n in range(line, end) if not _goes_on(lines[line - 1], lines[n])), end)
        chosen = [text[:MAX_LINE] for text in lines[start - 1 : end]]
        origin = "example" if is_example(path) else "test" if is_test(path) else "module"
        entry = self._reader.file(path).entry
        language = entry.language if entry else ""
        return Example(node, path, start, end, language, textwrap.dedent("\n".join(chosen)), origin)

    def _enclosing(self, path: str, line: int, last: int) -> tuple[int, int]:
        """Line range of the innermost symbol around a line."""
        around = [n for n in self._reader.symbols_of(path) if (n.start_line or n.line) <= line <= n.end_line]
        inner = max(around, key=lambda n: (n.start_line or n.line, n.start_byte), default=None)
        if inner is None:
            return 1, last
        start = inner.start_line or inner.line
        return (inner.doc_end_line + 1 if start < inner.doc_end_line < line else start), inner.end_line


def _goes_on(call: str, below: str) -> bool:
    """Whether a line still belongs to the block of the call; what closes a bracket does."""
    text = below.lstrip()
    return bool(text) and (len(below) - len(text) >= len(call) - len(call.lstrip()) or text[0] in ")]}")


_CALLABLE_KINDS = frozenset({"class", "struct", "function", "trait", "interface", "type", "enum"})
