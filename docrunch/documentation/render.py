"""From graph, facts and assembly to Markdown pages. Pure: equal input gives equal bytes, whole or in windows."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from docrunch.documentation import paths
from docrunch.documentation.decisions import read_decisions
from docrunch.documentation.environment import fill
from docrunch.documentation.examples import Examples
from docrunch.documentation.manifests import read_manifests
from docrunch.documentation.model import DocumentationInput, Page
from docrunch.documentation.readme import find_readme
from docrunch.documentation.views.architecture import architecture_view
from docrunch.documentation.views.decision import decision_view
from docrunch.documentation.views.function import function_view
from docrunch.documentation.views.index import index_view
from docrunch.documentation.views.module import module_view
from docrunch.documentation.views.module_index import module_index_view
from docrunch.documentation.world import World
from docrunch.errors import NotFound
from docrunch.ids import NodeId


class Renderer:
    """All pages of one input; a page is computed when it is asked for."""

    def __init__(self, data: DocumentationInput, templates: Path | None = None) -> None:
        self._data = data
        self._templates = templates
        self._world = World(data)
        self._readme = find_readme(data.entries, data.texts)

    @cached_property
    def _examples(self) -> Examples:
        return Examples(self._world, self._readme)

    @cached_property
    def _makers(self) -> dict[str, tuple[str, Callable[[], object]]]:
        """Page path → (template, view), in path order."""
        world, data = self._world, self._data
        decisions = read_decisions(data.entries, data.texts)
        made: dict[str, tuple[str, Callable[[], object]]] = {
            paths.INDEX: (
                "index",
                lambda: index_view(world, self._readme, read_manifests(data.entries, data.texts), decisions),
            ),
            paths.ARCHITECTURE: ("architecture", lambda: architecture_view(world)),
            paths.MODULE_INDEX: ("module_index", lambda: module_index_view(world)),
        }
        for decision in decisions:
            made[paths.decision_page(decision.path)] = ("decision", lambda d=decision: decision_view(world, d))  # type: ignore[misc]
        for node_id, page in world.module_pages.items():
            node = world.nodes[node_id]
            made[page] = ("module", lambda n=node: module_view(world, self._examples, n))  # type: ignore[misc]
        for node_id, page in world.function_pages.items():
            node = world.nodes[node_id]
            made[page] = ("function", lambda n=node: function_view(world, self._examples, n))  # type: ignore[misc]
        return dict(sorted(made.items()))

    def plan(self) -> list[str]:
        """Paths of all pages, sorted."""
        return list(self._makers)

    def documented(self, wanted: frozenset[str]) -> list[NodeId]:
        """Symbols and modules that have one of the pages to themselves, sorted."""
        pages = [*self._world.module_pages.items(), *self._world.function_pages.items()]
        return sorted(node for node, page in pages if page in wanted)

    def page(self, path: str) -> Page:
        """Raises:
        NotFound: no page of this tree has that path.
        """
        if path not in self._makers:
            raise NotFound(f"the documentation has no page {path}")
        template, view = self._makers[path]
        return Page(path, fill(template, view(), self._templates))


def plan_pages(data: DocumentationInput) -> list[str]:
    """Paths of the pages that `render` makes, sorted."""
    return Renderer(data).plan()


def render_pages(data: DocumentationInput, wanted: Sequence[str], *, templates: Path | None = None) -> list[Page]:
    """Some pages, with the bytes they have in the whole tree, in the order asked for.

    Raises:
        NotFound: a path is not in `plan_pages`.
        InvalidConfig: ``templates`` holds a template that cannot be used.
    """
    renderer = Renderer(data, templates)
    return [renderer.page(path) for path in wanted]


def render(data: DocumentationInput, *, templates: Path | None = None) -> list[Page]:
    """The documentation tree of one commit, by path.

    Raises:
        InvalidConfig: ``templates`` holds a template that cannot be used.
    """
    renderer = Renderer(data, templates)
    return [renderer.page(path) for path in renderer.plan()]
