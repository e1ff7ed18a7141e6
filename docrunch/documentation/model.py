"""What a documentation renderer is given and what it gives back."""

from collections.abc import Mapping

import msgspec

from docrunch.assembly.model import Assembly
from docrunch.graph.model import Graph
from docrunch.parsing.model import FileFacts
from docrunch.source.model import FileEntry, Issue, SourceRef


class DocumentationInput(msgspec.Struct, frozen=True):
    source: SourceRef
    entries: tuple[FileEntry, ...]
    facts: Mapping[str, FileFacts]  # by path, parsed files only
    texts: Mapping[str, bytes]  # stored text of every unskipped file, by path; loaded when asked for
    graph: Graph
    assembly: Assembly
    issues: tuple[Issue, ...] = ()
    title: str | None = None


class Page(msgspec.Struct, frozen=True):
    """One Markdown page. ``path`` is relative to the documentation root, ``text`` ends in LF."""

    path: str
    text: str
