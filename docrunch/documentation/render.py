"""From graph, facts and assembly to Markdown pages. Pure: equal input gives equal bytes, whole or in windows."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from docrunch.documentation import paths
from docrunch.documentation.cite import placed
from docrunch.documentation.decisions import decision_paths, read_decisions
from docrunch.documentation.environment import fill
from docrunch.documentation.manifests import read_manifests
from docrunch.documentation.model import DocumentationInput, Page
from docrunch.documentation.reader import Reader
from docrunch.documentation.reuse import KeptTexts
from docrunch.documentation.summaries import describe
from docrunch.documentation.views.architecture import architecture_view
from docrunch.documentation.views.decision import decision_view
from docrunch.documentation.views.function import function_view
from docrunch.documentation.views.index import index_view
from docrunch.documentation.views.module import module_view
from docrunch.documentation.views.module_index import module_index_view
from docrunch.documentation.views.schema import schema_view
from docrunch.documentation.world import World
from docrunch.errors import NotFound
from docrunch.graph.model import Node
from docrunch.ids import NodeId

View = Callable[[Reader, Any, str], object]
"""(reader, id of the subject, page) → what a template lays out."""


class Renderer:
    """All pages of one input; a page is computed when it is asked for, or taken from ``kept`` where it still holds.

    ``of`` names what the kept pages belong to: pages of other repositories do not replace each other. Pages made with
    templates of the operator are not kept: these may be edited at any time.
    """

    def __init__(
        self, data: DocumentationInput, templates: Path | None = None, kept: KeptTexts | None = None, of: str = ""
    ) -> None:
        self._data = data
        self._templates = templates
        self._world = World(data)
        self._kept = kept if templates is None else None
        self._of = of

    @cached_property
    def _makers(self) -> dict[str, Callable[[], str]]:
        """Page path → its text, in path order."""
        world, data = self._world, self._data
        made: dict[str, Callable[[], str]] = {
            paths.INDEX: self._index,
            paths.ARCHITECTURE: lambda: self._fill("architecture", architecture_view(world, self._about)),
            paths.MODULE_INDEX: lambda: self._fill("module_index", module_index_view(world, self._about)),
        }
        if world.tables:
            made[paths.SCHEMA] = lambda: self._fill("schema", schema_view(world))
        for path in decision_paths(data.entries):
            if path in data.texts:
                self._add(made, "decision", decision_view, path, paths.decision_page(path))
        for path, page in world.module_pages.items():
            self._add(made, "module", module_view, world.module_at[path].id, page)
        for node, page in world.function_pages.items():
            self._add(made, "function", function_view, node, page)
        return dict(sorted(made.items()))

    def _add(self, made: dict[str, Callable[[], str]], template: str, view: View, subject: str, page: str) -> None:
        """A page that its reader tells everything about; ``subject`` is in the name of the page."""

        def make(reader: Reader) -> str:
            return self._fill(template, view(reader, subject, page))

        made[page] = lambda: self._text(page, make)

    def _text(self, name: str, make: Callable[[Reader], str]) -> str:
        if self._kept is None:
            return make(Reader(self._world))
        return self._kept.text(self._world, self._of, name, make)

    def _fill(self, template: str, view: object) -> str:
        return fill(template, view, self._templates)

    def _index(self) -> str:
        data = self._data
        manifests = read_manifests(data.entries, data.texts)
        decisions = read_decisions(data.entries, data.texts)
        return self._fill("index", index_view(self._world, self._about, manifests, decisions))

    def _about(self, module: Node) -> str:
        return self._text(f"about {module.path}", lambda reader: describe(reader, reader.node(module.id)))

    def plan(self) -> list[str]:
        """Paths of all pages, sorted."""
        return list(self._makers)

    def documented(self, wanted: frozenset[str]) -> list[NodeId]:
        """Symbols and modules that have one of the pages to themselves, sorted."""
        world = self._world
        modules = ((world.module_at[path].id, page) for path, page in world.module_pages.items())
        return sorted(node for node, page in (*modules, *world.function_pages.items()) if page in wanted)

    def page(self, path: str) -> Page:
        """Raises:
        NotFound: no page of this tree has that path.
        """
        if path not in self._makers:
            raise NotFound(f"the documentation has no page {path}")
        return Page(path, placed(self._makers[path](), self._data.source))

    def module_page(self, module: str) -> Page:
        """The page of a module, by its path or its qualified name.

        Raises:
            NotFound: there is no such module, or several have that name.
        """
        world = self._world
        named = [path for path in world.module_pages if world.module_at[path].qualified_name == module]
        found = module if module in world.module_pages else named[0] if len(named) == 1 else ""
        if not found:
            raise NotFound(f"{len(named) or 'no'} modules with a page are called {module}", hint="Name it by its path.")
        return self.page(world.module_pages[found])

    def function_page(self, symbol: NodeId) -> Page:
        """The page of a function, by its node id.

        Raises:
            NotFound: it has none.
        """
        found = self._world.function_pages.get(symbol)
        if found is None:
            raise NotFound(f"{symbol} is no function with a page", hint="Exported and entry-point functions have one.")
        return self.page(found)


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
