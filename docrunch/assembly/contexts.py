"""What is known about each symbol, in one row: the context a generator words."""

from collections.abc import Mapping
from operator import attrgetter

from docrunch.assembly.model import SymbolContext
from docrunch.graph.model import EdgeKind, Graph, GraphMetrics, Node, NodeKind
from docrunch.ids import NodeId

_NOT_SYMBOLS = frozenset({NodeKind.REPOSITORY, NodeKind.PACKAGE, NodeKind.MODULE, NodeKind.EXTERNAL})


def symbol_contexts(graph: Graph, metrics: GraphMetrics, cluster_of: Mapping[NodeId, int]) -> tuple[SymbolContext, ...]:
    """One row per symbol of the repository, by id.

    Args:
        cluster_of: cluster by symbol, or by module where files were clustered: a symbol is in that of its module.
    """
    modules = {node.path: node for node in graph.nodes if node.kind is NodeKind.MODULE}
    neighbours = _Neighbours(graph, {path: node.qualified_name for path, node in modules.items()})
    return tuple(
        _context(node, modules.get(node.path), neighbours, metrics, cluster_of)
        for node in sorted(graph.nodes, key=attrgetter("id"))
        if node.kind not in _NOT_SYMBOLS
    )


class _Neighbours:
    """Sorted qualified names: calls and callers inside the repository; imported modules, also those outside.

    An imported symbol counts as an import of its module: the symbol itself is in the calls where it matters.
    """

    def __init__(self, graph: Graph, module_of: Mapping[str, str]) -> None:
        nodes = {node.id: node for node in graph.nodes}
        calls: dict[NodeId, list[str]] = {}
        called_by: dict[NodeId, list[str]] = {}
        imports: dict[NodeId, list[str]] = {}
        for edge in graph.edges:
            if edge.kind is EdgeKind.CALLS:
                target = nodes[edge.target]
                if target.kind is not NodeKind.EXTERNAL:
                    calls.setdefault(edge.source, []).append(target.qualified_name)
                    called_by.setdefault(edge.target, []).append(nodes[edge.source].qualified_name)
            elif edge.kind is EdgeKind.IMPORTS:
                target = nodes[edge.target]
                imports.setdefault(edge.source, []).append(module_of.get(target.path, target.qualified_name))
        self.calls, self.called_by, self.imports = _sorted(calls), _sorted(called_by), _sorted(imports)


def _sorted(found: Mapping[NodeId, list[str]]) -> dict[NodeId, tuple[str, ...]]:
    return {node: tuple(sorted(set(names))) if len(names) > 1 else (names[0],) for node, names in found.items()}


def _context(
    node: Node,
    module: Node | None,
    neighbours: _Neighbours,
    metrics: GraphMetrics,
    cluster_of: Mapping[NodeId, int],
) -> SymbolContext:
    home = module.id if module else node.id
    known = metrics.nodes.get(node.id)
    return SymbolContext(  # by position: a large repository has hundreds of thousands
        node.id,
        node.language,
        node.qualified_name,
        node.kind.value,
        node.path,
        node.line,
        node.end_line,
        node.signature,
        node.doc,
        neighbours.calls.get(node.id, ()),
        neighbours.called_by.get(node.id, ()),
        neighbours.imports.get(home, ()),
        cluster_of.get(node.id, cluster_of.get(home, -1)),
        known.pagerank if known else 0.0,
    )
