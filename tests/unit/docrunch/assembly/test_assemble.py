import itertools
import random
import time

import msgspec
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from docrunch.assembly.assemble import assemble
from docrunch.canonical import canonical_json
from docrunch.embedding.model import TextUnit, Vectors
from docrunch.graph.model import EdgeKind, Graph, NodeKind
from tests.unit.docrunch.assembly.worlds import directions, edge, graph_of, node, unit

WORDS = ("parse", "send", "render", "store", "merge", "route", "index", "watch")


def world(files: int, per_file: int, groups: int) -> tuple[Graph, list[TextUnit], Vectors]:
    """Files of functions, each calling the next; the texts of function s of every file point in similar directions."""
    nodes, edges, units = [], [], []
    for number in range(files):
        path = f"pkg/file_{number}.py"
        module = node(path, f"file_{number}", NodeKind.MODULE)
        names = [f"{WORDS[s % len(WORDS)]}_{s}" for s in range(per_file)]
        symbols = [node(path, name, symbol=s) for s, name in enumerate(names)]
        nodes += [module, *symbols]
        edges += [edge(module, symbol, EdgeKind.CONTAINS) for symbol in symbols]
        edges += [edge(a, b, EdgeKind.CALLS) for a, b in itertools.pairwise(symbols)]
        units += [unit(path, s) for s in range(-1, per_file)]
    vectors = directions(len(units), groups=groups, spread=0.4)
    order = sorted(range(len(units)), key=lambda row: units[row].id)
    return graph_of(nodes, edges), [units[row] for row in order], vectors[order]


def test_equal_input_gives_equal_bytes_for_any_number_of_threads_and_order_of_nodes() -> None:
    graph, units, vectors = world(files=30, per_file=7, groups=8)
    with threadpool_limits(1):
        one = canonical_json(assemble(graph, {}, units, vectors))
    nodes = list(graph.nodes)
    random.Random(1).shuffle(nodes)
    shuffled = msgspec.structs.replace(graph, nodes=tuple(sorted(nodes, key=lambda n: n.id)))
    with threadpool_limits(2):
        assert canonical_json(assemble(shuffled, {}, units, vectors)) == one
    noisy = vectors + np.float32(1e-9)
    assert canonical_json(assemble(graph, {}, units, noisy)) == one


def test_clusters_have_distinct_labels_with_evidence_and_every_item_once() -> None:
    graph, units, vectors = world(files=30, per_file=7, groups=8)
    clustering = assemble(graph, {}, units, vectors).clustering
    assert len({cluster.label for cluster in clustering.clusters}) == len(clustering.clusters) >= 2
    assert [cluster.id for cluster in clustering.clusters] == list(range(len(clustering.clusters)))
    assert all(cluster.terms for cluster in clustering.clusters)
    members = [member for cluster in clustering.clusters for member in cluster.members] + list(clustering.noise)
    assert len(members) == len(set(members)) == 210


def test_without_embeddings_the_graph_still_speaks() -> None:
    graph, _, _ = world(files=3, per_file=3, groups=1)
    found = assemble(graph, {}, [], None)
    assert (found.clustering.method, found.clustering.reason) == ("none", "no embeddings")
    assert found.related == {}
    assert len(found.contexts) == 9
    assert all(row.cluster == -1 for row in found.contexts)


def test_no_text_at_all_is_no_error() -> None:
    graph, _, vectors = world(files=3, per_file=3, groups=1)
    assert assemble(graph, {}, [], vectors[:0]).clustering.method == "none"


def test_units_and_rows_must_match() -> None:
    graph, units, vectors = world(files=3, per_file=3, groups=1)
    with pytest.raises(ValueError, match="11 vectors"):
        assemble(graph, {}, units, vectors[:11])


def test_two_thousand_symbols_do_not_keep_a_user_waiting() -> None:
    graph, units, vectors = world(files=200, per_file=10, groups=40)
    with threadpool_limits(1):
        started = time.process_time()
        assemble(graph, {}, units, vectors)
    assert time.process_time() - started < 4.5  # three times the 1.5 s it may take on an idle core
