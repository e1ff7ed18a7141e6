"""Search by Postgres alone, for when the index of a scan cannot be read.

Ranked as by the index (`docrunch.search.ranking`): ``ts_rank_cd`` finds, for one term at a time, the sum of the weights
of its occurrences, and each document brings weights of its own, in which the lengths of its fields are. Postgres itself
knows nothing of how rare a term is: of all terms that were asked for, the rarest choose the documents, and each counts
by its rarity. Terms reach the server as parameters, each quoted as one lexeme; nothing that a person
wrote is parsed as a query.
"""

import asyncio
import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from db.bulk import fetch, fetch_one
from docrunch.search.globs import matcher
from docrunch.search.lexemes import quoted
from docrunch.search.ranking import WEIGHTS, FieldWeight

MOST_TERMS = 32  # of one query: the heaviest
COUNTED = 2_000  # documents of a term; one of more is common
CANDIDATES = 2_000  # documents that are ranked
LONGEST_LEXEME = 2_000  # bytes; Postgres takes 2,046
# Bodies, documentation, paths and signatures (one letter holds both), names: D, C, B, A of a tsvector.
FIELDS = (
    WEIGHTS.body,
    WEIGHTS.doc,
    FieldWeight(
        (WEIGHTS.path.weight + WEIGHTS.signature.weight) / 2,
        WEIGHTS.path.usual + WEIGHTS.signature.usual,
        (WEIGHTS.path.slope + WEIGHTS.signature.slope) / 2,
    ),
    WEIGHTS.name,
)
SCALE = max(field.weight / (1 - field.slope) for field in FIELDS)  # Postgres takes weights of at most 1

_COUNTS = """
SELECT (SELECT count(*) FROM (
    SELECT 1 FROM search_documents WHERE ref_id = $1 AND terms @@ asked.query LIMIT $3) AS found) AS n
FROM unnest($2::text[]::tsquery[]) WITH ORDINALITY AS asked(query, place) ORDER BY place
"""
_SIZE = "SELECT greatest(count(*), 1) AS n FROM search_documents WHERE ref_id = $1"
_RANKED = """
WITH chosen AS MATERIALIZED (
    SELECT id, kind, path, symbol_id, title, line, end_line, length, terms || ''::tsvector AS terms
    FROM search_documents
    WHERE ref_id = $1 AND terms @@ $2::text::tsquery AND kind = ANY($5::text[])
        AND ($6::text[] IS NULL OR path = ANY($6))
    ORDER BY id LIMIT $7
), measured AS MATERIALIZED (
    SELECT chosen.*, length(ts_filter(terms, '{a}')) AS a, length(ts_filter(terms, '{b}')) AS b,
        length(ts_filter(terms, '{c}')) AS c
    FROM chosen
), weighed AS MATERIALIZED (
    SELECT measured.*, ARRAY[1 / (fixed[1] + by_length[1] * greatest(length - a - b - c, 0)),
        1 / (fixed[2] + by_length[2] * c), 1 / (fixed[3] + by_length[3] * b),
        1 / (fixed[4] + by_length[4] * a)]::float4[] AS weights
    FROM measured, (SELECT $9::float8[] AS fixed, $10::float8[] AS by_length) AS field
), scored AS MATERIALIZED (
    SELECT id, kind, path, symbol_id, title, line, end_line, (
        SELECT sum(asked.worth * found.tf / (found.tf + $11::float8))
        FROM unnest($3::text[]::tsquery[], $4::float8[]) AS asked(query, worth),
             LATERAL (SELECT ts_rank_cd(weights, terms, asked.query)::float8 AS tf) AS found
        WHERE terms @@ asked.query
    ) AS score
    FROM weighed
)
SELECT * FROM scored WHERE score > 0 ORDER BY score DESC, id LIMIT $8
"""


class TextHit(NamedTuple):
    """A document of `docrunch.search.documents`, ``score`` > 0."""

    id: str
    kind: str
    path: str
    symbol_id: str | None
    title: str
    line: int
    end_line: int
    score: float


async def full_text(
    connection: AsyncConnection,
    ref_id: int,
    terms: Mapping[str, float],
    limit: int,
    *,
    kinds: Collection[str] = ("symbol", "section", "file", "window"),
    path_glob: str = "",
) -> list[TextHit]:
    """The documents of a ref that terms say most about, best first.

    Args:
        terms: of `docrunch.search.analysis.terms`, with what each counts; those that are no words are left out.
        path_glob: see `docrunch.search.globs`.
    """
    asked = sorted(
        ((term, weight) for term, weight in terms.items() if _is_term(term) and weight > 0),
        key=lambda each: (-each[1], each[0]),
    )[:MOST_TERMS]
    if not asked or limit < 1 or not kinds:
        return []
    queries = [quoted(term) for term, _ in asked]
    counts = [row["n"] for row in await fetch(connection, _COUNTS, ref_id, queries, COUNTED)]
    size = await fetch_one(connection, _SIZE, ref_id)
    worth = [
        weight * _rarity(count, size["n"] if size else 1) for (_, weight), count in zip(asked, counts, strict=True)
    ]
    chosen = _choosing(queries, counts)
    if not chosen:
        return []
    files = await _files(connection, ref_id, path_glob)
    rows = await fetch(
        connection, _RANKED, ref_id, " | ".join(chosen), queries, worth, sorted(kinds), files, CANDIDATES, limit,
        [SCALE * (1 - field.slope) / field.weight for field in FIELDS],
        [SCALE * field.slope / field.usual / field.weight for field in FIELDS], WEIGHTS.k1 / SCALE,
    )  # fmt: skip
    return [TextHit(*(row[name] for name in TextHit._fields)) for row in rows]


async def text_scan(connection: AsyncConnection, ref_id: int) -> int | None:
    """The scan that the rows of a ref are of; None where it has none."""
    row = await fetch_one(connection, "SELECT search_scan_id AS id FROM refs WHERE id = $1", ref_id)
    return row["id"] if row else None


async def _files(connection: AsyncConnection, ref_id: int, path_glob: str) -> list[str] | None:
    """The files that a pattern means; None for all. Each file has one document of its own."""
    if not path_glob:
        return None
    fits = matcher(path_glob)
    rows = await fetch(connection, "SELECT path FROM search_documents WHERE ref_id = $1 AND kind = 'file'", ref_id)
    return await asyncio.to_thread(lambda: [row["path"] for row in rows if fits(row["path"])])


def _is_term(term: str) -> bool:
    return bool(term) and term.replace("_", "a").isalnum() and len(term.encode()) <= LONGEST_LEXEME


def _rarity(count: int, documents: int) -> float:
    """Of a common term the count is a lower bound: it counts a little too much."""
    return math.log1p((documents - count + 0.5) / (count + 0.5)) if count < documents else math.log1p(0.5 / count)


def _choosing(queries: Sequence[str], counts: Sequence[int]) -> list[str]:
    """The rarest terms that find no more than can be ranked, and at least one."""
    found: list[str] = []
    total = 0
    for count, query in sorted((count, query) for query, count in zip(queries, counts, strict=True) if count):
        if found and total + count > CANDIDATES:
            break
        found.append(query)
        total += count
    return found
