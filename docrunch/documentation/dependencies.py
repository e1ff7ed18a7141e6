"""Edges by the two files they lie between, and what one module takes from another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from docrunch.documentation.digest import Digest, digest
from docrunch.graph.model import Edge, EdgeKind, Node
from docrunch.ids import NodeId

DEPENDENCIES = (
    EdgeKind.IMPORTS,
    EdgeKind.CALLS,
    EdgeKind.INHERITS,
    EdgeKind.IMPLEMENTS,
    EdgeKind.USES,
    EdgeKind.EXPORTS,
)


@dataclass(slots=True)
class Dependency:
    """What one module takes from another: number of references by edge kind, and where."""

    kinds: dict[EdgeKind, int] = field(default_factory=dict)
    import_lines: list[int] = field(default_factory=list)  # in the depending file
    other_lines: list[int] = field(default_factory=list)

    @property
    def weight(self) -> int:
        return sum(self.kinds.values())

    @property
    def first_line(self) -> int:
        """The first import, else the first use; 0 where no line is known."""
        return min(self.import_lines or self.other_lines, default=0)

    def describe(self) -> str:
        words = {EdgeKind.IMPORTS: "imports", EdgeKind.EXPORTS: "re-exports", EdgeKind.CALLS: "calls"}
        words |= {EdgeKind.INHERITS: "inherits", EdgeKind.IMPLEMENTS: "implements", EdgeKind.USES: "uses"}
        return ", ".join(f"{words[kind]} {self.kinds[kind]}" for kind in DEPENDENCIES if kind in self.kinds)


def dependency(edges: Iterable[Edge]) -> Dependency:
    """What edges between two files amount to; nothing counts but `DEPENDENCIES`."""
    made = Dependency()
    for edge in edges:
        if edge.kind in DEPENDENCIES:
            made.kinds[edge.kind] = made.kinds.get(edge.kind, 0) + edge.count
            imports = edge.kind in (EdgeKind.IMPORTS, EdgeKind.EXPORTS)
            (made.import_lines if imports else made.other_lines).extend(edge.lines)
    return made


def weight(edges: Iterable[Edge]) -> int:
    """Number of references of a `dependency`, without the rest of it."""
    return sum(edge.count for edge in edges if edge.kind in DEPENDENCIES)


class FileEdges:
    """All edges but ``contains`` whose two ends are in the graph, by (file of the source, file of the target)."""

    def __init__(self, edges: Iterable[Edge], nodes: Mapping[NodeId, Node]) -> None:
        pairs: dict[tuple[str, str], list[Edge]] = {}
        contains = EdgeKind.CONTAINS
        for edge in edges:
            if edge.kind is contains or edge.source not in nodes or edge.target not in nodes:
                continue
            pair = (nodes[edge.source].path, nodes[edge.target].path)
            found = pairs.get(pair)
            if found is None:
                pairs[pair] = [edge]
            else:
                found.append(edge)
        self._out: dict[str, dict[str, list[Edge]]] = {}
        self._into: dict[str, dict[str, list[Edge]]] = {}
        for (source, target), found in sorted(pairs.items(), key=lambda item: item[0]):
            self._out.setdefault(source, {})[target] = found
            self._into.setdefault(target, {})[source] = found
        self._by_node: dict[tuple[str, bool], dict[NodeId, list[Edge]]] = {}
        self._digests: dict[tuple[str, bool], Digest] = {}
        self._pair_digests: dict[tuple[str, str], Digest] = {}

    def between(self, path: str, *, out: bool) -> Mapping[str, list[Edge]]:
        """Other file (or this one) → edges from this file to it, or from it to this file; files in order."""
        return (self._out if out else self._into).get(path, {})

    def of(self, node: NodeId, path: str, *, out: bool) -> list[Edge]:
        """Edges that leave or reach one node of a file, by (source, target, kind)."""
        found = self._by_node.get((path, out))
        if found is None:
            found = {}
            for edges in self.between(path, out=out).values():
                for edge in edges:
                    found.setdefault(edge.source if out else edge.target, []).append(edge)
            for edges in found.values():
                edges.sort(key=lambda edge: (edge.source, edge.target, edge.kind))
            self._by_node[path, out] = found
        return found.get(node, _NONE)

    def digest(self, path: str, *, out: bool) -> Digest:
        """Of all edges that leave or reach a file."""
        found = self._digests.get((path, out))
        if found is None:
            parts = [(other, self._of_pair(path, other, out)) for other in self.between(path, out=out)]
            found = self._digests[path, out] = digest(parts)
        return found

    def _of_pair(self, path: str, other: str, out: bool) -> Digest:
        """Each pair is digested once, though two files ask for it."""
        pair = (path, other) if out else (other, path)
        found = self._pair_digests.get(pair)
        if found is None:
            found = self._pair_digests[pair] = digest(self._out[pair[0]][pair[1]])
        return found


_NONE: list[Edge] = []
