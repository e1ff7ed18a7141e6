from docrunch.assembly.contexts import symbol_contexts
from docrunch.graph.model import EdgeKind, GraphMetrics, Node, NodeKind, NodeMetrics
from docrunch.ids import node_id
from tests.unit.docrunch.assembly.worlds import edge, graph_of, node

MODULE = node("pkg/a.py", "a", NodeKind.MODULE)
OTHER = node("pkg/b.py", "b", NodeKind.MODULE)
CALLER = node("pkg/a.py", "caller", symbol=0)
CALLEE = node("pkg/b.py", "callee", symbol=0)
OUTSIDE = Node(id=node_id("", "os.path", "external", 0), kind=NodeKind.EXTERNAL, name="path", qualified_name="os.path")
GRAPH = graph_of(
    [MODULE, OTHER, CALLER, CALLEE, OUTSIDE],
    [
        edge(CALLER, CALLEE, EdgeKind.CALLS),
        edge(CALLER, OUTSIDE, EdgeKind.CALLS),
        edge(MODULE, OTHER, EdgeKind.IMPORTS),
        edge(MODULE, CALLEE, EdgeKind.IMPORTS),
        edge(MODULE, OUTSIDE, EdgeKind.IMPORTS),
        edge(MODULE, CALLER, EdgeKind.CONTAINS),
    ],
)
METRICS = GraphMetrics({CALLEE.id: NodeMetrics(pagerank=0.25)})


def test_a_row_per_symbol_with_what_surrounds_it() -> None:
    found = {row.symbol: row for row in symbol_contexts(GRAPH, METRICS, {CALLEE.id: 3})}
    assert sorted(found) == ["pkg.a.caller", "pkg.b.callee"]
    caller, callee = found["pkg.a.caller"], found["pkg.b.callee"]
    assert caller.calls == ("pkg.b.callee",)  # what lies outside the repository is no call to follow
    assert callee.called_by == ("pkg.a.caller",)
    assert caller.imports == ("os.path", "pkg.b")
    assert (callee.cluster, caller.cluster) == (3, -1)
    assert (callee.centrality, caller.centrality) == (0.25, 0.0)
    assert list(found.values()) == sorted(found.values(), key=lambda row: row.id)


def test_where_files_were_clustered_a_symbol_is_in_the_cluster_of_its_file() -> None:
    found = {row.symbol: row.cluster for row in symbol_contexts(GRAPH, METRICS, {MODULE.id: 1})}
    assert found == {"pkg.a.caller": 1, "pkg.b.callee": -1}
