"""Scans that questions were asked of lately, ready to answer: graph, texts, names."""

import asyncio
from typing import NamedTuple

from activities.worlds import Recent, Worlds
from db.objects import parse_reference
from db.repositories.scans import ScanRow
from docrunch.ask.lexicon import Lexicon
from docrunch.ask.library import Library
from docrunch.ask.world import graph_library
from docrunch.errors import InvalidArchive, ObjectMissing
from docrunch.graph.model import GraphMetrics
from docrunch.graph.queries.index import build
from docrunch.graph.queries.view import GraphView

KEPT = 3  # scans: ≈ 100 MB for 20,000 symbols


class Known(NamedTuple):
    """``flaws``: what of the scan cannot be read."""

    view: GraphView
    library: Library
    lexicon: Lexicon
    flaws: tuple[str, ...]


class AskWorlds:
    def __init__(self, worlds: Worlds, kept: int = KEPT) -> None:
        self._worlds = worlds
        self._known: Recent[tuple[str, ...], Known] = Recent(kept)

    async def get(self, scan: ScanRow) -> Known:
        """
        Raises:
            ObjectMissing, InvalidArchive: the graph of the scan cannot be read.
        """
        names = tuple(scan.objects.get(name, "") for name in ("graph", "assembly", "tree"))
        return await self._known.get(names, lambda: self._load(*names))

    async def _load(self, graph: str, assembly: str, tree: str) -> Known:
        read = await self._worlds.graph(_sha(graph))
        view = await asyncio.to_thread(build, read, await self._metrics(assembly))
        flaws: tuple[str, ...] = ()
        try:
            found = await self._worlds.tree(_sha(tree))
            library = Library.of_tree(found.reader)
        except (ObjectMissing, InvalidArchive) as error:
            library = await asyncio.to_thread(graph_library, view)
            flaws = (f"the texts of the scan cannot be read ({error.message}): documents are not quoted",)
        return Known(view, library, Lexicon(view), flaws)

    async def _metrics(self, assembly: str) -> GraphMetrics | None:
        """Those that the scan computed; None where they have to be computed again."""
        try:
            return (await self._worlds.assembly(_sha(assembly))).metrics if assembly else None
        except (ObjectMissing, InvalidArchive):
            return None


def _sha(reference: str) -> str:
    """Raises:
    ObjectMissing: the scan names no such object.
    """
    if not reference:
        raise ObjectMissing("the scan has no such object")
    return parse_reference(reference)[1]
