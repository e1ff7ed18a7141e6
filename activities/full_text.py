"""The fallback of search: what Postgres finds by itself, in the shape of all other hits."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.worlds import Worlds
from db.bulk import fetch
from db.objects import parse_reference
from db.repositories.scans import ScanRow, get_scan
from db.repositories.search import TextHit, full_text, text_scan
from db.session import Database
from docrunch.errors import DocrunchError
from docrunch.graph.testing import is_test_file
from docrunch.search.model import DocumentKind, Hidden, SearchDocument, SearchResult, Snippet, hit_of
from docrunch.search.origin import is_foreign
from docrunch.search.query import Query
from docrunch.search.search import SearchOptions
from docrunch.search.signals.keyword import BODY, WIDE
from docrunch.search.signals.priors import FOREIGN, TEST
from docrunch.search.snippets import snippet
from docrunch.source.model import TreeReader

LOOKED = WIDE  # best rows: several windows speak for one symbol, and options leave some out
SIGNAL = "full text"
# The last part of the title of a row: of a qualified name, of a trail of sections, of a path.
_LAST = {
    DocumentKind.SYMBOL: re.compile(r"[.:#/]+"),
    DocumentKind.SECTION: re.compile(" › "),
    DocumentKind.FILE: re.compile("/"),
}
_OWNERS = """
SELECT d.id, d.kind, d.path, d.title, d.line, d.end_line,
    coalesce(s.name, '') AS name, coalesce(s.kind, '') AS node_kind, coalesce(f.language, '') AS language
FROM search_documents d LEFT JOIN symbols s ON s.ref_id = d.ref_id AND s.id = d.id
    LEFT JOIN files f ON f.ref_id = d.ref_id AND f.path = d.path
WHERE d.ref_id = $1 AND d.id = ANY($2::text[])
"""


class Found(NamedTuple):
    """``scan``: what the rows are of; None where the ref has none."""

    result: SearchResult
    scan: ScanRow | None


class FullText:
    def __init__(self, database: Database, worlds: Worlds) -> None:
        self._database = database
        self._worlds = worlds

    async def search(self, repository: str, ref_id: int, query: Query, options: SearchOptions) -> Found:
        files = options.group == "file" or options.kinds == ("file",)
        async with self._database.transaction() as connection:
            of = await text_scan(connection, ref_id)
            if of is None:
                return Found(SearchResult(()), None)
            scan = await get_scan(connection, of)
            scored = await _scored(connection, ref_id, query, options.path, files)
            wanted = _wanted(scored, options.kinds, files)
            anywhere = scored
            if not wanted and options.path:
                anywhere = await _scored(connection, ref_id, query, "", files)
        tree = await self._tree(scan)
        best = scored[wanted[0]] if wanted else 1.0
        hits = (
            hit_of(
                each,
                rank,
                scored[each] / best,
                {SIGNAL: 1.0},
                _snippet(tree, each, query),
                commit=scan.commit,
                repository=repository,
            )
            for rank, each in enumerate(wanted[: options.limit], 1)
        )
        hidden = Hidden()
        if not wanted:
            hidden = Hidden(len(_wanted(anywhere, options.kinds, files)), len(scored), len(anywhere))
        return Found(SearchResult(tuple(hits), hidden=hidden), scan)

    async def _tree(self, scan: ScanRow) -> TreeReader | None:
        """None where it cannot be read: hits without snippets are better than none."""
        try:
            return (await self._worlds.tree(parse_reference(scan.objects["tree"])[1])).reader
        except (DocrunchError, KeyError):
            return None


async def _scored(
    connection: AsyncConnection, ref_id: int, query: Query, path: str, files: bool
) -> dict[SearchDocument, float]:
    """The documents that are shown for the best rows."""
    rows = await full_text(connection, ref_id, query.terms, LOOKED, path_glob=path)
    scores = _owners(rows, files)
    found = [dict(row) for row in await fetch(connection, _OWNERS, ref_id, list(scores))]
    return {_document(row): scores[row["id"]] * _prior(row["path"], row["language"], query) for row in found}


def _owners(rows: Iterable[TextHit], files: bool) -> dict[str, float]:
    """Scores by the document that is shown: a window speaks for its symbol or file."""
    own: dict[str, float] = {}
    bodies: dict[str, float] = {}
    for row in rows:
        if files:
            own[row.path] = max(own.get(row.path, 0.0), row.score)
        elif row.kind == DocumentKind.WINDOW:
            owner = row.symbol_id or row.path
            bodies[owner] = max(bodies.get(owner, 0.0), row.score)
        else:
            own[row.id] = row.score
    return {id_: own.get(id_, 0.0) + BODY * bodies.get(id_, 0.0) for id_ in {**own, **bodies}}


def _prior(path: str, language: str, query: Query) -> float:
    """What is likely asked for whatever the words, as far as a path tells: `docrunch.search.signals.priors`."""
    tests = TEST if not query.about_tests and is_test_file(path, language) else 1.0
    return tests * (FOREIGN if is_foreign(path) else 1.0)


def _document(row: Mapping[str, Any]) -> SearchDocument:
    kind = DocumentKind(row["kind"])
    name = row["name"] or _LAST[kind].split(row["path"] if kind is DocumentKind.FILE else row["title"])[-1]
    return SearchDocument(
        row["id"], kind, row["path"], row["line"], row["end_line"], name=name, node_kind=row["node_kind"]
    )


def _wanted(scored: Mapping[SearchDocument, float], kinds: Sequence[str], files: bool) -> Sequence[SearchDocument]:
    allowed = ("file",) if files else kinds
    kept = [each for each in scored if not allowed or each.kind in allowed or each.node_kind in allowed]
    return sorted(kept, key=lambda each: (-scored[each], each.path, each.line, each.id))


def _snippet(tree: TreeReader | None, document: SearchDocument, query: Query) -> Snippet | None:
    try:
        return snippet(tree.text(document.path), document, query) if tree is not None else None
    except DocrunchError:
        return None
