"""The place that the settings name for documentation trees."""

from docrunch.config import Settings
from docrunch.documentation.tree.branches import Branches
from docrunch.documentation.tree.place import Trees
from docrunch.documentation.tree.shelf import Shelf


def open_trees(settings: Settings) -> Trees:
    """Raises:
    NotFound: ``storage.markdown.repository`` is no git repository.
    """
    found = settings.storage.markdown
    if found.repository is not None:
        return Branches(found.repository, found.branch)
    return Shelf(settings.markdown_dir)
