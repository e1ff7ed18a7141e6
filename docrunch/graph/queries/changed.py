"""The symbols that a diff touches."""

from collections.abc import Sequence

import msgspec

from docrunch.graph.model import NodeKind
from docrunch.graph.queries.diff import FileDiff, Lines, names
from docrunch.graph.queries.view import GraphView

SIDES = ("old", "new")


class Touched(msgspec.Struct, frozen=True):
    """``nodes``: the innermost symbols around changed lines, and modules where the change is in none.

    ``whole``: modules that came, went, moved or have no lines. ``unknown``: files that are not in the graph.
    """

    nodes: tuple[int, ...]
    whole: tuple[int, ...]
    unknown: tuple[str, ...]


def touched(view: GraphView, files: Sequence[FileDiff], side: str = "old") -> Touched:
    """Args:
    side: which side of the diff the graph was made from; a file that it lacks is looked up by the name on the other.
    """
    nodes: dict[int, None] = {}
    whole: dict[int, None] = {}
    unknown: list[str] = []
    for file in files:
        first, second = (file.old, file.new) if side == "old" else (file.new, file.old)
        module = _module(view, first)
        lines = file.removed if side == "old" else file.added
        if module is None:
            module, lines = _module(view, second), file.added if side == "old" else file.removed
        if module is None:
            unknown.append((names(first) if first else names(second))[0])
        elif (file.whole and not lines) or not file.old or not file.new:
            whole[module] = None
        else:
            nodes.update(dict.fromkeys(_symbols(view, module, lines)))
            if file.whole:
                nodes[module] = None
    return Touched(tuple(nodes), tuple(whole), tuple(dict.fromkeys(unknown)))


def _module(view: GraphView, written: str) -> int | None:
    for path in names(written) if written else ():
        found = [node for node in view.in_path(path) if view.node_kind(node) is NodeKind.MODULE]
        if found:
            return found[0]
    return None


def _symbols(view: GraphView, module: int, lines: Sequence[Lines]) -> list[int]:
    """Every symbol with a changed line that is in none of the symbols inside it; the module for the other lines."""
    starts, ends = view.arrays["start_line"], view.arrays["end_line"]
    symbols = [
        (int(starts[node]), int(ends[node]), node)
        for node in view.in_path(view.path(module))
        if view.node_kind(node) not in (NodeKind.MODULE, NodeKind.PACKAGE)
    ]
    found: dict[int, None] = {}
    open_: list[tuple[int, int, int]] = []  # symbols around the place, outer first
    place = 0
    for changed in sorted(lines, key=lambda each: (each.first, each.last)):
        at = changed.first
        while at <= changed.last:
            while place < len(symbols) and symbols[place][0] <= at:
                open_.append(symbols[place])
                place += 1
            open_ = [each for each in open_ if each[1] >= at]
            around = [each for each in open_ if not changed.between or each[1] >= changed.last]
            if changed.between:
                around = [each for each in around if each[0] <= changed.first]
            found[around[-1][2] if around else module] = None
            if changed.between:
                break
            following = symbols[place][0] if place < len(symbols) else changed.last + 1
            ending = min((each[1] + 1 for each in open_), default=changed.last + 1)
            at = max(at + 1, min(following, ending))
    return list(found)
