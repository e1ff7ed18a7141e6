"""The innermost answer around a line."""

from collections import defaultdict

from benchmarks.retrieval.worlds import World
from docrunch.graph.model import Node


class Enclosing:
    def __init__(self, world: World) -> None:
        self._by_path: dict[str, list[Node]] = defaultdict(list)
        for node in world.answers.values():
            self._by_path[node.path].append(node)
        for nodes in self._by_path.values():
            nodes.sort(key=lambda node: (node.end_line - node.start_line, node.start_line, node.id))

    def at(self, path: str, line: int) -> Node | None:
        """None outside of every answer."""
        return next((node for node in self._by_path.get(path, ()) if node.start_line <= line <= node.end_line), None)

    def overlapping(self, path: str, line: int, end_line: int) -> list[Node]:
        """Answers that have a line in common with a range, in the order of the file, outer ones first."""
        found = [node for node in self._by_path.get(path, ()) if node.start_line <= end_line and node.end_line >= line]
        return sorted(found, key=lambda node: (node.start_line, -node.end_line, node.id))
