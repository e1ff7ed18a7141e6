"""Ports to the stores, under the names that integrators know."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from docrunch.storage.model import Document, Relation


class Found(msgspec.Struct, frozen=True):
    """One result of `LightRAGStorage.search`. ``rank`` from 1; the store gives no scores."""

    rank: int
    kind: str  # entity | relationship | chunk
    id: str  # of the document, where one stands behind it
    title: str
    content: str
    metadata: dict[str, str] = {}


class Neighbour(msgspec.Struct, frozen=True):
    """A document near another one. Edges of the store have no direction; ``types`` says what joins the pair."""

    id: str
    title: str
    types: tuple[str, ...]
    distance: int


class LightRAGStorage(Protocol):
    """A knowledge graph with vectors over `Document`\\ s of one repository. Nothing here calls a language model."""

    async def index(self, documents: Sequence[Document]) -> int:
        """Bring documents in; equal ones are left alone. Returns how many were written."""

    async def update(self, documents: Sequence[Document], removed: Sequence[str] = ()) -> int:
        """Replace some documents and take others away. Returns how many were written or removed."""

    async def search(
        self, query: str, *, mode: str = "mix", limit: int = 10, keywords: Sequence[str] = ()
    ) -> list[Found]:
        """Best first. Modes: local, global, hybrid, naive, mix; ``keywords``: identifiers that the query names."""

    async def get_related(self, document_id: str, *, depth: int = 1, limit: int = 50) -> list[Neighbour]:
        """Documents around one, nearest first."""

    async def export_graph(self) -> Mapping[str, Any]:
        """All nodes and edges as networkx node-link data."""


class MarkdownOutput(Protocol):
    """The documentation tree of one ref in a directory."""

    def generate_index(self, pages: Sequence[str]) -> str:
        """Text of ``index.md`` for exactly these pages."""

    def generate_module_doc(self, module: str) -> str:
        """Text of the page of a module."""

    def generate_function_doc(self, symbol: str) -> str:
        """Text of the page of a function, by node id."""

    def write_docs(self, pages: Mapping[str, str], removed: Sequence[str] = ()) -> Sequence[str]:
        """Write pages (path → text), take others away. Returns the paths that were written."""


class PostgresStorage(Protocol):
    """Published facts, as one consistent reading of them."""

    async def get_file(self, ref_id: int, path: str) -> Any:
        """The file with its symbols and outgoing relationships; None where there is no such file."""

    async def get_relationships(self, ref_id: int, symbol_id: str) -> Sequence[Relation]:
        """Outgoing relations of a symbol."""
