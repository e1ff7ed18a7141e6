"""The one module that imports tree_sitter: grammars, compiled queries, syntax trees."""

import importlib
from functools import cache

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

__all__ = ["Grammar", "Node", "ParseBudgetExceeded", "Tree", "bare_run_exceeds", "depth_exceeds", "grammar"]

# What a parse may cost, in operations of the parser: equal on every machine, unlike time. Of 24,000 real files the
# worst takes 4 a byte; error recovery over a damaged one can take 20,000.
OPERATIONS = 100_000
OPERATIONS_PER_BYTE = 50
_OPERATIONS_PER_CALL = 100  # tree-sitter's OP_COUNT_PER_PARSER_CALLBACK_CHECK
_CHUNK_BYTES = 4096  # what the parser reads at once; a text predicate of a query copies as much
_OPERATIONS_PER_CHUNK = 25  # measured: 16 µs for a chunk, 0.1 µs (real files) to 1 µs (error recovery) for an operation


class ParseBudgetExceeded(Exception):
    """The parser did ``operations`` for one text and was not done."""

    def __init__(self, operations: int) -> None:
        super().__init__(f"more than {operations} operations")
        self.operations = operations


class Grammar:
    """A grammar with its compiled query. Not thread-safe: one per process."""

    def __init__(self, module: str, function: str, query: str) -> None:
        self._language = Language(getattr(importlib.import_module(module), function)())
        self._parser = Parser(self._language)
        self._query = Query(self._language, query)

    def parse(self, text: bytes) -> Tree:
        """The tree of a text, in a number of operations that grows with its size at most linearly.

        Raises:
            ParseBudgetExceeded: the text needs more, on every machine.
        """
        left = allowed = OPERATIONS + OPERATIONS_PER_BYTE * len(text)

        def read(offset: int, _: object) -> bytes:
            nonlocal left
            left -= _OPERATIONS_PER_CHUNK  # a scanner may look for the end of the file from every token
            return text[offset : offset + _CHUNK_BYTES]

        def is_over(_offset: int, _has_error: bool) -> bool:
            nonlocal left
            left -= _OPERATIONS_PER_CALL
            return left < 0

        try:
            return self._parser.parse(read, progress_callback=is_over)
        except ValueError:  # how the binding says that the callback ended the parse
            self._parser.reset()  # or the next text would be read as the rest of this one
            if left >= 0:
                raise
            raise ParseBudgetExceeded(allowed) from None

    def capture_names(self) -> list[str]:
        return [self._query.capture_name(index) for index in range(self._query.capture_count)]

    def captures(self, root: Node) -> dict[str, list[Node]]:
        """Captured nodes by capture name, in no reliable order."""
        return QueryCursor(self._query).captures(root)

    def broken(self, root: Node) -> list[Node]:
        """Nodes that error recovery skipped or invented, in source order. Looks only where something is broken."""
        found: list[Node] = []
        level = [root]
        while level:
            found += [node for node in level if node.is_error or node.is_missing]
            level = [child for node in level for child in node.children if child.has_error or child.is_error]
        return sorted(found, key=lambda node: (node.start_byte, node.end_byte))


@cache
def grammar(module: str, function: str, query: str) -> Grammar:
    """The grammar of ``module.function()`` with ``query`` compiled against it.

    Raises:
        tree_sitter.QueryError: the query does not fit the grammar.
    """
    return Grammar(module, function, query)


def depth_exceeds(root: Node, limit: int) -> bool:
    """Whether any node lies more than ``limit`` levels below the root.

    A subtree of n nodes adds at most n levels, so small subtrees are never entered: the cost is proportional to
    the few large ones.
    """
    level = [root]
    depth = 0
    while level:
        if depth > limit:
            return True
        room = limit - depth
        level = [child for node in level for child in node.children if child.descendant_count > room - 1]
        depth += 1
    return False


def bare_run_exceeds(root: Node, limit: int) -> bool:
    """Whether one node holds more than ``limit`` tokens in a row that have no name, such as brackets nobody closes.

    A query looks from each of them for the next node with a name: the time grows with the square of the run.
    """
    level = [root]
    while level:
        if any(_longest_bare_run(node) > limit for node in level if node.child_count - node.named_child_count > limit):
            return True
        level = [child for node in level for child in node.children if child.descendant_count > limit]
    return False


def _longest_bare_run(node: Node) -> int:
    longest = run = 0
    for child in node.children:
        run = 0 if child.is_named else run + 1
        longest = max(longest, run)
    return longest
