"""Search: what is asked, what is answered, and the port of the `query` role."""

from abc import ABC, abstractmethod

from temporalio import activity

from .model import Contract

SEARCH_WORKFLOW = "SearchWorkflow"  # by which facades start it without importing any workflow


class SearchRequest(Contract):
    """Checked by the facade before a workflow starts (`docrunch.search.query`, `docrunch.search.search`)."""

    query: str
    repositories: tuple[str, ...]  # as people name them
    ref: str | None = None
    mode: str = "hybrid"
    kinds: tuple[str, ...] = ()
    path: str = ""
    group: str = ""
    limit: int = 10
    tenant: str = "local"


class FoundSnippet(Contract):
    """``marks``: (line, first column, column after the last), columns from 0."""

    line: int
    end_line: int
    text: str
    marks: tuple[tuple[int, int, int], ...] = ()


class FoundHit(Contract):
    rank: int
    id: str
    kind: str
    path: str
    line: int
    end_line: int
    name: str
    score: float
    signals: dict[str, float]  # name → share of the score
    snippet: FoundSnippet | None = None
    node_kind: str = ""
    commit: str = ""
    repository: str = ""
    weak: bool = False  # nothing that the query says is there, and its meaning is far


class SearchedScan(Contract):
    """What an answer speaks of."""

    repository: str
    ref: str
    commit: str


class SearchAnswer(Contract):
    hits: tuple[FoundHit, ...] = ()
    degraded: tuple[str, ...] = ()  # a sentence for every signal that could not be used
    searched: tuple[SearchedScan, ...] = ()
    did_you_mean: str = ""  # the query, with what words that are nowhere may have meant
    notes: tuple[str, ...] = ()  # sentences about the hits as a whole, or why there are none
    seconds: float = 0.0  # within the activity


class QueryActivities(ABC):
    """Queue `query`, as local activities of its workflows."""

    @activity.defn(name="search")
    @abstractmethod
    async def search(self, request: SearchRequest) -> SearchAnswer:
        """Raises:
        NotFound, AmbiguousName: a repository or ref is not known.
        RefNotIndexed: the ref was scanned, but search does not know it.
        Gone: its scans have expired.
        """
