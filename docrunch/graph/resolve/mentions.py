"""Names that a document mentions in code: the one exported symbol that is meant, of whatever language.

A name alone must look like one and say something; a word of prose that happens to be a symbol links nothing.
"""

import re

from docrunch.graph.resolve.index import Index
from docrunch.graph.resolve.reads import MENTION
from docrunch.graph.resolve.unique_method import is_telling
from docrunch.graph.resolve.values import MENTIONED, MENTIONED_ALONE
from docrunch.ids import NodeId, node_id

_SHAPED = re.compile(r"[a-z0-9][A-Z]|[A-Z][a-z]|._.")  # camelCase, PascalCase, snake_case: no word of prose
_SEPARATORS = re.compile(r"::|/|#")


def last_name(exported: str) -> str:
    """``method Till.add`` → ``add``; addresses of HCL count as a whole."""
    return exported.rpartition(" ")[2].rpartition(".")[2]


class Mentions:
    """Exported symbols by the last part of their names; made when a document is linked first."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._files: dict[str, list[tuple[int, str]]] | None = None

    def find(self, parts: tuple[str, ...], called: bool) -> tuple[NodeId, int] | None:
        """The node and the grade, where exactly one symbol may be meant."""
        name = parts[-1]
        if len(parts) == 1 and not (is_telling(name) and (called or _SHAPED.search(name))):
            return None
        self._index.reads.note(MENTION, name)
        found = [place for place in self._named(name) if self._fits(place, parts)]
        if len(found) != 1:
            return None
        file, exported = found[0]
        kind, _, local_name = exported.partition(" ")
        path = self._index.paths[file]
        node = node_id(path, self._index.names.symbol(path, local_name), kind, 0)
        return node, MENTIONED if len(parts) > 1 else MENTIONED_ALONE

    def _named(self, name: str) -> list[tuple[int, str]]:
        if self._files is None:
            self._files = {}
            for file, outline in enumerate(self._index.outlines):
                for exported in outline.exported:
                    self._files.setdefault(last_name(exported), []).append((file, exported))
        return self._files.get(name, [])

    def _fits(self, place: tuple[int, str], parts: tuple[str, ...]) -> bool:
        """Whether the qualified name of a symbol ends with the parts."""
        if len(parts) == 1:
            return True
        file, exported = place
        local_name = exported.partition(" ")[2]
        qualified = _SEPARATORS.sub(".", self._index.names.symbol(self._index.paths[file], local_name))
        return f".{qualified}".endswith("." + ".".join(parts))
