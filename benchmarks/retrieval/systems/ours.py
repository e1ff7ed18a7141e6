"""Our search, whole and in parts: the product's own functions on the index of a world."""

from dataclasses import dataclass, field

from benchmarks.retrieval.model import Group
from benchmarks.retrieval.vectors import Rows, VectorCache
from benchmarks.retrieval.worlds import World
from docrunch.search.build import build_shards, search_object
from docrunch.search.fusion import OF_MODE, Weights
from docrunch.search.index import SearchIndex
from docrunch.search.model import MAX_LIMIT, SearchMode
from docrunch.search.query import understand
from docrunch.search.search import SearchOptions, search
from docrunch.search.shards import Part
from docrunch.search.view import SearchView

DEEP = MAX_LIMIT  # what a user can see at all


@dataclass
class Views:
    """One view per world, shared by all parts of our search; vectors of queries are kept."""

    vectors: VectorCache
    _view: tuple[World, SearchView] | None = None
    _asked: dict[str, Rows] = field(default_factory=dict)

    def of(self, world: World) -> SearchView:
        if self._view is None or self._view[0] is not world:
            index = SearchIndex(build_shards(world.tree, world.graph).values())
            rows = self.vectors.of([unit.text for unit in world.units])
            parts = [Part(entry.path, "", "", "") for entry in world.tree.parsed_entries()]
            about = index.of_rows(search_object(world.tree, parts, world.units))
            view = SearchView(index, world.graph, world.tree.text, rows, about)
            self._view = (world, view)
        return self._view[1]

    def vector(self, prose: str) -> Rows:
        if prose not in self._asked:
            self._asked[prose] = self.vectors.of([prose])[0]
        return self._asked[prose]


@dataclass(frozen=True)
class OurSystem:
    name: str
    views: Views
    weights: Weights
    mode: SearchMode = SearchMode.HYBRID

    def open(self, world: World) -> "OurRanker":
        return OurRanker(self, world, self.views.of(world))


@dataclass(frozen=True)
class OurRanker:
    system: OurSystem
    world: World
    view: SearchView

    def rank(self, query: str, group: Group, limit: int) -> list[str]:
        asked = understand(query)
        options = SearchOptions(
            mode=self.system.mode,
            group="file" if group == "file" else "",
            limit=DEEP,
            weights=self.system.weights,
            snippets=False,
        )
        vector = self.system.views.vector(asked.prose) if self.system.weights.semantic and asked.prose else None
        hits = search(self.view, asked, options, vector).hits
        known = self.world.answer_paths if group == "file" else self.world.answers
        return [hit.id for hit in hits if hit.id in known][:limit]


def hybrid_weights() -> Weights:
    return OF_MODE[SearchMode.HYBRID]
