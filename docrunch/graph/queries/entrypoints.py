"""Where something outside starts code of the repository."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from docrunch.graph.model import NodeKind
from docrunch.graph.queries.faces import Face, face
from docrunch.graph.queries.view import EXPORTED, TEST, GraphView

KINDS = ("main", "script", "command", "route", "job", "test", "api")
DEFAULT_KINDS = ("main", "script", "command", "route", "job")
_API = frozenset(
    {
        NodeKind.CLASS,
        NodeKind.INTERFACE,
        NodeKind.TRAIT,
        NodeKind.STRUCT,
        NodeKind.ENUM,
        NodeKind.FUNCTION,
        NodeKind.TYPE,
        NodeKind.CONSTANT,
        NodeKind.MACRO,
    }
)


class EntryFace(msgspec.Struct, frozen=True):
    """``handler`` is what is started; ``place`` is where the text says so, with the line there."""

    kind: str
    label: str
    framework: str
    handler: Face
    place: Face
    line: int


def entrypoints(
    view: GraphView, kinds: Sequence[str] = DEFAULT_KINDS, under: str = "", frameworks: Sequence[str] = ()
) -> tuple[EntryFace, ...]:
    """By kind in the order of `KINDS`, then by path and line. ``api``: what is exported at the top of product files.

    Args:
        under: a file or folder that says so, or that holds the handler.
        frameworks: only what these start; all where empty.
    """
    found = [_entry(view, row) for kind in kinds for row in view.entries(kind).tolist()]
    if "api" in kinds:
        found += [_exported(view, node) for node in exported_api(view)]
    if frameworks:
        found = [each for each in found if each.framework in frameworks]
    if under:
        found = [each for each in found if _is_under(each.place, under) or _is_under(each.handler, under)]
    return _ordered(found)


def _is_under(found: Face, under: str) -> bool:
    path = found.path or ""
    return path == under or path.startswith(f"{under}/")


def entries_of(view: GraphView, handlers: Iterable[int]) -> tuple[EntryFace, ...]:
    """Entry points whose handler is one of these, in the order of `entrypoints`."""
    wanted = np.zeros(view.size, bool)
    wanted[list(handlers)] = True
    rows = np.flatnonzero(wanted[view.arrays["entry_handler"]])
    return _ordered([_entry(view, int(row)) for row in rows])


def _ordered(found: list[EntryFace]) -> tuple[EntryFace, ...]:
    order = {kind: place for place, kind in enumerate(KINDS)}
    return tuple(sorted(found, key=lambda e: (order.get(e.kind, len(KINDS)), e.place.path or "", e.line, e.label)))


def exported_api(view: GraphView) -> list[int]:
    """Exported symbols that are in a file directly and in no test."""
    chosen = np.flatnonzero(((view.flags & EXPORTED) > 0) & ((view.flags & TEST) == 0))
    return [
        node
        for node in chosen.tolist()
        if view.node_kind(node) in _API
        and (above := view.parent(node)) >= 0
        and view.node_kind(above) in (NodeKind.MODULE, NodeKind.NAMESPACE)
    ]


def _entry(view: GraphView, row: int) -> EntryFace:
    return EntryFace(
        view.texts["entry_kind"][int(view.arrays["entry_kind"][row])],
        view.texts["entry_label"][row],
        view.texts["entry_framework"][int(view.arrays["entry_framework"][row])],
        face(view, int(view.arrays["entry_handler"][row])),
        face(view, int(view.arrays["entry_place"][row])),
        int(view.arrays["entry_line"][row]),
    )


def _exported(view: GraphView, node: int) -> EntryFace:
    here = face(view, node)
    return EntryFace("api", view.name(node), "", here, here, view.line(node))
