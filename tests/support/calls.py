"""Expected calls of small trees: who calls whom, and how sure the graph is."""

from collections import Counter

from docrunch.graph.model import Graph


def calls_of(graph: Graph, source: str) -> dict[str, str]:
    """Target → confidence of the calls that start at symbols of a qualified name.

    Overloads, which share a qualified name, are told apart by their line: ``a.Box.put@7``.
    """
    shared = Counter(node.qualified_name for node in graph.nodes)
    names = {
        node.id: f"{node.qualified_name}@{node.line}" if shared[node.qualified_name] > 1 else node.qualified_name
        for node in graph.nodes
    }
    sources = {node.id for node in graph.nodes if source in (node.qualified_name, names[node.id])}
    assert sources, (source, sorted(names.values()))
    return {
        names[edge.target]: edge.confidence.value
        for edge in graph.edges
        if edge.kind == "calls" and edge.source in sources
    }
