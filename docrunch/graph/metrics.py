"""Numbers over the whole graph: rank, degrees, coupling, communities, cycles. Deterministic.

Weights and sources:
* PageRank (Page et al. 1999) with damping 0.85 over calls, imports and inheritance between repository nodes; an edge
  weighs `RANK_WEIGHTS` × certainty. Outside nodes take no part: they would drain the rank of those that use them.
* Coupling (Martin 1994): Ca and Ce count distinct modules across the boundary of a module or package.
* Communities (Traag et al. 2019, Leiden) over the undirected dependency graph, fixed seed, sorted edges.
"""

from collections.abc import Iterable

import graspologic_native
import rustworkx

from docrunch.canonical import significant
from docrunch.graph.layout import ancestors, parent_of
from docrunch.graph.model import EdgeKind, Graph, GraphMetrics, Node, NodeKind, NodeMetrics
from docrunch.ids import NodeId

DAMPING = 0.85
RANK_WEIGHTS = {EdgeKind.CALLS: 1.0, EdgeKind.IMPORTS: 0.5, EdgeKind.INHERITS: 2.0, EdgeKind.IMPLEMENTS: 2.0}
COMMUNITY_WEIGHTS = {**RANK_WEIGHTS, EdgeKind.USES: 0.5}
DEPENDENCIES = frozenset(COMMUNITY_WEIGHTS) | {EdgeKind.EXPORTS}
_TOLERANCE = 1e-12  # per node; far below the six digits that leave this module
_MAX_ITERATIONS = 500
_SEED = 20_240_229  # any fixed number; a change moves every community
_OUTSIDE = frozenset({NodeKind.EXTERNAL, NodeKind.REPOSITORY})


def compute_metrics(graph: Graph) -> GraphMetrics:
    """Metrics of every node; externals have degrees only."""
    ranks = pagerank(graph)
    incoming, outgoing = _degrees(graph)
    dependencies = module_dependencies(graph)
    coupling = _coupling(graph, dependencies)
    community = communities(graph)
    complexity = _complexity(graph.nodes)
    found = {}
    for node in graph.nodes:
        afferent, efferent = coupling.get(node.id, (0, 0))
        found[node.id] = NodeMetrics(
            pagerank=significant(ranks.get(node.id, 0.0)),
            in_degree=incoming.get(node.id, 0),
            out_degree=outgoing.get(node.id, 0),
            complexity=complexity.get(node.id, 0),
            afferent=afferent,
            efferent=efferent,
            instability=significant(efferent / (afferent + efferent)) if afferent + efferent else 0.0,
            community=community.get(node.id, -1),
        )
    return GraphMetrics(found, import_cycles(graph))


def ranked_edges(graph: Graph) -> list[tuple[NodeId, NodeId, float]]:
    """The weighted edges of PageRank, parallel kinds summed, sorted."""
    inside = {node.id for node in graph.nodes if node.kind not in _OUTSIDE}
    found: dict[tuple[NodeId, NodeId], float] = {}
    for edge in graph.edges:
        weight = RANK_WEIGHTS.get(edge.kind)
        if weight is not None and edge.source in inside and edge.target in inside and edge.source != edge.target:
            key = (edge.source, edge.target)
            found[key] = found.get(key, 0.0) + weight * edge.certainty
    return [(source, target, weight) for (source, target), weight in sorted(found.items())]


def pagerank(graph: Graph) -> dict[NodeId, float]:
    """Rank by node, summing to 1 over the repository's nodes; unrounded."""
    nodes = [node.id for node in graph.nodes if node.kind not in _OUTSIDE]
    if not nodes:
        return {}
    numbers = {node: number for number, node in enumerate(nodes)}
    ranked = rustworkx.PyDiGraph(multigraph=False)
    ranked.add_nodes_from(nodes)
    ranked.add_edges_from([(numbers[s], numbers[t], weight) for s, t, weight in ranked_edges(graph)])
    ranks = rustworkx.pagerank(ranked, alpha=DAMPING, weight_fn=float, tol=_TOLERANCE, max_iter=_MAX_ITERATIONS)
    return {node: ranks[number] for node, number in numbers.items()}


