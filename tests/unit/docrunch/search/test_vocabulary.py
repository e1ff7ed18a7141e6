"""A misspelt word leads to the one that is there, and to no other."""

import random
import time
from collections.abc import Iterable

import pytest

from docrunch.search.shards import term_hash
from docrunch.search.vocabulary import LONGEST, Vocabulary
from tests.support.search_world import index_of, shards_of


def made(terms: Iterable[str]) -> Vocabulary:
    return Vocabulary({term: term_hash(term) for term in terms})


WORDS = made(["session", "sessions", "jsonify", "httpadapter", "authentication", "serialize", "item", "retriev"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sesion", ["session"]),
        ("sessoin", ["session"]),
        ("jsonfy", ["jsonify"]),
        ("jsonifyy", ["jsonify"]),
        ("htpadapter", ["httpadapter"]),
        ("serialise", ["serialize"]),
        ("authentification", ["authentication"]),
        ("retreiv", ["retriev"]),
        ("itme", ["item"]),
        ("session", ["session", "sessions"]),
        ("tornado", []),
        ("itm", []),
        ("sésion", []),
        ("s" * (LONGEST + 1), []),
        ("", []),
    ],
)
def test_what_is_near(written: str, meant: list[str]) -> None:
    assert [each.term for each in WORDS.near(written)] == meant


def test_slips_are_counted_as_by_hand() -> None:
    """Against the table as it is in every textbook, on random words of a small alphabet."""
    draw = random.Random(7)
    words = sorted({"".join(draw.choices("abc", k=draw.randint(4, 11))) for _ in range(300)})
    found = made(words)
    for word in draw.sample(words, 40):
        most = 2 if len(word) >= 8 else 1
        wanted = sorted((slips(word, each), each) for each in words if slips(word, each) <= most)
        assert [(each.slips, each.term) for each in found.near(word)] == wanted


def slips(one: str, other: str) -> int:
    table = [[max(a, b) for b in range(len(other) + 1)] for a in range(len(one) + 1)]
    for a in range(1, len(one) + 1):
        for b in range(1, len(other) + 1):
            table[a][b] = min(
                table[a - 1][b] + 1, table[a][b - 1] + 1, table[a - 1][b - 1] + (one[a - 1] != other[b - 1])
            )
            if a > 1 and b > 1 and one[a - 1] == other[b - 2] and one[a - 2] == other[b - 1]:
                table[a][b] = min(table[a][b], table[a - 2][b - 2] + 1)
    return table[-1][-1]


A, B = "def retry_request(): ...\n", "# Guide\n\nThe backoff grows.\n"


def test_it_is_made_of_all_terms_of_the_files_in_any_order() -> None:
    shards = shards_of({"a.py": A, "b.md": B})
    first, second = (Vocabulary.of(given) for given in (shards.values(), reversed(shards.values())))
    assert (
        [each.term for each in first.near("bakcoff")] == [each.term for each in second.near("bakcoff")] == ["backoff"]
    )
    one, other = (Vocabulary.of([shard]) for shard in shards.values())
    everything = index_of({"a.py": A, "b.md": B})._postings.terms
    assert len(one.joined(other, everything)) == len(first)
    assert one.joined(other, index_of({"a.py": A})._postings.terms).near("bakcoff") == []


def test_a_hundred_thousand_terms_cost_milliseconds() -> None:
    draw = random.Random(3)
    many = made("".join(draw.choices("etaoinsr", k=draw.randint(4, 20))) for _ in range(100_000))
    began = time.perf_counter()
    many.near("etaoinsretaoin")
    assert time.perf_counter() - began < 0.5
    assert made([]).near("session") == []
