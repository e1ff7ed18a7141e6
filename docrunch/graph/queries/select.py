"""What a person means: a symbol id, a qualified name or its end, ``path:line``, or a path."""

import re
from collections.abc import Iterable

import msgspec

from docrunch.errors import AmbiguousName, NotFound
from docrunch.graph.model import NodeKind
from docrunch.graph.queries.faces import Face, face
from docrunch.graph.queries.view import GraphView

_ID = re.compile(r"n_[a-z2-7]{26}\Z")
_PLACE = re.compile(r"(.+):([1-9][0-9]{0,8})\Z", re.DOTALL)
_SEPARATORS = re.compile(r"::|[./#\\]")
SHOWN = 20  # candidates named in a message
_NEAR = 5


def select(view: GraphView, text: str) -> list[int]:
    """The nodes that are meant: one, or several of one kind and name in one file (overloads, accessors).

    Tried in this order: id, path, ``path:line`` (the innermost symbol around the line), qualified name, and names
    that end in the text. Where both a package and its module have the name, the module is meant.

    Raises:
        AmbiguousName: several; the error has the candidates match.
        NotFound: nothing does.
    """
    if _ID.match(text):
        node = view.number(text)
        if node is None:
            raise NotFound(f"there is no symbol {text}", hint=_elsewhere(view))
        return [node]
    path = text.removeprefix("./").rstrip("/") if text not in ("/", "./") else text
    whole = [node for node in view.in_path(path) if view.node_kind(node) in (NodeKind.MODULE, NodeKind.PACKAGE)]
    if whole:
        return whole[:1]
    place = _PLACE.match(text)
    if place is not None:
        at = select_line(view, place[1].removeprefix("./"), int(place[2]))
        if at is not None:
            return [at]
    return _one(view, text, _by_name(view, text))


def select_line(view: GraphView, path: str, line: int) -> int | None:
    """The innermost symbol around a line of a file, else its module; None without such a file.

    Raises:
        NotFound: the file has fewer lines.
    """
    starts, ends = view.arrays["start_line"], view.arrays["end_line"]
    found: int | None = None
    for node in view.in_path(path):  # outer before inner
        kind = view.node_kind(node)
        if kind is NodeKind.MODULE:
            found = node if found is None else found
            if line > max(int(ends[node]), 1):
                raise NotFound(f"{path} has {int(ends[node])} lines", hint="Was the graph made from another commit?")
        elif kind is not NodeKind.PACKAGE and int(starts[node]) <= line <= int(ends[node]):
            wide = found is None or view.node_kind(found) is NodeKind.MODULE
            found = node if wide or found is None or _span(view, node) <= _span(view, found) else found
    return found


def _span(view: GraphView, node: int) -> int:
    return int(view.arrays["end_line"][node]) - int(view.arrays["start_line"][node])


def _by_name(view: GraphView, text: str) -> list[int]:
    """All of the best rank that has any: the whole qualified name, then its end, then the bare name."""
    found = view.texts["qualified_name"].find(text, view.arrays["qualified_name_order"])
    if found:
        return found
    last = _SEPARATORS.split(text)[-1]
    wanted = _plain(text)
    named = view.texts["name"].find(last, view.arrays["name_order"])
    ends = [node for node in named if f".{_plain(view.qualified_name(node))}".endswith(f".{wanted}")]
    inside = [node for node in ends if view.node_kind(node) is not NodeKind.EXTERNAL]
    return inside or ends


def _plain(name: str) -> str:
    return _SEPARATORS.sub(".", name)


def _one(view: GraphView, text: str, found: list[int]) -> list[int]:
    modules = [node for node in found if view.node_kind(node) is NodeKind.MODULE]
    if len(modules) == 1 and all(view.node_kind(node) in (NodeKind.MODULE, NodeKind.PACKAGE) for node in found):
        return modules
    kinds = {(view.path(node), view.node_kind(node), view.qualified_name(node)) for node in found}
    if len(kinds) == 1:
        return sorted(found, key=lambda node: (view.line(node), node))
    if not found:
        raise NotFound(f"nothing here is called {text!r}", hint=_near(view, text) or _elsewhere(view))
    ordered = sorted(found, key=lambda node: (view.path(node), view.line(node), node))
    candidates = tuple(face(view, node) for node in ordered)
    lines = [f"{each.kind} {each.qualified_name}  {_where(each)}" for each in candidates[:SHOWN]]
    more = [f"… and {len(candidates) - SHOWN:,} more"] if len(candidates) > SHOWN else []
    error = AmbiguousName(
        f"{len(candidates):,} symbols are called {text!r}",
        hint="Name one of them by path:line or id:\n  " + "\n  ".join([*lines, *more]),
    )
    error.candidates = tuple(msgspec.to_builtins(each) for each in candidates)
    raise error


def _where(found: Face) -> str:
    return f"{found.path}:{found.line}" if found.path and found.line else str(found.id)


def _near(view: GraphView, text: str) -> str:
    """Names that differ in their case, or that the text is a part of."""
    last = _SEPARATORS.split(text)[-1].lower()
    if len(last) < 3:
        return ""
    names = dict.fromkeys(
        view.qualified_name(node)
        for node, name in enumerate(view.texts["name"])
        if last in name.lower() and view.node_kind(node) is not NodeKind.EXTERNAL
    )
    near = sorted(names, key=lambda name: (len(name), name))[:_NEAR]
    return f"Similar: {', '.join(near)}." if near else ""


def _elsewhere(view: GraphView) -> str:
    return f"The graph is that of {view.repository} at {view.commit[:12]}; `docrunch graph rank` lists what is in it."


def select_all(view: GraphView, texts: Iterable[str]) -> list[int]:
    """All that the texts mean, each once, in their order."""
    return list(dict.fromkeys(node for text in texts for node in select(view, text)))
