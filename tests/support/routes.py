"""The routes that a small tree offers, by their addresses."""

import textwrap

from docrunch.graph.link import link
from docrunch.source.model import SourceKind, SourceRef
from tests.support.edits import Tree
from tests.support.linking import inputs

SOURCE = SourceRef("host/owner/world", "c" * 40, "main", SourceKind.GIT)


def routes(tree: Tree) -> set[str]:
    made = inputs({path: textwrap.dedent(text) for path, text in tree.items()})
    return {entry.label for entry in link(SOURCE, made.entries, made.facts).entries if entry.kind == "route"}
