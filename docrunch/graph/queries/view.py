"""A graph in arrays: made once, asked often, in milliseconds whatever its size.

Nodes are numbered in the order of their ids, edges in that of (source, target, kind), so that the order of numbers is
an order that does not depend on where the graph came from.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from docrunch.graph.model import Confidence, Edge, EdgeKind, NodeKind
from docrunch.graph.queries.texts import Texts
from docrunch.ids import NodeId

NODE_KINDS = tuple(NodeKind)
EDGE_KINDS = tuple(EdgeKind)
CONFIDENCES = tuple(Confidence)  # strongest first
KIND_OF_EDGE = {kind: number for number, kind in enumerate(EDGE_KINDS)}
KIND_OF_NODE = {kind: number for number, kind in enumerate(NODE_KINDS)}
_CALLABLE = [KIND_OF_NODE[kind] for kind in (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CONSTRUCTOR)]
OUTSIDE = np.isin(range(len(NODE_KINDS)), [KIND_OF_NODE[NodeKind.EXTERNAL], KIND_OF_NODE[NodeKind.REPOSITORY]])
HEURISTIC = CONFIDENCES.index(Confidence.HEURISTIC)

METRICS = ("pagerank", "in_degree", "out_degree", "complexity", "afferent", "efferent", "instability", "community",
           "cognitive")  # fmt: skip

Array = npt.NDArray[Any]
Numbers = npt.NDArray[np.int64]

# Bits of `flags`.
EXPORTED = 1
TEST = 2  # a test file, or inside what only a test runner loads
USED = 4  # something outside of it refers to it or to what is in it
USED_BY_CODE = 8  # something that is no test does
ENTRY = 16  # the handler of an entry point


class GraphView:
    """Args:
    texts: id, name, qualified_name, signature, doc, modifiers by node; path, language, label by their own numbers;
        unresolved names; see `index.build`.
    arrays: columns by name; their shapes and types are in `index.build`.
    """

    def __init__(self, repository: str, commit: str, texts: Mapping[str, Texts], arrays: Mapping[str, Array]) -> None:
        self.repository = repository
        self.commit = commit
        self.texts = texts
        self.arrays = arrays
        self.size = len(texts["id"])
        self.source, self.target = arrays["source"], arrays["target"]
        self.edge_kind, self.confidence, self.certainty = arrays["edge_kind"], arrays["confidence"], arrays["certainty"]
        self.kind, self.flags, self.path_of = arrays["kind"], arrays["flags"], arrays["path"]

    # -- nodes -----------------------------------------------------------------------------------------------------

    def number(self, node: str) -> int | None:
        """The number of a node id."""
        found = self.texts["id"].find(node, self._id_order)
        return found[0] if found else None

    @cached_property
    def _id_order(self) -> npt.NDArray[np.int32]:
        return np.arange(self.size, dtype=np.int32)

    def id(self, node: int) -> NodeId:
        return NodeId(self.texts["id"][node])

    def node_kind(self, node: int) -> NodeKind:
        return NODE_KINDS[int(self.kind[node])]

    def name(self, node: int) -> str:
        return self.texts["name"][node]

    def qualified_name(self, node: int) -> str:
        return self.texts["qualified_name"][node]

    def path(self, node: int) -> str:
        return self.texts["path"][int(self.path_of[node])]

    def line(self, node: int) -> int:
        return int(self.arrays["line"][node])

    def language(self, node: int) -> str:
        return self.texts["language"][int(self.arrays["language"][node])]

    def modifiers(self, node: int) -> list[str]:
        found = self.texts["modifiers"][int(self.arrays["modifiers"][node])]
        return found.split("\0") if found else []

    def has(self, node: int, flag: int) -> bool:
        return bool(self.flags[node] & flag)

    def parent(self, node: int) -> int:
        """What contains a node; -1 for the repository and the outside."""
        return int(self.arrays["parent"][node])

    def children(self, node: int) -> list[int]:
        """What a node contains: files by path, symbols in source order."""
        found = self.edges_from(node, {EdgeKind.CONTAINS})
        columns = (self.path_of, self.arrays["start_line"], self.arrays["line"])
        return sorted(self.target[found].tolist(), key=lambda child: (*(int(c[child]) for c in columns), child))

    def in_path(self, path: str) -> list[int]:
        """The nodes of a file or directory: a module and its symbols, a package."""
        numbers = self.texts["path"].find(path, self.arrays["path_order"])
        if not numbers or not path:
            return []
        keys, order = self.arrays["by_path_key"], self.arrays["by_path"]
        start, end = np.searchsorted(keys, [numbers[0], numbers[0] + 1])
        return [int(node) for node in order[start:end]]

    def used_dynamically(self, name: str) -> list[str]:
        """Files that use a member of this name on something nobody knows."""
        names = self.texts["unresolved_name"]
        found = names.find(name, np.arange(len(names), dtype=np.int32))
        return self.texts["unresolved_paths"][found[0]].split("\0") if found else []

    def entries(self, kind: str) -> Numbers:
        """The rows of entry points of a kind, by place and line."""
        known = list(self.texts["entry_kind"])
        if kind not in known:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self.arrays["entry_kind"] == known.index(kind))

    # -- edges -----------------------------------------------------------------------------------------------------

    def edges_from(self, node: int, kinds: Iterable[EdgeKind] | None = None) -> Numbers:
        """Numbers of the edges from a node, by target and kind."""
        return self._of(np.arange(*self.arrays["out"][node : node + 2]), kinds)

    def _of(self, edges: Numbers, kinds: Iterable[EdgeKind] | None) -> Numbers:
        if kinds is None:
            return edges
        wanted = np.zeros(len(EDGE_KINDS), bool)
        wanted[[KIND_OF_EDGE[kind] for kind in kinds]] = True
        found: Numbers = edges[wanted[self.edge_kind[edges]]]
        return found

    def all_from(self, nodes: Numbers) -> Numbers:
        """Numbers of the edges from any of these nodes, node by node."""
        return _ranges(self.arrays["out"], nodes)

    def all_to(self, nodes: Numbers) -> Numbers:
        """Numbers of the edges to any of these nodes, node by node."""
        found: Numbers = self.arrays["in_edge"][_ranges(self.arrays["in"], nodes)].astype(np.int64)
        return found

    @cached_property
    def in_callables(self) -> npt.NDArray[np.bool_]:
        """By node: whether it is a callable, or declared somewhere inside of one."""
        parent = self.arrays["parent"]  # the last one is above the top
        found = np.append(np.isin(self.kind, _CALLABLE), False)
        while True:
            wider = found | found[parent]
            if np.array_equal(wider, found):
                return found[:-1]
            found = wider

    def edge(self, number: int) -> Edge:
        start, end = self.arrays["line_start"][number : number + 2]
        return Edge(
            self.id(int(self.source[number])),
            self.id(int(self.target[number])),
            EDGE_KINDS[int(self.edge_kind[number])],
            CONFIDENCES[int(self.confidence[number])],
            int(self.certainty[number]) / 1000,
            int(self.arrays["count"][number]),
            tuple(self.arrays["lines"][start:end].tolist()),
        )

    def within(self, nodes: Iterable[int]) -> Numbers:
        """Nodes and everything in them, sorted."""
        seen = np.zeros(self.size, bool)
        level = np.array(sorted(set(nodes)), np.int64)
        contains = KIND_OF_EDGE[EdgeKind.CONTAINS]
        while len(level):
            seen[level] = True
            edges = self.all_from(level)
            reached = np.unique(self.target[edges[self.edge_kind[edges] == contains]])
            level = reached[~seen[reached]].astype(np.int64)
        return np.flatnonzero(seen)


def below(paths: Texts, under: str) -> npt.NDArray[np.bool_]:
    """Which of the paths are a file or directory or in it; all for the root, ""."""
    if not under:
        return np.ones(len(paths), bool)
    return np.array([path == under or path.startswith(f"{under}/") for path in paths], bool)


def _ranges(starts: Array, nodes: Numbers) -> Numbers:
    """All numbers from ``starts[node]`` up to ``starts[node + 1]``, for each of the nodes."""
    first = starts[nodes].astype(np.int64)
    lengths = starts[nodes + 1].astype(np.int64) - first
    total = int(lengths.sum())
    if not total:
        return np.zeros(0, np.int64)
    before = np.cumsum(lengths) - lengths
    return np.repeat(first - before, lengths) + np.arange(total)
