"""A graph as rows to a graph in arrays. The same rows give the same arrays, whatever they were read from.

Only what every form of a graph carries goes in (`docrunch.graph.rows`), so that answers do not depend on the form.
"""

from collections.abc import Sequence
from operator import attrgetter

import numpy as np

from docrunch.graph.metrics import compute_metrics, import_cycles
from docrunch.graph.model import EdgeKind, Graph, GraphMetrics, Node, NodeKind, NodeMetrics
from docrunch.graph.queries.texts import Texts
from docrunch.graph.queries.view import (
    CONFIDENCES,
    EDGE_KINDS,
    ENTRY,
    EXPORTED,
    KIND_OF_EDGE,
    METRICS,
    NODE_KINDS,
    TEST,
    USED,
    USED_BY_CODE,
    Array,
    GraphView,
)
from docrunch.graph.testing import is_test_file
from docrunch.ids import NodeId

_ABOVE = 8  # levels of nesting within which a reference counts as one from inside
_EXPECTED = (EdgeKind.CONTAINS, EdgeKind.TESTS)  # edges that are no use of their target


def build(graph: Graph, metrics: GraphMetrics | None) -> GraphView:
    """Args:
    graph: of any form; candidates are left out, since exports need not have them.
    metrics: those of the graph; they are computed where a form came without.
    """
    known = (metrics if metrics is not None and metrics.nodes else compute_metrics(graph)).nodes
    nodes = sorted(graph.nodes, key=attrgetter("id"))
    number = {node.id: place for place, node in enumerate(nodes)}
    texts, arrays = _node_columns(nodes, known)
    arrays |= _edge_columns(graph, number)
    arrays |= _entry_columns(graph, number, texts)
    arrays |= _marker_columns(graph, number, texts)
    arrays |= _miss_columns(graph, texts)
    arrays["cycle"] = _cycles(graph, number)
    names: dict[str, list[str]] = {}
    for each in graph.unresolved:
        for name in each.names:
            names.setdefault(name, []).append(each.path)
    texts["unresolved_name"] = Texts.of(sorted(names))
    texts["unresolved_paths"] = Texts.of("\0".join(sorted(set(names[name]))) for name in sorted(names))
    arrays["parent"] = _parents(arrays, len(nodes))
    arrays["flags"] = _flags(nodes, arrays)
    return GraphView(graph.repository, graph.commit, texts, arrays)


def _node_columns(
    nodes: Sequence[Node], metrics: dict[NodeId, NodeMetrics]
) -> tuple[dict[str, Texts], dict[str, Array]]:
    texts = {
        name: Texts.of(map(attrgetter(name), nodes)) for name in ("id", "name", "qualified_name", "signature", "doc")
    }
    arrays: dict[str, Array] = {
        "kind": np.array([NODE_KINDS.index(node.kind) for node in nodes], np.uint8),
        "exported": np.array([node.exported for node in nodes], bool),
        "line": np.array([node.line for node in nodes], np.int32),
        "end_line": np.array([node.end_line for node in nodes], np.int32),
        "start_line": np.array([node.start_line or node.line for node in nodes], np.int32),
    }
    for name, values in (
        ("path", [node.path for node in nodes]),
        ("language", [node.language for node in nodes]),
        ("modifiers", ["\0".join(node.modifiers) for node in nodes]),
    ):
        texts[name], arrays[name] = _numbered(values)
    missing = NodeMetrics()
    found = [metrics.get(node.id, missing) for node in nodes]
    for name in METRICS:
        type_ = np.float64 if name in ("pagerank", "instability") else np.int32
        arrays[name] = np.array(list(map(attrgetter(name), found)), type_)
    for name in ("name", "qualified_name", "path"):
        arrays[f"{name}_order"] = texts[name].order()
    arrays["by_path"] = np.lexsort((arrays["line"], -arrays["end_line"], arrays["start_line"], arrays["path"]))
    arrays["by_path_key"] = arrays["path"][arrays["by_path"]]
    return texts, arrays


def _numbered(values: Sequence[str]) -> tuple[Texts, Array]:
    """The distinct texts in order, and which of them each value is."""
    known = sorted(set(values))
    number = {value: place for place, value in enumerate(known)}
    return Texts.of(known), np.array([number[value] for value in values], np.int32)


def _edge_columns(graph: Graph, number: dict[NodeId, int]) -> dict[str, Array]:
    kinds = {kind: place for place, kind in enumerate(EDGE_KINDS)}
    strengths = {confidence: place for place, confidence in enumerate(CONFIDENCES)}
    edges = sorted(graph.edges, key=attrgetter("source", "target", "kind"))
    source = np.array([number[edge.source] for edge in edges], np.int32)
    target = np.array([number[edge.target] for edge in edges], np.int32)
    backwards = np.argsort(target, kind="stable")
    places = np.arange(len(number) + 1)
    return {
        "source": source,
        "target": target,
        "edge_kind": np.array([kinds[edge.kind] for edge in edges], np.uint8),
        "confidence": np.array([strengths[edge.confidence] for edge in edges], np.uint8),
        "certainty": np.array([round(edge.certainty * 1000) for edge in edges], np.int16),
        "count": np.array([edge.count for edge in edges], np.int32),
        "lines": np.array([line for edge in edges for line in edge.lines], np.int32),
        "line_start": np.cumsum([0, *(len(edge.lines) for edge in edges)], dtype=np.int64),
        "out": np.searchsorted(source, places).astype(np.int32),
        "in": np.searchsorted(target[backwards], places).astype(np.int32),
        "in_edge": backwards.astype(np.int32),
    }


