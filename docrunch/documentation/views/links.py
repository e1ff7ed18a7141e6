"""Links from one page to the page of a node, and short references used by several views."""

from collections.abc import Sequence

from docrunch.documentation import paths
from docrunch.documentation.escape import code, prose
from docrunch.documentation.reader import Face, Reader
from docrunch.graph.model import Edge, Node

MAX_LINES_CITED = 3


class Linker:
    """Makes links for one page."""

    def __init__(self, reader: Reader, page: str) -> None:
        self._reader = reader
        self._page = page

    def node(self, node: Face, *, in_table: bool = True, name: str = "") -> str:
        """The node's name as code, linked to the page that describes it unless that is this page."""
        shown = code(name or display_name(node), in_table=in_table)
        target = self._reader.page_of(node)
        if target is None or target == self._page:
            return shown
        return f"[{shown}]({paths.relative(self._page, target)})"

    def page(self, target: str, text: str) -> str:
        """A link with prose as its text."""
        return f"[{prose(text, starts_line=False)}]({paths.relative(self._page, target)})"

    def cite_node(self, node: Node) -> str:
        """Citation of a symbol's whole definition, or of a whole module's first line to last."""
        return self._reader.cite_node(node)

    def edge_lines(self, edges: Sequence[Edge], path: str) -> str:
        """Citations of the first lines on which ``edges`` occur in one file."""
        lines = edges[0].lines if len(edges) == 1 else sorted({line for edge in edges for line in edge.lines})
        cited = [self._reader.cite(path, line) for line in lines[:MAX_LINES_CITED]]
        more = f" and {len(lines) - MAX_LINES_CITED} more" if len(lines) > MAX_LINES_CITED else ""
        return ", ".join(cited) + more


def display_name(node: Face) -> str:
    """The name under which people know a node: qualified, or its path without one."""
    return node.qualified_name or node.path
