"""Numbers over the whole graph: rank, degrees, coupling, communities, cycles. Deterministic.

Weights and sources:
* PageRank (Page et al. 1999) with damping 0.85 over calls, imports and inheritance between repository nodes; an edge
  weighs `RANK_WEIGHTS` × certainty. Outside nodes take no part: they would drain the rank of those that use them.
* Coupling (Martin 1994): Ca and Ce count distinct modules across the boundary of a module or package.
* Communities (Traag et al. 2019, Leiden) over the undirected dependency graph, fixed seed, sorted edges.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter

import graspologic_native
import numpy as np
import numpy.typing as npt
import rustworkx

from docrunch.canonical import significant
from docrunch.graph.layout import ancestors, parent_of
from docrunch.graph.model import Edge, EdgeKind, Graph, GraphMetrics, Node, NodeKind, NodeMetrics
from docrunch.ids import NodeId

DAMPING = 0.85
RANK_WEIGHTS = {EdgeKind.CALLS: 1.0, EdgeKind.IMPORTS: 0.5, EdgeKind.INHERITS: 2.0, EdgeKind.IMPLEMENTS: 2.0}
COMMUNITY_WEIGHTS = {**RANK_WEIGHTS, EdgeKind.USES: 0.5}
DEPENDENCIES = frozenset(COMMUNITY_WEIGHTS) | {EdgeKind.EXPORTS}
_TOLERANCE = 1e-12  # per node; far below the six digits that leave this module
_MAX_ITERATIONS = 500
_SEED = 20_240_229  # any fixed number; a change moves every community
_OUTSIDE = frozenset({NodeKind.EXTERNAL, NodeKind.REPOSITORY})
_PATHLESS = _OUTSIDE | {NodeKind.PACKAGE}  # in no file
_KINDS = {kind: number for number, kind in enumerate(EdgeKind)}

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class _Numbered:
    """A graph in arrays: nodes are numbered in id order, so that sorting numbers sorts ids. Unknown nodes are -1."""

    def __init__(self, graph: Graph) -> None:
        self.nodes = sorted(graph.nodes, key=attrgetter("id"))
        numbers = {node.id: number for number, node in enumerate(self.nodes)}
        self.size = len(self.nodes)
        self.inside = np.array([*(node.kind not in _OUTSIDE for node in self.nodes), False])  # [-1]: unknown
        edges: Sequence[Edge] = graph.edges
        self.source = np.array([numbers.get(edge.source, -1) for edge in edges], np.int64)
        self.target = np.array([numbers.get(edge.target, -1) for edge in edges], np.int64)
        self.kind = np.array([_KINDS[edge.kind] for edge in edges], np.int64)
        self.certainty = np.array([edge.certainty for edge in edges], np.float64)

    def weighted(self, weights: Mapping[EdgeKind, float], *, directed: bool) -> tuple[Numbers, Numbers, Floats]:
        """Edges between two nodes inside, parallel ones summed in the order of the graph; sorted."""
        weight = np.array([weights.get(kind, 0.0) for kind in _KINDS])[self.kind]
        kept = (weight > 0) & self.inside[self.source] & self.inside[self.target] & (self.source != self.target)
        source, target, weight = self.source[kept], self.target[kept], (weight * self.certainty)[kept]
        if not directed:
            source, target = np.minimum(source, target), np.maximum(source, target)
        pairs, number = np.unique(source * self.size + target, return_inverse=True)
        summed: Floats = np.bincount(number.reshape(-1), weight, len(pairs)).astype(np.float64)
        return pairs // max(self.size, 1), pairs % max(self.size, 1), summed

    def dependencies(self, kinds: Iterable[EdgeKind]) -> dict[str, list[str]]:
        """Path → other paths that its contents depend on; both in order."""
        paths = sorted({node.path for node in self.nodes if node.path})
        numbers = {path: number for number, path in enumerate(paths)}
        file = np.array([*(numbers[n.path] if n.path and n.kind not in _PATHLESS else -1 for n in self.nodes), -1])
        kept = np.isin(self.kind, [_KINDS[kind] for kind in kinds])
        source, target = file[self.source[kept]], file[self.target[kept]]
        across = (source >= 0) & (target >= 0) & (source != target)
        found: dict[str, list[str]] = {}
        for pair in np.unique(source[across] * len(paths) + target[across]).tolist():
            found.setdefault(paths[pair // len(paths)], []).append(paths[pair % len(paths)])
        return found


def compute_metrics(graph: Graph) -> GraphMetrics:
    """Metrics of every node; externals have degrees only."""
    numbered = _Numbered(graph)
    ranks = _pagerank(numbered)
    incoming, outgoing = _degrees(numbered)
    coupling = _coupling(graph, numbered.dependencies(DEPENDENCIES))
    community = _communities(numbered)
    complexity, cognitive = _complexity(graph.nodes)
    number = {node.id: place for place, node in enumerate(numbered.nodes)}
    found = {}
    for node in graph.nodes:
        afferent, efferent = coupling.get(node.id, (0, 0))
        place = number[node.id]
        found[node.id] = NodeMetrics(
            significant(ranks.get(node.id, 0.0)),
            incoming[place],
            outgoing[place],
            complexity.get(node.id, 0),
            afferent,
            efferent,
            significant(efferent / (afferent + efferent)) if afferent + efferent else 0.0,
            community.get(node.id, -1),
            cognitive.get(node.id, 0),
        )
    return GraphMetrics(found, _import_cycles(numbered))


def pagerank(graph: Graph) -> dict[NodeId, float]:
    """Rank by node, summing to 1 over the repository's nodes; unrounded."""
    return _pagerank(_Numbered(graph))


