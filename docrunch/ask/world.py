"""What answers are made from: the graph, the texts, and what search found for the question."""

import msgspec

from docrunch.ask.lexicon import Lexicon
from docrunch.ask.library import Library
from docrunch.ask.model import Citation, Origin, Role, Statement
from docrunch.graph.queries.view import GraphView
from docrunch.search.model import Hit


class World(msgspec.Struct, frozen=True):
    """``hits``: of search, best first; empty where there is none, and then ``lexicon`` finds symbols by their names.
    ``arguments``: of `docrunch graph`, to ask it about the same graph."""

    view: GraphView
    library: Library
    lexicon: Lexicon
    hits: tuple[Hit, ...] = ()
    arguments: str = ""

    def place(self, node: int) -> tuple[Citation, ...]:
        """The definition of a symbol; the first line of a file; nothing for what is in no file."""
        view = self.view
        path, line = view.path(node), view.line(node)
        if not path or not line or path not in self.library.paths:
            return ()
        start = int(view.arrays["start_line"][node]) or line
        end = max(int(view.arrays["end_line"][node]), line)
        return self.cite(path, start, end)

    def cite(self, path: str | None, start: int | None, end: int = 0) -> tuple[Citation, ...]:
        """One citation, clamped to the lines that exist; none where the file or the line is not there."""
        last = self.library.paths.get(path or "", 0)
        if path is None or not start or start > last:
            return ()
        return (Citation(path, start, min(max(end, start), last)),)

    def state(self, text: str, citations: tuple[Citation, ...], origin: Origin, role: Role = Role.SUPPORT) -> Statement:
        quote = "\n".join(self.library.quote(each, 1_200 // max(len(citations), 1)) for each in citations[:4])
        return Statement(text, citations, origin, role, quote)


def world_of(view: GraphView, library: Library, hits: tuple[Hit, ...] = ()) -> World:
    return World(view, library, Lexicon(view), hits)


def graph_library(view: GraphView) -> Library:
    """A library without texts, for a graph that came as a file: what can be cited is what the graph knows."""
    lines: dict[str, int] = {}
    ends = view.arrays["end_line"]
    for node in range(view.size):
        path = view.path(node)
        if path:
            lines[path] = max(lines.get(path, 1), int(ends[node]))
    return Library(lines, None)
