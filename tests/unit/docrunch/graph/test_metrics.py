"""Numbers that order pages: they must be right and the same everywhere."""

import networkx
import pytest

from docrunch.graph.metrics import DAMPING, RANK_WEIGHTS, communities, compute_metrics, pagerank
from docrunch.graph.model import EdgeKind, NodeKind


def test_pagerank_equals_networkx(shop):
    oracle = networkx.DiGraph()
    outside = (NodeKind.EXTERNAL, NodeKind.REPOSITORY)
    oracle.add_nodes_from(node.id for node in shop.graph.nodes if node.kind not in outside)
    for edge in shop.graph.edges:
        weight = RANK_WEIGHTS.get(edge.kind, 0.0) * edge.certainty
        if weight and edge.source != edge.target and edge.source in oracle and edge.target in oracle:
            before = oracle.get_edge_data(edge.source, edge.target, {"weight": 0.0})["weight"]
            oracle.add_edge(edge.source, edge.target, weight=before + weight)
    expected = networkx.pagerank(oracle, alpha=DAMPING, tol=1e-12, max_iter=1000)
    found = pagerank(shop.graph)
    assert found.keys() == expected.keys()
    assert all(abs(found[node] - expected[node]) < 1e-6 for node in expected)
    assert sum(found.values()) == pytest.approx(1)


def test_what_is_called_ranks_above_what_calls(shop):
    metrics = compute_metrics(shop.graph).nodes
    assert metrics[shop.node("shop.prices.rounded").id].pagerank > metrics[shop.node("test_cart.test_add").id].pagerank


def test_metrics_are_reproducible_and_rounded(shop):
    first, second = compute_metrics(shop.graph), compute_metrics(shop.graph)
    assert first == second
    assert all(float(f"{m.pagerank:.6g}") == m.pagerank for m in first.nodes.values())


def test_coupling_counts_modules_across_the_boundary(world):
    found = world(
        {
            "p/__init__.py": "",
            "p/a.py": "from p import b\ndef f(): b.g()\n",
            "p/b.py": "def g(): ...\n",
            "q/__init__.py": "",
            "q/c.py": "from p.b import g\ng()\n",
        }
    )
    metrics = compute_metrics(found.graph).nodes
    inner = metrics[found.node("p.b", "module").id]
    package = metrics[found.node("p", "package").id]
    user = metrics[found.node("q.c", "module").id]
    assert (inner.afferent, inner.efferent, inner.instability) == (2, 0, 0.0)
    assert (package.afferent, package.efferent) == (1, 0), "calls inside a package are not coupling"
    assert user.instability == 1.0


def test_import_cycles(world):
    found = world({"a.py": "import b\n", "b.py": "import c\n", "c.py": "import a\n", "d.py": "import a\n"})
    names = {node.id: node.path for node in found.graph.nodes}
    assert [{names[n] for n in cycle} for cycle in compute_metrics(found.graph).cycles] == [{"a.py", "b.py", "c.py"}]


def test_communities_are_numbered_by_size(world):
    found = world(
        {
            "a.py": "def a1(): a2()\ndef a2(): a3()\ndef a3(): a1(); a4()\ndef a4(): a1(); a2()\n",
            "b.py": "def b1(): b2()\ndef b2(): b1()\n",
        }
    )
    groups = communities(found.graph)
    names = {node.id: node.name for node in found.graph.nodes}
    assert {names[n] for n, number in groups.items() if number == 0} == {"a1", "a2", "a3", "a4"}
    assert {names[n] for n, number in groups.items() if number == 1} == {"b1", "b2"}


def test_degrees_leave_containment_out(shop):
    metrics = compute_metrics(shop.graph).nodes[shop.node("shop.prices.rounded").id]
    edges = [e for e in shop.graph.edges if e.kind is not EdgeKind.CONTAINS]
    rounded = shop.node("shop.prices.rounded").id
    assert metrics.in_degree == sum(e.target == rounded for e in edges)
    assert metrics.out_degree == sum(e.source == rounded for e in edges)


def test_an_empty_graph_has_metrics(world):
    assert len(compute_metrics(world({}).graph).nodes) == 1
