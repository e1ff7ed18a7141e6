"""One file as pages see it: its module, its symbols, what encloses what, its facts and its issues."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from docrunch.graph.model import Node
from docrunch.ids import NodeId
from docrunch.parsing.model import FileFacts, Symbol
from docrunch.source.model import FileEntry, Issue

_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|specs|testing|testdata|e2e|fixtures)/"
    r"|(?:^|/)(?:test_[^/]*|conftest)\.py$|_test\.(?:py|go|rs)$|\.(?:test|spec)(?:-d)?\.[cm]?[jt]sx?$|_spec\.rb$"
)
_EXAMPLE_PATH = re.compile(r"(?:^|/)(?:examples?|docs|benchmarks?|bench|samples?|scripts?|tools?|dist)/")
_PATHS = 16_384  # whose kind is kept: about 2 MB


class FileView:
    """Everything here follows from one file, but the qualified names of its nodes."""

    def __init__(
        self,
        module: Node | None,
        symbols: Iterable[Node],
        facts: Callable[[], FileFacts | None],
        entry: FileEntry | None,
        issues: tuple[Issue, ...],
    ) -> None:
        self.module = module  # None where the language of the file is not parsed
        self.symbols = sorted(symbols, key=lambda n: (n.start_byte, n.symbol, n.id))
        self._facts = facts  # asked for again and again: of a large repository, few are values at a time
        self.entry = entry
        self.issues = issues
        by_number = {node.symbol: node for node in self.symbols}
        self.top: list[Node] = []  # symbols that are in no other
        self._children: dict[NodeId, list[Node]] = {}
        known = facts()
        for node in self.symbols:
            symbol = _symbol(known, node)
            above = by_number.get(symbol.parent) if symbol and symbol.parent >= 0 else None
            if above is None:
                self.top.append(node)
            else:
                self._children.setdefault(above.id, []).append(node)

    @property
    def facts(self) -> FileFacts | None:
        return self._facts()

    def symbol(self, node: Node) -> Symbol | None:
        """The facts of a symbol node."""
        return _symbol(self.facts, node)

    def children(self, node: Node) -> list[Node]:
        """Symbols directly inside a symbol, in source order."""
        return self._children.get(node.id, [])


def _symbol(facts: FileFacts | None, node: Node) -> Symbol | None:
    return facts.symbols[node.symbol] if facts and 0 <= node.symbol < len(facts.symbols) else None


@lru_cache(maxsize=_PATHS)
def is_test(path: str) -> bool:
    return _TEST_PATH.search(path) is not None


@lru_cache(maxsize=_PATHS)
def is_example(path: str) -> bool:
    """Examples, documentation, tooling and build output: real code, but not what the repository is about."""
    return _EXAMPLE_PATH.search(path) is not None
