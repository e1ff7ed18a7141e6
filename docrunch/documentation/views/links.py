"""Links from one page to the page of a node, and short references used by several views."""

from collections.abc import Sequence

from docrunch.documentation import paths
from docrunch.documentation.escape import code, prose
from docrunch.documentation.world import World
from docrunch.graph.model import Edge, Node, NodeKind

MAX_LINES_CITED = 3


class Linker:
    """Makes links for one page."""

    def __init__(self, world: World, page: str) -> None:
        self._world = world
        self._page = page

    def node(self, node: Node, *, in_table: bool = True, name: str = "") -> str:
        """The node's name as code, linked to the page that describes it unless that is this page."""
        shown = code(name or display_name(node), in_table=in_table)
        target = self._world.page_of(node)
        if target is None or target == self._page:
            return shown
        return f"[{shown}]({paths.relative(self._page, target)})"

    def page(self, target: str, text: str) -> str:
        """A link with prose as its text."""
        return f"[{prose(text, starts_line=False)}]({paths.relative(self._page, target)})"

    def edge_lines(self, edges: Sequence[Edge], path: str) -> str:
        """Citations of the first lines on which ``edges`` occur in one file."""
        lines = sorted({line for edge in edges for line in edge.lines})
        cited = [self._world.cite(path, line) for line in lines[:MAX_LINES_CITED]]
        more = f" and {len(lines) - MAX_LINES_CITED} more" if len(lines) > MAX_LINES_CITED else ""
        return ", ".join(cited) + more


def display_name(node: Node) -> str:
    """The name under which people know a node: qualified, or the path of a module without one."""
    if node.kind is NodeKind.MODULE:
        return node.qualified_name or node.path
    return node.qualified_name or node.name
