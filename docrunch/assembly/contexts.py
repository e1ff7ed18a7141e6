"""What is known about each symbol, in one row: the context a generator words."""

from collections.abc import Mapping

from docrunch.assembly.model import SymbolContext
from docrunch.graph.model import EdgeKind, Graph, GraphMetrics, Node, NodeKind, NodeMetrics
from docrunch.ids import NodeId

_NOT_SYMBOLS = frozenset({NodeKind.REPOSITORY, NodeKind.PACKAGE, NodeKind.MODULE, NodeKind.EXTERNAL})


def symbol_contexts(graph: Graph, metrics: GraphMetrics, cluster_of: Mapping[NodeId, int]) -> tuple[SymbolContext, ...]:
    """One row per symbol of the repository, by id.

    Args:
        cluster_of: cluster by symbol, or by module where files were clustered: a symbol is in that of its module.
    """
    nodes = {node.id: node for node in graph.nodes}
    modules = {node.path: node for node in graph.nodes if node.kind is NodeKind.MODULE}
    calls, called_by, imports = _neighbours(graph, nodes)
    return tuple(
        _context(node, modules.get(node.path), calls, called_by, imports, metrics, cluster_of)
        for node in sorted(graph.nodes, key=lambda node: node.id)
        if node.kind not in _NOT_SYMBOLS
    )


def _context(
    node: Node,
    module: Node | None,
    calls: Mapping[NodeId, set[str]],
    called_by: Mapping[NodeId, set[str]],
    imports: Mapping[NodeId, set[str]],
    metrics: GraphMetrics,
    cluster_of: Mapping[NodeId, int],
) -> SymbolContext:
    home = module.id if module else node.id
    return SymbolContext(
        id=node.id,
        language=node.language,
        symbol=node.qualified_name,
        kind=node.kind.value,
        file=node.path,
        line=node.line,
        end_line=node.end_line,
        signature=node.signature,
        doc=node.doc,
        calls=tuple(sorted(calls.get(node.id, ()))),
        called_by=tuple(sorted(called_by.get(node.id, ()))),
        imports=tuple(sorted(imports.get(home, ()))),
        cluster=cluster_of.get(node.id, cluster_of.get(home, -1)),
        centrality=metrics.nodes.get(node.id, NodeMetrics()).pagerank,
    )


def _neighbours(
    graph: Graph, nodes: Mapping[NodeId, Node]
) -> tuple[dict[NodeId, set[str]], dict[NodeId, set[str]], dict[NodeId, set[str]]]:
    """Qualified names: calls and callers inside the repository; imported modules, also those outside.

    An imported symbol counts as an import of its module: the symbol itself is in the calls where it matters.
    """
    module_of = {node.path: node.qualified_name for node in graph.nodes if node.kind is NodeKind.MODULE}
    calls: dict[NodeId, set[str]] = {}
    called_by: dict[NodeId, set[str]] = {}
    imports: dict[NodeId, set[str]] = {}
    for edge in graph.edges:
        source, target = nodes[edge.source], nodes[edge.target]
        if edge.kind is EdgeKind.CALLS and target.kind is not NodeKind.EXTERNAL:
            calls.setdefault(source.id, set()).add(target.qualified_name)
            called_by.setdefault(target.id, set()).add(source.qualified_name)
        elif edge.kind is EdgeKind.IMPORTS:
            imports.setdefault(source.id, set()).add(module_of.get(target.path, target.qualified_name))
    return calls, called_by, imports