def _degrees(graph: Graph) -> tuple[dict[NodeId, int], dict[NodeId, int]]:
    """Distinct edges in and out, containment aside."""
    incoming: dict[NodeId, int] = {}
    outgoing: dict[NodeId, int] = {}
    for edge in graph.edges:
        if edge.kind is not EdgeKind.CONTAINS:
            incoming[edge.target] = incoming.get(edge.target, 0) + 1
            outgoing[edge.source] = outgoing.get(edge.source, 0) + 1
    return incoming, outgoing


def _complexity(nodes: Iterable[Node]) -> dict[NodeId, int]:
    """Of a symbol its own; of a module the sum of its symbols."""
    found: dict[NodeId, int] = {}
    sums: dict[str, int] = {}
    modules = []
    for node in nodes:
        if node.kind is NodeKind.MODULE:
            modules.append(node)
        elif node.symbol >= 0:
            found[node.id] = node.complexity
            sums[node.path] = sums.get(node.path, 0) + node.complexity
    found.update({module.id: sums.get(module.path, 0) for module in modules})
    return found


def module_dependencies(graph: Graph) -> dict[str, frozenset[str]]:
    """Path of a module → paths of the modules it depends on, by any dependency between their contents."""
    return _dependencies(graph, DEPENDENCIES)


def _dependencies(graph: Graph, kinds: frozenset[EdgeKind]) -> dict[str, frozenset[str]]:
    paths = {
        node.id: node.path for node in graph.nodes if node.kind not in _OUTSIDE and node.kind is not NodeKind.PACKAGE
    }
    found: dict[str, set[str]] = {}
    for edge in graph.edges:
        if edge.kind in kinds:
            source, target = paths.get(edge.source), paths.get(edge.target)
            if source and target and source != target:
                found.setdefault(source, set()).add(target)
    return {source: frozenset(targets) for source, targets in found.items()}


def _coupling(graph: Graph, dependencies: dict[str, frozenset[str]]) -> dict[NodeId, tuple[int, int]]:
    """(Ca, Ce) of modules and packages."""
    users: dict[str, set[str]] = {}
    used: dict[str, set[str]] = {}
    for source, targets in dependencies.items():
        for target in targets:
            above_source = _around(source)
            above_target = _around(target)
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
    inside = {node.id for node in graph.nodes if node.kind not in _OUTSIDE}
    weights: dict[tuple[NodeId, NodeId], float] = {}
    for edge in graph.edges:
        weight = COMMUNITY_WEIGHTS.get(edge.kind)
        if weight is None or edge.source == edge.target or edge.source not in inside or edge.target not in inside:
            continue
        key = (edge.source, edge.target) if edge.source < edge.target else (edge.target, edge.source)
        weights[key] = weights.get(key, 0.0) + weight * edge.certainty
    if not weights:
        return {}
    rows = [(str(source), str(target), weight) for (source, target), weight in sorted(weights.items())]
    _, found = graspologic_native.leiden(edges=rows, seed=_SEED)
    groups: dict[int, list[NodeId]] = {}
    for node, number in found.items():
        groups.setdefault(number, []).append(NodeId(node))
    ordered = sorted((sorted(members) for members in groups.values()), key=lambda members: (-len(members), members[0]))
    return {node: number for number, members in enumerate(ordered) for node in members}


def import_cycles(graph: Graph) -> tuple[tuple[NodeId, ...], ...]:
    """Modules that import each other in a circle: strongly connected components of size > 1, sorted."""
    modules = {node.path: node.id for node in graph.nodes if node.kind is NodeKind.MODULE}
    numbers = {path: number for number, path in enumerate(sorted(modules))}
    imported = rustworkx.PyDiGraph(multigraph=False)
    imported.add_nodes_from(sorted(modules))
    for source, targets in sorted(_dependencies(graph, frozenset({EdgeKind.IMPORTS})).items()):
        imported.add_edges_from_no_data([(numbers[source], numbers[target]) for target in sorted(targets)])
    found = rustworkx.strongly_connected_components(imported)
    cycles = [tuple(sorted(modules[imported[number]] for number in members)) for members in found if len(members) > 1]
    return tuple(sorted(cycles))
