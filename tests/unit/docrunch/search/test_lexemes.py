"""Rows for Postgres hold each term with the weight of its place, in the limits of a tsvector."""

import re

from docrunch.search.lexemes import MOST_OCCURRENCES, quoted, text_rows
from tests.support.search_world import shards_of

TEXT = 'class Till:\n    """Holds money."""\n\n    def take(self, amount):\n        return amount * 2\n'


def rows(text: str = TEXT) -> dict[str, str]:
    return {row.title: row.terms for row in text_rows(shards_of({"till.py": text})["till.py"])}


def test_weights_are_those_of_the_fields() -> None:
    take = rows()["till.Till.take"]
    assert "'tak':1A" in take
    assert re.search(r"'till':\d+B", take)
    assert "'money':1C" in rows()["till.Till"]


def test_repetition_is_bounded() -> None:
    found = rows("amount = 1\n" + "x = amount\n" * 40)["till.py"]
    body = next(
        row.terms for row in text_rows(shards_of({"till.py": "x = amount\n" * 40})["till.py"]) if row.kind == "window"
    )
    assert found
    assert f"{MOST_OCCURRENCES}D" in body
    assert f"{MOST_OCCURRENCES + 1}D" not in body


def test_a_term_is_one_lexeme_whatever_it_holds() -> None:
    assert quoted("a'b\\c") == "'a''b\\\\c'"


def test_a_megabyte_on_one_line_makes_a_small_row() -> None:
    found = text_rows(shards_of({"data.txt": "word" + " ab12" * 200_000})["data.txt"])
    assert all(len(row.terms) < 1 << 20 for row in found)
