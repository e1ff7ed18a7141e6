"""`docrunch.storage.ports.MarkdownOutput` for integrators: our renderer, and a tree in a directory of theirs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from docrunch.documentation import paths
from docrunch.documentation.model import DocumentationInput
from docrunch.documentation.render import Renderer
from docrunch.documentation.tree.directory import open_directory
from docrunch.documentation.tree.links import without_links
from docrunch.documentation.tree.writer import TreeWriter
from docrunch.errors import Failed
from docrunch.ids import NodeId


class DirectoryOutput:
    """The documentation of one input, in one directory.

    Args:
        root: where `write_docs` writes; made when it is not there.
        templates: a directory of templates that replace ours.
    """

    def __init__(self, data: DocumentationInput, root: Path, templates: Path | None = None) -> None:
        self._renderer = Renderer(data, templates)
        self._root = root

    def generate_index(self, pages: Sequence[str]) -> str:
        """The start page, with links to these pages only."""
        return without_links(self._renderer.page(paths.INDEX).text, paths.INDEX, set(pages).__contains__)

    def generate_module_doc(self, module: str) -> str:
        """By path or qualified name.

        Raises:
            NotFound: there is no such module.
        """
        return self._renderer.module_page(module).text

    def generate_function_doc(self, symbol: str) -> str:
        """By node id.

        Raises:
            NotFound: it has no page.
        """
        return self._renderer.function_page(NodeId(symbol)).text

    def write_docs(self, pages: Mapping[str, str], removed: Sequence[str] = ()) -> Sequence[str]:
        """Pages that somebody edited are kept, with the newer version beside them.

        Returns:
            The paths that were written, ``*.new`` among them.

        Raises:
            Conflict: the directory holds files that are not ours.
            Failed: the directory, or a path in it, cannot be written.
        """
        try:
            with open_directory(self._root) as files:
                done = TreeWriter(files).update(pages, removed)
        except OSError as error:
            raise Failed(f"cannot write {self._root}: {error.strerror}") from error
        if done.failed:
            path, reason = next(iter(done.failed.items()))
            raise Failed(f"{len(done.failed)} pages were not written; {path}: {reason}")
        return done.written
