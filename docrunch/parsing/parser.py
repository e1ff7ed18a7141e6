"""The one module that imports tree_sitter: grammars, compiled queries, syntax trees."""

import importlib
from functools import cache

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

__all__ = ["Grammar", "Node", "Tree", "bare_run_exceeds", "depth_exceeds", "grammar"]


class Grammar:
    """A grammar with its compiled query. Not thread-safe: one per process."""

    def __init__(self, module: str, function: str, query: str) -> None:
        self._language = Language(getattr(importlib.import_module(module), function)())
        self._parser = Parser(self._language)
        self._query = Query(self._language, query)

    def parse(self, text: bytes) -> Tree:
        return self._parser.parse(text)

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
