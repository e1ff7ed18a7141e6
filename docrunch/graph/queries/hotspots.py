"""Which files change most, and which of those are complicated: where the next mistake is likely (Tornhill 2015).

Churn is no part of a graph: it is given beside it.
"""

from collections.abc import Mapping

import msgspec
import numpy as np

from docrunch.graph.model import NodeKind
from docrunch.graph.queries.faces import Face, face
from docrunch.graph.queries.view import KIND_OF_NODE, TEST, GraphView
from docrunch.source.churn import FileChurn

BY = ("churn", "commits", "authors", "hotspot")


class Hotspot(msgspec.Struct, frozen=True):
    """``churn``: lines added and deleted; ``hotspot``: churn × cyclomatic complexity of all that is in the file."""

    symbol: Face
    churn: int
    commits: int
    added: int
    deleted: int
    authors: int
    last: str  # YYYY-MM-DD
    complexity: int
    hotspot: int


def hotspots(
    view: GraphView, churn: Mapping[str, FileChurn], *, by: str = "churn", tests: bool = False, limit: int = 20
) -> tuple[Hotspot, ...]:
    """Files that were changed, the highest first, ties by path.

    Args:
        churn: by path; paths that the graph does not have are left out.
        by: one of `BY`.
        tests: those of tests too.
    """
    chosen = view.kind == KIND_OF_NODE[NodeKind.MODULE]
    if not tests:
        chosen &= (view.flags & TEST) == 0
    modules = {view.path(node): node for node in np.flatnonzero(chosen).tolist()}
    found = [_hotspot(view, node, churn[path]) for path, node in modules.items() if path in churn]
    found.sort(key=lambda each: (-int(getattr(each, by)), each.symbol.path or ""))
    return tuple(found[: limit or None])


def _hotspot(view: GraphView, node: int, churn: FileChurn) -> Hotspot:
    complexity = int(view.arrays["complexity"][node])
    return Hotspot(
        face(view, node),
        churn.lines,
        churn.commits,
        churn.added,
        churn.deleted,
        churn.authors,
        churn.last.isoformat(),
        complexity,
        churn.lines * complexity,
    )
