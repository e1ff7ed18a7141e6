"""Values of search: what can be found, what is asked, what is answered."""

from enum import StrEnum
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

MAX_QUERY_BYTES = 8 * 1024
MAX_LIMIT = 100


class DocumentKind(StrEnum):
    """What one entry of an index is. A window is never a hit itself: it speaks for its symbol or its file."""

    SYMBOL = "symbol"
    SECTION = "section"
    FILE = "file"
    WINDOW = "window"


class SearchDocument(msgspec.Struct, frozen=True, array_like=True):
    """``id``: the node id of a symbol, the path of a file, unique for sections and windows too.

    ``symbol``: node id of the symbol itself, of the innermost one that a window lies in, or of the module that a file
    is; empty where there is none.
    ``name`` and ``qualified_name`` are the titles of a section and its trail. Lines are 1-based and inclusive.
    """

    id: str
    kind: DocumentKind
    path: str
    line: int
    end_line: int
    symbol: str = ""
    name: str = ""
    qualified_name: str = ""
    node_kind: str = ""  # kind of the node, of symbols


class Ranked(NamedTuple):
    """Numbers of documents, best first, and their scores (> 0)."""

    documents: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]


class SearchMode(StrEnum):
    HYBRID = "hybrid"
    KEYWORD = "keyword"
    SEMANTIC = "semantic"
    GRAPH = "graph"


class Snippet(msgspec.Struct, frozen=True):
    """At most 12 lines of a file. ``marks``: (line, first column, column after the last), columns from 0."""

    line: int
    end_line: int
    text: str
    marks: tuple[tuple[int, int, int], ...] = ()


class Hit(msgspec.Struct, frozen=True):
    """One result. ``signals`` say why: name → share of the score; ``kind`` is ``symbol``, ``section`` or ``file``.

    ``weak``: nothing that the query says is there, and its meaning is far.
    """

    rank: int
    id: str
    kind: str
    path: str
    line: int
    end_line: int
    name: str
    score: float
    signals: dict[str, float]
    snippet: Snippet | None = None
    node_kind: str = ""
    commit: str = ""
    repository: str = ""
    weak: bool = False


class Unknown(msgspec.Struct, frozen=True):
    """A word that a scan does not have; ``instead``: what is there and nearly the same, in ``documents`` documents,
    empty where nothing is."""

    word: str
    instead: str = ""
    documents: int = 0


class Hidden(NamedTuple):
    """Hits that options left out where nothing was left: without ``--path`` alone, ``--kind`` alone, and both."""

    by_path: int = 0
    by_kind: int = 0
    by_both: int = 0


def hit_of(
    document: SearchDocument,
    rank: int,
    score: float,
    signals: dict[str, float],
    shown: Snippet | None,
    *,
    commit: str,
    repository: str,
    weak: bool = False,
) -> Hit:
    return Hit(
        rank=rank,
        id=document.id,
        kind=str(document.kind),
        path=document.path,
        line=document.line,
        end_line=document.end_line,
        name=document.name,
        score=round(score, 4),
        signals=signals,
        snippet=shown,
        node_kind=document.node_kind,
        commit=commit,
        repository=repository,
        weak=weak,
    )


class SearchResult(msgspec.Struct, frozen=True):
    """Of one scan. ``unknown``: words of a short query that it does not have. ``read_as``: with what these may have
    meant, where the hits are of that. ``by_meaning``: nothing that the query says is there."""

    hits: tuple[Hit, ...]
    unknown: tuple[Unknown, ...] = ()
    read_as: str = ""
    by_meaning: bool = False
    hidden: Hidden = Hidden()
