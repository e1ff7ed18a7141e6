"""The exported bytes are a contract with other tools."""

import io
import json

import msgspec
import networkx
import pytest

from docrunch.errors import InvalidArchive
from docrunch.graph.export import graph_sha256, write_graphml, write_json, write_jsonl
from docrunch.graph.metrics import compute_metrics
from docrunch.graph.reading import read_jsonl

NODE_KEYS = [
    *("type", "id", "kind", "name", "qualified_name", "path", "line"),
    *("end_line", "language", "signature", "doc", "exported", "metrics", "start_line", "modifiers"),
]
EDGE_KEYS = ["type", "source", "target", "kind", "confidence", "certainty", "count", "lines"]


def exported(write, graph, metrics, **options) -> bytes:
    out = io.BytesIO()
    write(graph, metrics, out, **options)
    return out.getvalue()


def test_rows_have_the_agreed_keys_in_the_agreed_order(shop):
    rows = [json.loads(line) for line in exported(write_jsonl, shop.graph, compute_metrics(shop.graph)).splitlines()]
    assert list(rows[0]) == ["type", "schema", "repository", "commit"]
    assert rows[0]["schema"] == "docrunch.graph/1"
    nodes = [row for row in rows if row["type"] == "node"]
    edges = [row for row in rows if row["type"] == "edge"]
    assert len(nodes) == len(shop.graph.nodes)
    assert len(edges) == len(shop.graph.edges)
    assert all(list(row) == NODE_KEYS for row in nodes)
    assert all(list(row) == EDGE_KEYS for row in edges)
    entries = [row for row in rows if row["type"] == "entry"]
    assert [list(row) for row in entries] == [["type", "place", "line", "kind", "label", "framework", "handler"]]
    unresolved = [row for row in rows if row["type"] == "unresolved"]
    assert unresolved
    assert all(list(row) == ["type", "path", "language", "reasons", "names"] for row in unresolved)
    outside = [row for row in nodes if row["kind"] == "external"]
    assert outside
    assert all(row["path"] is None and row["line"] is None for row in outside)


def test_lines_are_compact_utf8_with_lf(world):
    data = exported(write_jsonl, world({"ä.py": 'def ü():\n    """Größe"""\n'}).graph, None)
    assert data.endswith(b"\n")
    assert b"\r" not in data
    assert b'": ' not in data.replace(b'": "', b"")
    assert "Größe".encode() in data


def test_candidates_only_on_request(world):
    found = world(
        {
            "a.py": "class A:\n    def ignite_rocket(self): ...\nclass B:\n    def ignite_rocket(self): ...\n"
            "def f(x): x.ignite_rocket()\n"
        }
    )
    assert b'"type":"candidates"' not in exported(write_jsonl, found.graph, None)
    row = json.loads(exported(write_jsonl, found.graph, None, candidates=True).splitlines()[-1])
    assert list(row) == ["type", "source", "kind", "line", "targets"]
    assert [share for _, share in row["targets"]] == [0.5, 0.5]


def test_the_hash_knows_no_metrics_and_every_fact(shop):
    assert graph_sha256(shop.graph) == graph_sha256(msgspec.structs.replace(shop.graph, candidates=(), unresolved=()))
    assert graph_sha256(shop.graph) != graph_sha256(msgspec.structs.replace(shop.graph, commit="d" * 40))
    assert graph_sha256(shop.graph) != graph_sha256(msgspec.structs.replace(shop.graph, edges=shop.graph.edges[1:]))


def test_reading_gives_back_what_was_written(shop):
    metrics = compute_metrics(shop.graph)
    data = exported(write_jsonl, shop.graph, metrics, candidates=True)
    graph, read = read_jsonl(io.BytesIO(data))
    assert read.nodes == metrics.nodes
    assert graph.edges == shop.graph.edges
    assert exported(write_jsonl, graph, read, candidates=True) == data


def test_node_link_json_loads_into_networkx(shop):
    data = json.loads(exported(write_json, shop.graph, compute_metrics(shop.graph)))
    loaded = networkx.node_link_graph(data, edges="edges")
    assert loaded.number_of_nodes() == len(shop.graph.nodes)
    assert loaded.number_of_edges() == len(shop.graph.edges)


def test_graphml_loads_into_networkx(shop, world):
    data = exported(write_graphml, shop.graph, compute_metrics(shop.graph))
    loaded = networkx.read_graphml(io.BytesIO(data))
    assert loaded.number_of_nodes() == len(shop.graph.nodes)
    assert loaded.number_of_edges() == len(shop.graph.edges)
    odd = exported(write_graphml, world({"a.py": 'def f():\n    "]]> <b> \x01 & \'"\n'}).graph, None)
    assert networkx.read_graphml(io.BytesIO(odd)).number_of_nodes() == 3


HEAD = b'{"type":"graph","schema":"docrunch.graph/1","repository":"r","commit":"c"}\n'


def node(id_: str, path: str = '"a.py"') -> bytes:
    return (
        f'{{"type":"node","id":"{id_}","kind":"module","name":"a","qualified_name":"a","path":{path},"line":1,'
        '"end_line":1,"language":null,"signature":"","doc":"","exported":false,"metrics":{}}\n'
    ).encode()


A, B = "n_" + "a" * 26, "n_" + "b" * 26


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}\n",
        b"\xff\xfe\n",
        HEAD.replace(b"graph/1", b"graph/2"),
        HEAD + HEAD,
        HEAD + b"[" * 100_000,
        HEAD + node("n_short"),
        HEAD + node(A) + node(A),
        HEAD + node(B) + node(A),
        HEAD + node(A, '"../etc/passwd"'),
        HEAD + node(A, '"/etc/passwd"'),
        HEAD + node(A).replace(b'"line":1', b'"line":-1'),
        HEAD
        + node(A)
        + f'{{"type":"edge","source":"{A}","target":"{B}","kind":"calls","confidence":"exact",'
        '"certainty":1,"count":1,"lines":[]}\n'.encode(),
    ],
)
def test_hostile_graphs_are_refused(data):
    with pytest.raises(InvalidArchive):
        read_jsonl(io.BytesIO(data))
