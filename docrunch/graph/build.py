"""Collects edges while a graph is linked, and turns them into sorted rows."""

from docrunch.graph.model import Candidates, Edge, EdgeKind, Unresolved
from docrunch.graph.resolve.values import certainty, confidence
from docrunch.ids import NodeId

_MAX_NAMES = 2_000  # names of unknown members kept per file, in the order of the text
_MAX_NAME = 100  # characters
_MAX_LINES = 200  # lines kept per edge; `count` stays complete


class EdgeSet:
    """Occurrences by (source, target, kind). The strongest grade wins; lines are sorted and unique."""

    def __init__(self) -> None:
        self._found: dict[tuple[NodeId, NodeId, EdgeKind], list[int]] = {}  # [grade, count, line, line, …]
        self._candidates: dict[tuple[NodeId, EdgeKind, int], set[NodeId]] = {}
        self._misses: dict[tuple[str, str], dict[str, int]] = {}
        self._names: dict[tuple[str, str], set[str]] = {}

    def add(self, source: NodeId, target: NodeId, kind: EdgeKind, grade: int, line: int = 0) -> None:
        found = self._found.get((source, target, kind))
        if found is None:
            self._found[(source, target, kind)] = [grade, 1, line] if line else [grade, 1]
            return
        if grade > found[0]:
            found[0] = grade
        found[1] += 1
        if line:
            found.append(line)

    def ambiguous(self, source: NodeId, kind: EdgeKind, line: int, targets: list[NodeId]) -> None:
        self._candidates.setdefault((source, kind, line), set()).update(targets)

    def unresolved(self, path: str, language: str, reason: str) -> None:
        reasons = self._misses.setdefault((path, language), {})
        reasons[reason] = reasons.get(reason, 0) + 1

    def unknown(self, path: str, language: str, name: str) -> None:
        """A member of this name is used on something nobody knows."""
        names = self._names.setdefault((path, language), set())
        if len(names) < _MAX_NAMES and len(name) <= _MAX_NAME:
            names.add(name)

    def items(self, kind: EdgeKind) -> list[tuple[NodeId, NodeId, int, list[int]]]:
        """(source, target, grade, lines) of one kind, in order of first appearance."""
        return [(s, t, found[0], found[2:]) for (s, t, k), found in self._found.items() if k is kind]

    def edges(self) -> tuple[Edge, ...]:
        rows = []
        for (source, target, kind), found in sorted(self._found.items(), key=lambda item: item[0]):
            lines = tuple(found[2:]) if len(found) < 4 else tuple(sorted(set(found[2:]))[:_MAX_LINES])
            rows.append(Edge(source, target, kind, confidence(found[0]), certainty(found[0]), found[1], lines))
        return tuple(rows)

    def candidates(self) -> tuple[Candidates, ...]:
        rows = []
        for (source, kind, line), targets in sorted(self._candidates.items()):
            share = round(1 / len(targets), 3)
            rows.append(Candidates(source, kind, line, tuple((target, share) for target in sorted(targets))))
        return tuple(rows)

    def misses(self) -> tuple[Unresolved, ...]:
        return tuple(
            Unresolved(*key, dict(sorted(self._misses.get(key, {}).items())), tuple(sorted(self._names.get(key, ()))))
            for key in sorted({*self._misses, *self._names})
        )
