"""Symbols that nothing in the repository refers to, and what makes that uncertain.

Left out: handlers of entry points, tests and everything in them, what overrides something, names that a language or
its library calls (``__init__``, ``toString``, …), exported API unless asked for, and what is in something unused,
since that is named already.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from docrunch.graph.model import EdgeKind, NodeKind
from docrunch.graph.queries.faces import Face, face
from docrunch.graph.queries.view import (
    ENTRY,
    EXPORTED,
    KIND_OF_EDGE,
    KIND_OF_NODE,
    TEST,
    USED,
    USED_BY_CODE,
    GraphView,
    Numbers,
)

KINDS = (
    NodeKind.FUNCTION,
    NodeKind.METHOD,
    NodeKind.CLASS,
    NodeKind.INTERFACE,
    NodeKind.TRAIT,
    NodeKind.STRUCT,
    NodeKind.ENUM,
    NodeKind.MACRO,
    NodeKind.TYPE,
)
# Called by the language or its library, by name; dunder names go without saying.
_CALLED_BY_NAME = frozenset(
    [
        "main",
        "init",
        "toString",
        "equals",
        "hashCode",
        "clone",
        "finalize",
        "compareTo",
        "readObject",
        "writeObject",
        "constructor",
        "toJSON",
        "valueOf",
        "String",
        "Error",
        "MarshalJSON",
        "UnmarshalJSON",
        "ServeHTTP",
        "drop",
        "fmt",
        "default",
    ]
)
_SHOWN_PATHS = 3
_OUTSIDE_TYPES = (EdgeKind.INHERITS, EdgeKind.IMPLEMENTS)


class Candidate(msgspec.Struct, frozen=True):
    """``certainty``: ``likely`` where nothing speaks against it, else ``possible``."""

    symbol: Face
    certainty: str
    only_tests: bool  # tests refer to it, and nothing else does
    doubts: tuple[str, ...]
    lines: int


class Unused(msgspec.Struct, frozen=True):
    candidates: tuple[Candidate, ...]  # likely ones first, then by path and line
    total: int


def unused(
    view: GraphView,
    *,
    exported: bool = False,
    kinds: Sequence[NodeKind] = KINDS,
    under: str = "",
    likely: bool = False,
    limit: int = 0,
) -> Unused:
    """Args:
    exported: exported symbols too; others may use those.
    under: only in this file or directory.
        likely: only those without a doubt.
    """
    rows: list[Candidate] = []
    for node in _chosen(view, exported, kinds).tolist():
        path = view.path(node)
        if under and path != under and not path.startswith(f"{under}/"):
            continue
        doubts = _doubts(view, node)
        if doubts is not None and not (likely and doubts):
            last = int(view.arrays["end_line"][node])
            rows.append(
                Candidate(
                    face(view, node),
                    "possible" if doubts else "likely",
                    view.has(node, USED),
                    tuple(doubts),
                    last - int(view.arrays["start_line"][node]) + 1,
                )
            )
    rows.sort(key=lambda row: (row.certainty, row.symbol.path or "", row.symbol.line or 0, row.symbol.id))
    return Unused(tuple(rows[:limit] if limit else rows), len(rows))


def _chosen(view: GraphView, exported: bool, kinds: Sequence[NodeKind]) -> Numbers:
    flags = view.flags
    chosen = np.isin(view.kind, [KIND_OF_NODE[kind] for kind in kinds])
    chosen &= (flags & (TEST | ENTRY | USED_BY_CODE)) == 0
    if not exported:
        chosen &= (flags & EXPORTED) == 0
    overriding = view.source[view.edge_kind == KIND_OF_EDGE[EdgeKind.OVERRIDES]]
    chosen[overriding] = False
    above = np.append(chosen, False)[view.arrays["parent"][:-1]]
    return np.flatnonzero(chosen & ~above)


def _doubts(view: GraphView, node: int) -> list[str] | None:
    """What may use it all the same; None where its name says that something does."""
    name = view.name(node)
    if (name.startswith("__") and name.endswith("__")) or name in _CALLED_BY_NAME:
        return None
    found = []
    if view.has(node, EXPORTED):
        found.append("exported: code outside of the repository may use it")
    marks = [mark for mark in view.modifiers(node) if mark.startswith("@")]
    if marks:
        found.append(f"decorated with {', '.join(marks)}, which may register it")
    paths = view.used_dynamically(name)
    if paths:
        more = f" and {len(paths) - _SHOWN_PATHS:,} more" if len(paths) > _SHOWN_PATHS else ""
        found.append(f"a member of this name is used on something unknown in {', '.join(paths[:_SHOWN_PATHS])}{more}")
    owner = view.parent(node)
    if view.node_kind(node) is NodeKind.METHOD and owner >= 0 and _extends_outside(view, owner):
        found.append("its type extends something outside of the repository, which may call it")
    return found


def _extends_outside(view: GraphView, type_: int) -> bool:
    """Whether a type or one above it has a supertype outside."""
    seen, level = {type_}, [type_]
    while level:
        above = [int(view.target[edge]) for here in level for edge in view.edges_from(here, _OUTSIDE_TYPES)]
        if any(view.node_kind(node) is NodeKind.EXTERNAL for node in above):
            return True
        level = [node for node in dict.fromkeys(above) if node not in seen]
        seen.update(level)
    return False
