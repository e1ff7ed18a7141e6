"""Small graphs and vectors with a known structure."""

import numpy as np

from docrunch.assembly.node_vectors import NodeVectors
from docrunch.embedding.model import TextKind, TextUnit, Vectors
from docrunch.embedding.quantise import to_integers
from docrunch.graph.model import Confidence, Edge, EdgeKind, Graph, Node, NodeKind
from docrunch.ids import NodeId, chunk_id, node_id, text_sha

DIMENSIONS = 64


def node(path: str, name: str, kind: NodeKind = NodeKind.FUNCTION, *, symbol: int = -1, doc: str = "") -> Node:
    qualified = path.removesuffix(".py").replace("/", ".") + (f".{name}" if symbol >= 0 else "")
    return Node(
        id=node_id(path, qualified, kind, 0),
        kind=kind,
        name=name,
        qualified_name=qualified,
        path=path,
        line=1,
        end_line=2,
        language="python",
        doc=doc,
        symbol=symbol,
    )


def edge(source: Node, target: Node, kind: EdgeKind) -> Edge:
    return Edge(source.id, target.id, kind, Confidence.EXACT, 1.0, 1, (1,))


def graph_of(nodes: list[Node], edges: list[Edge] | None = None) -> Graph:
    return Graph(
        "example/repository",
        "tree:0",
        tuple(sorted(nodes, key=lambda n: n.id)),
        tuple(sorted(edges or [], key=lambda e: (e.source, e.target, e.kind))),
    )


def unit(path: str, symbol: int, part: int = 0) -> TextUnit:
    text = f"{path} {symbol} {part}"
    return TextUnit(
        id=chunk_id(path, str(symbol), "card", 0, part),
        path=path,
        symbol=symbol,
        kind=TextKind.CARD,
        start_line=1,
        end_line=2,
        start_byte=0,
        end_byte=1,
        text=text,
        text_sha=text_sha(text),
    )


def directions(count: int, *, groups: int, spread: float, seed: int = 7) -> Vectors:
    """(count, 64) unit rows around ``groups`` random directions; row r belongs to group r mod groups."""
    draw = np.random.default_rng(seed)
    centres = draw.normal(size=(groups, DIMENSIONS))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    rows = centres[np.arange(count) % groups] + spread * draw.normal(size=(count, DIMENSIONS)) / DIMENSIONS**0.5
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def node_vectors(rows: Vectors) -> NodeVectors:
    return NodeVectors(tuple(NodeId(f"n_{place:06d}") for place in range(len(rows))), to_integers(rows))