def _pagerank(graph: _Numbered) -> dict[NodeId, float]:
    inside = graph.inside[:-1]
    nodes = [node.id for node, kept in zip(graph.nodes, inside.tolist(), strict=True) if kept]
    if not nodes:
        return {}
    place = np.cumsum(inside) - 1  # number among those inside
    source, target, weights = graph.weighted(RANK_WEIGHTS, directed=True)
    ranked = rustworkx.PyDiGraph()
    ranked.add_nodes_from(nodes)
    rows = zip(place[source].tolist(), place[target].tolist(), weights.tolist(), strict=True)
    ranked.add_edges_from(list(rows))
    ranks = rustworkx.pagerank(ranked, alpha=DAMPING, weight_fn=float, tol=_TOLERANCE, max_iter=_MAX_ITERATIONS)
    return {node: ranks[number] for number, node in enumerate(nodes)}


def _degrees(graph: _Numbered) -> tuple[list[int], list[int]]:
    """Distinct edges in and out by number of the node, containment aside."""
    kept = graph.kind != _KINDS[EdgeKind.CONTAINS]
    ends = (graph.target[kept], graph.source[kept])
    incoming, outgoing = (np.bincount(end[end >= 0], minlength=graph.size).tolist() for end in ends)
    return incoming, outgoing


def _complexity(nodes: Iterable[Node]) -> tuple[dict[NodeId, int], dict[NodeId, int]]:
    """Cyclomatic and cognitive: of a symbol its own; of a module the sum of its symbols."""
    cyclomatic: dict[NodeId, int] = {}
    cognitive: dict[NodeId, int] = {}
    sums: dict[str, list[int]] = {}
    modules = []
    for node in nodes:
        if node.kind is NodeKind.MODULE:
            modules.append(node)
        elif node.symbol >= 0:
            cyclomatic[node.id] = node.complexity
            cognitive[node.id] = node.cognitive
            total = sums.setdefault(node.path, [0, 0])
            total[0] += node.complexity
            total[1] += node.cognitive
    for module in modules:
        cyclomatic[module.id], cognitive[module.id] = sums.get(module.path, (0, 0))
    return cyclomatic, cognitive


def _coupling(graph: Graph, dependencies: Mapping[str, Sequence[str]]) -> dict[NodeId, tuple[int, int]]:
    """(Ca, Ce) of modules and packages."""
    users: dict[str, set[str]] = {}
    used: dict[str, set[str]] = {}
    around = {path: _around(path) for path in {*dependencies, *chain.from_iterable(dependencies.values())}}
    for source, targets in dependencies.items():
        above_source = around[source]
        for target in targets:
            above_target = around[target]
            for place in above_source - above_target:
                used.setdefault(place, set()).add(target)
            for place in above_target - above_source:
                users.setdefault(place, set()).add(source)
    kinds = (NodeKind.MODULE, NodeKind.PACKAGE)
    return {
        node.id: (len(users.get(node.path, ())), len(used.get(node.path, ())))
        for node in graph.nodes
        if node.kind in kinds
    }


def _around(path: str) -> frozenset[str]:
    return frozenset((path, *ancestors(parent_of(path))))


def communities(graph: Graph) -> dict[NodeId, int]:
    """Community by node, numbered by size, then by smallest id; nodes without dependencies have none."""
    return _communities(_Numbered(graph))


def _communities(graph: _Numbered) -> dict[NodeId, int]:
    source, target, weights = graph.weighted(COMMUNITY_WEIGHTS, directed=False)
    if not len(weights):
        return {}
    ids = [node.id for node in graph.nodes]
    pairs = zip(source.tolist(), target.tolist(), weights.tolist(), strict=True)
    _, found = graspologic_native.leiden(edges=[(ids[s], ids[t], weight) for s, t, weight in pairs], seed=_SEED)
    groups: dict[int, list[NodeId]] = {}
    for node, number in found.items():
        groups.setdefault(number, []).append(NodeId(node))
    ordered = sorted((sorted(members) for members in groups.values()), key=lambda members: (-len(members), members[0]))
    return {node: number for number, members in enumerate(ordered) for node in members}


def import_cycles(graph: Graph) -> tuple[tuple[NodeId, ...], ...]:
    """Modules that import each other in a circle, sorted."""
    return _import_cycles(_Numbered(graph))


def _import_cycles(graph: _Numbered) -> tuple[tuple[NodeId, ...], ...]:
    """Modules that import each other in a circle: strongly connected components of size > 1, sorted."""
    modules = {node.path: node.id for node in graph.nodes if node.kind is NodeKind.MODULE}
    numbers = {path: number for number, path in enumerate(sorted(modules))}
    imported = rustworkx.PyDiGraph()
    imported.add_nodes_from(sorted(modules))
    for source, targets in graph.dependencies((EdgeKind.IMPORTS,)).items():
        imported.add_edges_from_no_data([(numbers[source], numbers[target]) for target in targets])
    found = rustworkx.strongly_connected_components(imported)
    cycles = [tuple(sorted(modules[imported[number]] for number in members)) for members in found if len(members) > 1]
    return tuple(sorted(cycles))
