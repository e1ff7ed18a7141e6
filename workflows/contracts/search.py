"""Search: what makes a scan searchable. The object fields are sha256 keys, as in `workflows.contracts.scan`."""

from abc import ABC, abstractmethod

from pydantic import Field
from temporalio import activity

from docrunch.options import ScanOptions

from .model import Contract, Options
from .scan import EncoderInfo

# ── the index of a scan ─────────────────────────────────────────────────────────────────────────────────────────────


class IndexSearchRequest(Contract):
    scan_id: str
    tree_object: str
    graph_object: str
    scope: str = "public"
    options: Options = Field(default_factory=ScanOptions)
    encoder: EncoderInfo | None = None  # None: a scan without embeddings has no matrix


class IndexSearchResult(Contract):
    search_object: str
    matrix_object: str | None = None
    files: int = 0
    made: int = 0  # files whose searchable part was made; those of the others are as in an earlier scan
    published: bool = False  # the texts that Postgres searches are those of this scan
    rows: int = 0  # of them that were written
    seconds: float = 0.0


class SearchIndexActivities(ABC):
    """Queue `assembly`, and `fast`."""

    @activity.defn(name="index_search")
    @abstractmethod
    async def index_search(self, request: IndexSearchRequest) -> IndexSearchResult:
        """Tree, graph and vectors of a scan → the objects that search reads, and the rows of its ref that Postgres
        can search by itself. Idempotent; leaves the rows alone where a newer scan is published."""
