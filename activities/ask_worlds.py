"""Scans ready to be asked questions: graph, texts, names."""

import asyncio
from typing import NamedTuple

from activities.ready_scans import ReadyScans
from activities.worlds import Worlds
from db.objects import parse_reference
from db.repositories.scans import ScanRow
from docrunch.ask.lexicon import Lexicon
from docrunch.ask.library import Library
from docrunch.ask.world import graph_library
from docrunch.errors import InvalidArchive, ObjectMissing
from docrunch.graph.model import GraphMetrics
from docrunch.graph.queries.index import build
from docrunch.graph.queries.view import GraphView

NODE_BYTES = 850  # of a lexicon and passages that were asked, by node: measured 24 MB for 28,670


class Known(NamedTuple):
    """``flaws``: what of the scan cannot be read."""

    view: GraphView
    library: Library
    lexicon: Lexicon
    flaws: tuple[str, ...]

    @property
    def nbytes(self) -> int:
        texts = sum(each.blob.nbytes + each.ends.nbytes for each in self.view.texts.values())
        return texts + sum(each.nbytes for each in self.view.arrays.values()) + NODE_BYTES * self.view.size


class AskWorlds:
    """Args: ``worlds``: which keeps trees, and nothing that these are made of."""

    def __init__(self, worlds: Worlds, ready: ReadyScans) -> None:
        self._worlds = worlds
        self._ready = ready

    async def get(self, scan: ScanRow, *, asked: bool = True) -> Known:
        """
        Args:
            asked: False where nobody waits for it.

        Raises:
            ObjectMissing, InvalidArchive: the graph of the scan cannot be read.
        """
        graph, assembly, tree = (scan.objects.get(name, "") for name in ("graph", "assembly", "tree"))
        # The assembly, which comes later than the others, only spares computing what follows from the graph.
        return await self._ready.get(Known, scan, (graph, tree), lambda: self._load(graph, assembly, tree), asked=asked)

    def refs(self) -> list[int]:
        """Refs about which something was asked lately."""
        return self._ready.refs(Known)

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
