"""A graph as JSONL, networkx node-link JSON, or GraphML; and its hash."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

import msgspec

from docrunch.canonical import json_line
from docrunch.graph.model import Edge, EntryPoint, Graph, GraphMetrics, Node
from docrunch.graph.rows import (
    SCHEMA,
    GraphRow,
    candidates_row,
    edge_row,
    entry_row,
    graph_row,
    marker_row,
    node_row,
    unresolved_row,
)
from docrunch.graph.shards import home_of

_NODE_KEYS = (
    ("kind", "string"),
    ("name", "string"),
    ("qualified_name", "string"),
    ("path", "string"),
    ("line", "long"),
    ("end_line", "long"),
    ("language", "string"),
    ("signature", "string"),
    ("doc", "string"),
    ("exported", "boolean"),
)
_METRIC_KEYS = (
    ("pagerank", "double"),
    ("in_degree", "long"),
    ("out_degree", "long"),
    ("complexity", "long"),
    ("afferent", "long"),
    ("efferent", "long"),
    ("instability", "double"),
    ("community", "long"),
    ("cognitive", "long"),
)
_EDGE_KEYS = (
    ("kind", "string"),
    ("confidence", "string"),
    ("certainty", "double"),
    ("count", "long"),
    ("lines", "string"),
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def jsonl_lines(graph: Graph, metrics: GraphMetrics | None = None, *, candidates: bool = False) -> Iterator[bytes]:
    """The rows of the JSONL form, each with its LF."""
    yield json_line(graph_row(graph))
    known = metrics.nodes if metrics is not None else {}
    for node in graph.nodes:
        yield json_line(node_row(node, known.get(node.id)))
    for edge in graph.edges:
        yield json_line(edge_row(edge))
    for entry in graph.entries:
        yield json_line(entry_row(entry))
    for marker in graph.markers:
        yield json_line(marker_row(marker))
    for unresolved in graph.unresolved:
        yield json_line(unresolved_row(unresolved))
    if candidates:
        for found in graph.candidates:
            yield json_line(candidates_row(found))


def write_jsonl(graph: Graph, metrics: GraphMetrics | None, out: BinaryIO, *, candidates: bool = False) -> None:
    """Architecture §6: UTF-8, LF, compact; nodes by id, edges by (source, target, kind), the others by place."""
    for line in jsonl_lines(graph, metrics, candidates=candidates):
        out.write(line)


def graph_sha256(graph: Graph) -> str:
    """A hash of the JSONL form without metrics: floats of metrics must not make machines disagree about facts.

    The rows are hashed file by file: the nodes of a file in their order, then the edges that start at them in theirs,
    then the entry points that it declares. Repository, packages and what is outside go together, under the path "".
    `combined_sha256` makes one hash of these.
    In a graph from elsewhere an edge may start at no node: it is counted under the path "", and hashes as what it is.
    """
    rows: dict[str, tuple[list[Node], list[Edge], list[EntryPoint]]] = {}
    homes: dict[str, tuple[list[Node], list[Edge], list[EntryPoint]]] = {}
    for node in graph.nodes:
        homes[node.id] = found = rows.setdefault(home_of(node), ([], [], []))
        found[0].append(node)
    for edge in graph.edges:
        home = homes.get(edge.source) or rows.setdefault("", ([], [], []))
        home[1].append(edge)
    for entry in graph.entries:
        home = homes.get(entry.place) or rows.setdefault("", ([], [], []))
        home[2].append(entry)
    return combined_sha256(graph.repository, graph.commit, {path: rows_sha256(*each) for path, each in rows.items()})


def rows_sha256(nodes: Iterable[Node], edges: Iterable[Edge], entries: Iterable[EntryPoint]) -> str:
    """Hash of one file's rows, in the order given."""
    digest = hashlib.sha256()
    for node in nodes:
        digest.update(json_line(node_row(node, None)))
    for edge in edges:
        digest.update(json_line(edge_row(edge)))
    for entry in entries:
        digest.update(json_line(entry_row(entry)))
    return digest.hexdigest()


def combined_sha256(repository: str, commit: str, files: Mapping[str, str]) -> str:
    """sha256 over the head row and, sorted by path, one line ``[path, sha256 of its rows]`` for each file."""
    digest = hashlib.sha256(json_line(GraphRow(SCHEMA, repository, commit)))
    for path in sorted(files):
        digest.update(json_line([path, files[path]]))
    return digest.hexdigest()


def write_json(graph: Graph, metrics: GraphMetrics | None, out: BinaryIO) -> None:
    """networkx node-link data (``nx.node_link_graph(data, edges="edges")``): a directed multigraph, keys are kinds."""
    known = metrics.nodes if metrics is not None else {}
    head = {"repository": graph.repository, "commit": graph.commit, "schema": graph_row(graph).schema}
    out.write(b'{"directed":true,"multigraph":true,"graph":' + json_line(head).rstrip() + b',"nodes":[')
    for number, node in enumerate(graph.nodes):
        row = _plain(node_row(node, known.get(node.id)))
        out.write((b"," if number else b"") + b"\n" + json_line(row).rstrip())
    out.write(b'\n],"edges":[')
    for number, edge in enumerate(graph.edges):
        row = _plain(edge_row(edge))
        row["key"] = row["kind"]
        out.write((b"," if number else b"") + b"\n" + json_line(row).rstrip())
    out.write(b"\n]}\n")


def _plain(row: msgspec.Struct) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(row)
    made.pop("type")
    return made


def write_graphml(graph: Graph, metrics: GraphMetrics | None, out: BinaryIO) -> None:
    """GraphML 1.0 with typed keys; ``lines`` joined by spaces. Characters that XML cannot hold are left out."""
    write = out.write
    write(b'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    node_keys = _NODE_KEYS + (_METRIC_KEYS if metrics is not None else ())
    for owner, keys in (("node", node_keys), ("edge", _EDGE_KEYS)):
        for key, type_ in keys:
            write(f'<key id="{owner}_{key}" for="{owner}" attr.name="{key}" attr.type="{type_}"/>\n'.encode())
    write(b'<graph edgedefault="directed">\n')
    known = metrics.nodes if metrics is not None else {}
    for node in graph.nodes:
        row = _plain(node_row(node, known.get(node.id)))
        row.update(row.pop("metrics"))
        write(f"<node id={quoteattr(node.id)}>{_data('node', node_keys, row)}</node>\n".encode())
    for edge in graph.edges:
        row = _plain(edge_row(edge))
        row["lines"] = " ".join(map(str, edge.lines))
        ends = f"source={quoteattr(edge.source)} target={quoteattr(edge.target)}"
        key = quoteattr(f"{edge.source} {edge.target} {edge.kind}")
        write(f"<edge id={key} {ends}>{_data('edge', _EDGE_KEYS, row)}</edge>\n".encode())
    write(b"</graph>\n</graphml>\n")


def _data(owner: str, keys: tuple[tuple[str, str], ...], row: dict[str, Any]) -> str:
    return "".join(
        f'<data key="{owner}_{key}">{_text(row[key])}</data>' for key, _ in keys if row.get(key) not in (None, "")
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_NOT_XML.sub("", str(value)))
