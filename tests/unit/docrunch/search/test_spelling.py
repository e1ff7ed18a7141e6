"""Words that a scan does not have are told, with what they may have meant as people write it."""

import msgspec
import pytest

from docrunch.errors import ObjectMissing
from docrunch.search.model import Unknown
from docrunch.search.query import understand
from docrunch.search.spelling import MOST_UNKNOWN, respelled, unknown_words
from docrunch.search.view import SearchView


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("put an item into the cart", []),
        ("adding items", []),
        ("itme", [("itme", "item")]),
        ("loyal custmers", [("custmers", "customers")]),
        ("remvoe_item", [("remvoe_item", "remove_item")]),
        ("HtpClient", [("HtpClient", "HttpClient")]),
        ("Warenkorb", [("Warenkorb", "")]),
        ("item_cart", []),
        ("File shop/crat.py:3", []),
        (" ".join(["itme"] * 13), []),
        ("😀 '", []),
    ],
)
def test_what_is_unknown(shop: SearchView, query: str, words: list[tuple[str, str]]) -> None:
    found = unknown_words(understand(query), shop)
    assert [(each.word, each.instead) for each in found] == words
    assert all(bool(each.instead) == bool(each.documents) for each in found)


def test_few_words_are_put_right_and_all_are_told(shop: SearchView) -> None:
    found = unknown_words(understand("itme crat prcie ordre custmer invoyce"), shop)
    assert len(found) == 6
    assert all(not each.instead for each in found[MOST_UNKNOWN:])


def test_a_term_is_written_as_it_stands_in_the_text(shop: SearchView) -> None:
    """`rebate` stands in documentation and prose alone; what is indexed of it is its stem."""
    (found,) = unknown_words(understand("rebaet"), shop)
    assert found.instead == "rebate"


def test_texts_that_are_not_kept_leave_the_term(shop: SearchView, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(path: str) -> bytes:
        raise ObjectMissing(path)

    monkeypatch.setattr(shop, "text", missing)
    (found,) = unknown_words(understand("rebaet"), shop)
    assert found.instead == "rebat"


def test_only_whole_words_are_replaced() -> None:
    unknown = [Unknown("itme", "item", 3), Unknown("x", "", 0)]
    assert respelled('itme of "itme" in itmes', unknown) == 'item of "item" in itmes'
    assert respelled("itme x", unknown) == "item x"
    assert respelled("itme x y", [*unknown, Unknown("y")]) == "", "words of another language are no slips"
    assert respelled("x", [msgspec.structs.replace(unknown[1])]) == ""
