"""The documents of a file as rows that Postgres can search.

A row holds the terms of its document as a ``tsvector`` in the form that Postgres reads and writes itself: nothing of a
text is parsed there. Weights: A names, B paths and signatures, C documentation, D bodies. A position says nothing but
that there is one more occurrence: what is ranked is how often, where and how rare.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from docrunch.remembered import remembered
from docrunch.search.documents import Field
from docrunch.search.shards import FileShard, documents_of, words_of

MOST_OCCURRENCES = 15  # of a term in one field; a tsvector takes 255 positions of a term
LETTERS = {Field.NAME: "A", Field.PATH: "B", Field.SIGNATURE: "B", Field.DOC: "C", Field.BODY: "D"}


class TextRow(NamedTuple):
    """``terms``: text of a tsvector. ``length``: number of terms of all fields."""

    id: str
    path: str
    kind: str
    symbol_id: str | None
    title: str
    line: int
    end_line: int
    length: int
    terms: str


def text_rows(shard: FileShard) -> list[TextRow]:
    """Raises: InvalidArchive."""
    lengths = np.frombuffer(shard.lengths, "<u4").reshape(-1, len(Field)).sum(axis=1).tolist()
    return [
        TextRow(
            document.id,
            document.path,
            str(document.kind),
            document.symbol or None,
            document.qualified_name or document.name or document.path,
            document.line,
            document.end_line,
            length,
            terms,
        )
        for document, length, terms in zip(documents_of(shard), lengths, _vectors(shard, len(lengths)), strict=True)
    ]


def quoted(term: str) -> str:
    """A term as one lexeme in the text of a tsvector or tsquery, whatever it holds."""
    escaped = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _vectors(shard: FileShard, documents: int) -> Iterator[str]:
    names = [quoted(word) for word in words_of(shard)]
    found: list[dict[int, tuple[int, ...]]] = [{} for _ in range(documents)]
    columns = (
        np.frombuffer(values, kind).tolist()
        for values, kind in ((shard.terms, "<u4"), (shard.places, "<u4"), (shard.fields, "u1"), (shard.counts, "u1"))
    )
    for term, place, field, count in zip(*columns, strict=True):
        given = found[place]
        given[term] = (*given.get(term, ()), field, count)
    for given in found:
        yield " ".join([f"{names[term]}:{_positions(counts)}" for term, counts in given.items()])


@remembered(8_192)
def _positions(counts: tuple[int, ...]) -> str:
    """Args: ``counts``: field, occurrences, field, occurrences, …"""
    letters = [
        letter
        for field, count in zip(counts[::2], counts[1::2], strict=True)
        for letter in LETTERS[Field(field)] * min(count, MOST_OCCURRENCES)
    ]
    return ",".join(f"{at}{letter}" for at, letter in enumerate(letters, 1))