def _entry_columns(graph: Graph, number: dict[NodeId, int], texts: dict[str, Texts]) -> dict[str, Array]:
    entries = sorted(graph.entries)
    texts["entry_label"] = Texts.of(entry.label for entry in entries)
    texts["entry_kind"], kinds = _numbered([entry.kind for entry in entries])
    texts["entry_framework"], frameworks = _numbered([entry.framework for entry in entries])
    return {
        "entry_kind": kinds,
        "entry_framework": frameworks,
        "entry_place": np.array([number[entry.place] for entry in entries], np.int32),
        "entry_line": np.array([entry.line for entry in entries], np.int32),
        "entry_handler": np.array([number[entry.handler] for entry in entries], np.int32),
    }


def _marker_columns(graph: Graph, number: dict[NodeId, int], texts: dict[str, Texts]) -> dict[str, Array]:
    markers = sorted(graph.markers)
    texts["marker_text"] = Texts.of(marker.text for marker in markers)
    texts["marker_kind"], kinds = _numbered([marker.kind for marker in markers])
    return {
        "marker_kind": kinds,
        "marker_place": np.array([number[marker.place] for marker in markers], np.int32),
        "marker_line": np.array([marker.line for marker in markers], np.int32),
    }


def _miss_columns(graph: Graph, texts: dict[str, Texts]) -> dict[str, Array]:
    """One row for each reason of each file."""
    rows = [(each, reason) for each in graph.unresolved for reason in sorted(each.reasons)]
    arrays: dict[str, Array] = {"miss_count": np.array([each.reasons[reason] for each, reason in rows], np.int64)}
    for name, values in (
        ("miss_path", [each.path for each, _ in rows]),
        ("miss_language", [each.language for each, _ in rows]),
        ("miss_reason", [reason for _, reason in rows]),
    ):
        texts[name], arrays[name] = _numbered(values)
    return arrays


def _cycles(graph: Graph, number: dict[NodeId, int]) -> Array:
    """Number of the import cycle that a module is in, -1 without."""
    found = np.full(len(number), -1, np.int32)
    for place, members in enumerate(import_cycles(graph)):
        found[[number[member] for member in members]] = place
    return found


def _parents(arrays: dict[str, Array], size: int) -> Array:
    found = np.full(size + 1, -1, np.int32)  # the last one: above the top is the top
    contains = arrays["edge_kind"] == KIND_OF_EDGE[EdgeKind.CONTAINS]
    found[arrays["target"][contains]] = arrays["source"][contains]
    return found


def _flags(nodes: Sequence[Node], arrays: dict[str, Array]) -> Array:
    flags = np.where(arrays["exported"], EXPORTED, 0).astype(np.uint8)
    marked = np.array([_is_test(node) for node in nodes], bool)
    parent = arrays["parent"]
    above = np.arange(len(nodes))
    for _ in range(_ABOVE):  # what is in a test is test
        above = parent[above]
        marked |= np.append(marked, False)[above] & (arrays["kind"][above] != NODE_KINDS.index(NodeKind.PACKAGE))
    flags[marked] |= TEST
    flags[arrays["entry_handler"]] |= ENTRY
    used, by_code = _used(arrays, marked)
    flags[used] |= USED
    flags[by_code] |= USED_BY_CODE
    return flags


def _is_test(node: Node) -> bool:
    if "test" in node.modifiers:
        return True
    if node.language == "rust" and node.kind is NodeKind.NAMESPACE and node.name in ("test", "tests"):
        return True
    return bool(node.path) and node.kind is not NodeKind.PACKAGE and is_test_file(node.path, node.language)


def _used(arrays: dict[str, Array], tests: Array) -> tuple[Array, Array]:
    """Nodes that something outside of them refers to, and those that something but a test does.

    A reference to what is in a node is one to the node, a reference from inside of a node is none.
    """
    parent = arrays["parent"]
    kept = ~np.isin(arrays["edge_kind"], [KIND_OF_EDGE[kind] for kind in _EXPECTED])
    source, target = arrays["source"][kept], arrays["target"][kept]
    used, by_code = np.zeros(len(parent), bool), np.zeros(len(parent), bool)
    around = [source]
    for _ in range(_ABOVE):
        around.append(parent[around[-1]])
    above = target
    for _ in range(_ABOVE):
        inside = np.zeros(len(source), bool)
        for each in around:
            inside |= each == above
        outside = ~inside & (above >= 0)
        used[above[outside]] = True
        by_code[above[outside & ~tests[source]]] = True
        above = parent[above]
    return used[:-1], by_code[:-1]
