"""What a file, a directory or a symbol contains, as a tree."""

import msgspec

from docrunch.graph.model import NodeKind
from docrunch.graph.queries.faces import Face, face
from docrunch.graph.queries.view import EXPORTED, GraphView
from docrunch.ids import NodeId

MAX_DEPTH = 12


class Item(msgspec.Struct, frozen=True):
    """``parent`` is the id of the item above, null for the first."""

    symbol: Face
    parent: NodeId | None
    depth: int
    end_line: int | None
    signature: str
    exported: bool
    complexity: int
    cognitive: int
    fan_in: int
    fan_out: int


def outline(view: GraphView, node: int, *, depth: int = 0) -> tuple[Item, ...]:
    """The node and what is in it, in source order, depth first. Args: ``depth``: levels below it, 0 for as many as fit.

    A package or the repository gives what is directly in it, unless more is asked for.
    """
    limit = depth or (1 if view.node_kind(node) in (NodeKind.PACKAGE, NodeKind.REPOSITORY) else MAX_DEPTH)
    found: list[Item] = []
    seen: set[int] = set()
    stack: list[tuple[int, int, NodeId | None]] = [(node, 0, None)]
    while stack:
        current, level, parent = stack.pop()
        if current in seen:  # a graph from elsewhere need not be a tree
            continue
        seen.add(current)
        found.append(_item(view, current, level, parent))
        if level < limit:
            here = view.id(current)
            stack += [(child, level + 1, here) for child in reversed(view.children(current))]
    return tuple(found)


def _item(view: GraphView, node: int, depth: int, parent: NodeId | None) -> Item:
    column = view.arrays
    return Item(
        face(view, node),
        parent,
        depth,
        int(column["end_line"][node]) or None,
        view.texts["signature"][node],
        view.has(node, EXPORTED),
        int(column["complexity"][node]),
        int(column["cognitive"][node]),
        int(column["in_degree"][node]),
        int(column["out_degree"][node]),
    )
