"""The fallback of search: what Postgres finds by itself, in the shape of all other hits."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.worlds import Worlds
from db.bulk import fetch
from db.objects import parse_reference
from db.repositories.scans import ScanRow, get_scan
from db.repositories.search import LONGEST_GLOB, MOST_WILDCARDS, TextHit, full_text, text_scan
from db.session import Database
from docrunch.errors import DocrunchError
from docrunch.graph.testing import is_test_file
from docrunch.search.globs import matcher
from docrunch.search.model import DocumentKind, Hidden, Hit, SearchDocument, SearchResult, Snippet
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
            wanted = _wanted(scored, options, files)
            if not wanted and options.path:
                scored = await _scored(connection, ref_id, query, "", files)
        tree = await self._tree(scan)
        best = scored[wanted[0]] if wanted else 1.0
        hits = (
            _hit(rank, each, scored[each] / best, _snippet(tree, each, query), repository, scan.commit)
            for rank, each in enumerate(wanted[: options.limit], 1)
        )
        hidden = Hidden() if wanted else _hidden(scored, options, files)
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
    rows = await full_text(connection, ref_id, query.terms, LOOKED, path_glob=_for_postgres(path))
    scores = _owners(rows, files)
    found = [dict(row) for row in await fetch(connection, _OWNERS, ref_id, list(scores))]
    return {_document(row): scores[row["id"]] * _prior(row["path"], row["language"], query) for row in found}


def _for_postgres(glob: str) -> str | None:
    """A pattern that Postgres takes, so that it need not look at other files; the rest is left out here."""
    wild = sum(glob.count(each) for each in "*?")
    return glob if glob and len(glob) <= LONGEST_GLOB and wild <= MOST_WILDCARDS else None


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


def _document(row: Mapping[str, object]) -> SearchDocument:
    values = {name: row[name] for name in ("id", "path", "line", "end_line", "node_kind")}
    kind = DocumentKind(str(row["kind"]))
    name = str(row["name"]) or _LAST[kind].split(str(row["path"] if kind is DocumentKind.FILE else row["title"]))[-1]
    return SearchDocument(kind=kind, name=name, **values)  # type: ignore[arg-type]


def _wanted(scored: Mapping[SearchDocument, float], options: SearchOptions, files: bool) -> Sequence[SearchDocument]:
    below = matcher(options.path)
    kinds = ("file",) if files else options.kinds
    kept = [
        each for each in scored if below(each.path) and (not kinds or each.kind in kinds or each.node_kind in kinds)
    ]
    return sorted(kept, key=lambda each: (-scored[each], each.path, each.line, each.id))


def _hidden(scored: Mapping[SearchDocument, float], options: SearchOptions, files: bool) -> Hidden:
    """Args: ``scored``: what is found in any path."""
    anywhere, of_any_kind = replace(options, path=""), replace(options, kinds=())
    return Hidden(len(_wanted(scored, anywhere, files)), len(_wanted(scored, of_any_kind, files)), len(scored))


def _snippet(tree: TreeReader | None, document: SearchDocument, query: Query) -> Snippet | None:
    try:
        return snippet(tree.text(document.path), document, query) if tree is not None else None
    except DocrunchError:
        return None


def _hit(rank: int, document: SearchDocument, score: float, shown: Snippet | None, repository: str, commit: str) -> Hit:
    return Hit(
        rank,
        document.id,
        str(document.kind),
        document.path,
        document.line,
        document.end_line,
        document.name,
        round(score, 4),
        {SIGNAL: 1.0},
        shown,
        document.node_kind,
        commit,
        repository,
    )
