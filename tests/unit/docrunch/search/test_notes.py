"""An answer says when it is not what was asked for."""

import msgspec
import pytest

from docrunch.search.model import Hidden, Hit, SearchMode, SearchResult, Unknown
from docrunch.search.notes import did_you_mean, notes
from docrunch.search.search import SearchOptions

HIT = Hit(1, "n_1", "symbol", "a.py", 1, 2, "f", 0.5, {"semantic": 1.0})
WEAK = msgspec.structs.replace(HIT, weak=True)
HYBRID = SearchOptions()


def test_a_word_that_one_scan_has_is_not_misspelt() -> None:
    one, other = SearchResult((), (Unknown("itme", "item", 3),)), SearchResult((HIT,))
    assert did_you_mean("itme", [one]) == "item"
    assert did_you_mean("itme", [one, other]) == ""
    assert did_you_mean("itme", []) == ""


def test_what_most_documents_have_is_proposed() -> None:
    few, many = (SearchResult((), (Unknown("itme", word, count),)) for word, count in (("time", 2), ("item", 9)))
    assert did_you_mean("the itme", [few, many]) == "the item"


@pytest.mark.parametrize(
    ("result", "options", "said"),
    [
        (SearchResult((HIT,)), HYBRID, []),
        (
            SearchResult((HIT,), by_meaning=True),
            HYBRID,
            ["No word of the query occurs: these hits are by meaning alone."],
        ),
        (SearchResult((HIT,), by_meaning=True), SearchOptions(SearchMode.SEMANTIC), []),
        (SearchResult((WEAK,), by_meaning=True), HYBRID, ["Nothing matches well"]),
        (SearchResult((WEAK, HIT)), HYBRID, []),
        (
            SearchResult((HIT,), unknown=(Unknown("itme", "item", 3),), read_as="the item"),
            HYBRID,
            ["“itme” does not occur in shop: its hits are for “the item”."],
        ),
        (SearchResult(()), HYBRID, []),
        (SearchResult((), hidden=Hidden(1_200, 0, 1_200)), SearchOptions(path="web"), ["--path web hides 1,200 hits."]),
        (
            SearchResult((), hidden=Hidden(0, 1, 1)),
            SearchOptions(kinds=("class", "enum")),
            ["--kind class --kind enum hides 1 hit."],
        ),
        (
            SearchResult((), hidden=Hidden(2, 3, 5)),
            SearchOptions(path="w", kinds=("class",)),
            ["--path w hides 2 hits.", "--kind class hides 3 hits."],
        ),
        (
            SearchResult((), hidden=Hidden(0, 0, 5)),
            SearchOptions(path="w", kinds=("class",)),
            ["--path w and --kind class together hide 5 hits."],
        ),
    ],
)
def test_what_is_said(result: SearchResult, options: SearchOptions, said: list[str]) -> None:
    found = notes({"shop": result}, options)
    assert len(found) == len(said)
    assert all(each.startswith(start) for each, start in zip(found, said, strict=True))


def test_hidden_hits_of_all_repositories_are_counted() -> None:
    hidden = SearchResult((), hidden=Hidden(2, 0, 2))
    assert notes({"a": hidden, "b": hidden}, SearchOptions(path="web")) == ("--path web hides 4 hits.",)
    assert notes({"a": hidden, "b": SearchResult((HIT,))}, SearchOptions(path="web")) == ()
