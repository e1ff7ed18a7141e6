"""Vectors of nodes: the mean direction of their texts, in exact integers."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from docrunch.embedding.model import TextUnit, Vectors
from docrunch.embedding.quantise import Integers, mean_direction, to_integers
from docrunch.graph.model import Node, NodeKind
from docrunch.ids import NodeId


class NodeVectors(msgspec.Struct, frozen=True):
    """``rows`` is (n, d) int32 in the order of ``ids``, which are sorted."""

    ids: tuple[NodeId, ...]
    rows: Integers

    def only(self, kept: Iterable[NodeId]) -> "NodeVectors":
        wanted = set(kept)
        places = [place for place, id_ in enumerate(self.ids) if id_ in wanted]
        return NodeVectors(tuple(self.ids[place] for place in places), self.rows[places])


def symbol_and_file_vectors(
    nodes: Sequence[Node], units: Sequence[TextUnit], vectors: Vectors
) -> tuple[NodeVectors, NodeVectors]:
    """Vectors of symbol nodes (card and body windows) and of module nodes (every text of the file).

    Args:
        units: row by row the texts of ``vectors``; a unit without a node (its file or symbol is not in the graph)
            is left out.
    """
    integers = to_integers(vectors)
    of_symbol: dict[tuple[str, int], list[int]] = {}
    of_file: dict[str, list[int]] = {}
    for row, unit in enumerate(units):
        of_file.setdefault(unit.path, []).append(row)
        if unit.symbol >= 0:
            of_symbol.setdefault((unit.path, unit.symbol), []).append(row)
    symbols: dict[NodeId, list[int]] = {}
    files: dict[NodeId, list[int]] = {}
    for node in nodes:
        if node.symbol >= 0 and (node.path, node.symbol) in of_symbol:
            symbols[node.id] = of_symbol[node.path, node.symbol]
        elif node.kind is NodeKind.MODULE and node.path in of_file:
            files[node.id] = of_file[node.path]
    return _means(symbols, integers), _means(files, integers)


def _means(rows_of: Mapping[NodeId, list[int]], integers: Integers) -> NodeVectors:
    ids = tuple(sorted(rows_of))
    rows = np.zeros((len(ids), integers.shape[1]), np.int32)
    for place, id_ in enumerate(ids):
        members = rows_of[id_]
        rows[place] = integers[members[0]] if len(members) == 1 else mean_direction(integers[members])
    return NodeVectors(ids, rows)
