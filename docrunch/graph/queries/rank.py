"""What matters most, by any metric of symbols, files or directories."""

import msgspec
import numpy as np

from docrunch.graph.model import NodeKind
from docrunch.graph.queries.faces import Face, face
from docrunch.graph.queries.view import KIND_OF_NODE, METRICS, TEST, Array, GraphView

OF = ("symbol", "file", "package")
_NO_SYMBOL = [
    KIND_OF_NODE[kind] for kind in (NodeKind.REPOSITORY, NodeKind.PACKAGE, NodeKind.MODULE, NodeKind.EXTERNAL)
]


class Ranked(msgspec.Struct, frozen=True):
    symbol: Face
    metrics: dict[str, int | float]


def rank(
    view: GraphView, *, of: str = "symbol", by: str = "pagerank", tests: bool = False, limit: int = 20
) -> tuple[Ranked, ...]:
    """The highest first, ties by id. A file has the PageRank of its symbols as well as its own.

    Args:
        of: one of `OF`.
        by: one of `view.METRICS`.
        tests: count those of tests too.
    """
    if of == "symbol":
        chosen = ~np.isin(view.kind, _NO_SYMBOL)
    else:
        chosen = view.kind == KIND_OF_NODE[NodeKind.MODULE if of == "file" else NodeKind.PACKAGE]
    if not tests:
        chosen &= (view.flags & TEST) == 0
    nodes = np.flatnonzero(chosen)
    values = _file_ranks(view) if of == "file" and by == "pagerank" else view.arrays[by]
    order = np.lexsort((nodes, -values[nodes]))
    shown = nodes[order][: limit or None]
    return tuple(Ranked(face(view, node), _metrics(view, node, by, values)) for node in shown.tolist())


def _file_ranks(view: GraphView) -> Array:
    inside = ~np.isin(view.kind, [KIND_OF_NODE[NodeKind.PACKAGE], KIND_OF_NODE[NodeKind.EXTERNAL]])
    sums = np.bincount(view.path_of[inside], view.arrays["pagerank"][inside], len(view.texts["path"]))
    found: Array = np.round(sums, 9)[view.path_of]
    return found


def _metrics(view: GraphView, node: int, by: str, values: Array) -> dict[str, int | float]:
    found = {name: view.arrays[name][node].item() for name in METRICS}
    return {**found, by: values[node].item()}
