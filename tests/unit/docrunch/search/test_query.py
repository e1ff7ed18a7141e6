"""What people and agents paste is understood: names, places, quotes, traces; nothing in it is an operator."""

import random
import time

import pytest

from docrunch.errors import LimitExceeded, UsageError
from docrunch.search.model import MAX_QUERY_BYTES
from docrunch.search.query import MAX_NAMES, MAX_TERMS, PathRef, check_query, understand

ISSUE = """Cart.remove_item raises KeyError for an item that is there

When I call `OrderStore.save` twice, the second call to parse_price() fails with "no such item in the cart".
See shop/cart.py:18 and docs/guide.md.

Traceback (most recent call last):
  File "/srv/app/main.py", line 3, in <module>
    run()
  File "/venv/lib/python3.11/site-packages/shop/cart.py", line 18, in remove_item
    raise KeyError("no such item in the cart")
KeyError: 'no such item in the cart'
"""


def names(text: str) -> list[str]:
    return [".".join(name.parts) for name in understand(text).names]


def test_an_issue_text_gives_its_names_places_quotes_and_frames() -> None:
    query = understand(ISSUE)
    assert {"OrderStore.save", "Cart.remove_item", "parse_price"} <= set(names(ISSUE))
    assert set(query.paths) == {PathRef("shop/cart.py", 18), PathRef("docs/guide.md")}
    assert query.quoted == ("no such item in the cart",)
    assert [frame.function for frame in query.frames] == ["remove_item", "<module>"]
    assert "Traceback (most" in query.prose
    assert "site-packages" not in query.prose
    assert not query.about_tests


def test_the_title_counts_more_than_the_trace() -> None:
    terms = understand(ISSUE).terms
    assert terms["removeitem"] > terms["main"]
    assert terms["remov"] > terms["run"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("`frobnicate`", "frobnicate"),
        ("where is Session.send defined", "Session.send"),
        ("std::vec::Vec panics", "std.vec.Vec"),
        ("Cart#add of Ruby", "Cart.add"),
        ("what does HTTPAdapter do in this code base", "HTTPAdapter"),
        ("the snake_case_name is wrong in many places", "snake_case_name"),
        ("call connect() before anything else happens here", "connect"),
        ("Cart", "Cart"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert name in names(text)


def test_prose_names_nothing() -> None:
    assert names("why does the request fail when there is no network at all") == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("shop/cart.py:18", PathRef("shop/cart.py", 18)),
        ("at src\\shop\\Cart.cs(12,3)", PathRef("src/shop/Cart.cs", 12)),
        ("see cart.py, line 7", PathRef("cart.py", 7)),
        ("https://host/x/blob/main/shop/cart.py#L9 broke", None),
        ("src/shop", PathRef("src/shop", 0)),
        ("version 1.2.3 of e.g. this", None),
    ],
)
def test_places(text: str, place: PathRef | None) -> None:
    found = understand(text).paths
    assert found == (place,) if place else all("/" in each.path or each.line for each in found)


@pytest.mark.parametrize("text", ["unit tests of the cart", "fixtures for payments", "tests/test_cart.py"])
def test_a_query_about_tests(text: str) -> None:
    assert understand(text).about_tests


def test_words_of_requests_are_quiet() -> None:
    terms = understand("how can I find the problem with invoices").terms
    assert terms["invoic"] > 3 * terms["problem"]


def test_only_words_of_requests_are_still_words() -> None:
    assert understand("find problem").terms


def test_an_empty_query_is_refused_with_an_example() -> None:
    for text in ("", "  \n\t ", "\x00\x01", "\u200b\u202e"):
        with pytest.raises(UsageError, match="the query is empty") as caught:
            check_query(text)
        assert "docrunch search" in str(caught.value.hint)


def test_the_size_is_counted_in_bytes() -> None:
    check_query("a" * MAX_QUERY_BYTES)
    for text in ("a" * (MAX_QUERY_BYTES + 1), "€" * (MAX_QUERY_BYTES // 3 + 1), "a" * 1_000_000):
        with pytest.raises(LimitExceeded, match="more than 8 KB"):
            check_query(text)


def test_a_long_query_has_a_bounded_meaning() -> None:
    query = understand(" ".join(f"name_{number}.part{number}" for number in range(600))[:MAX_QUERY_BYTES])
    assert len(query.terms) == MAX_TERMS
    assert len(query.names) == MAX_NAMES


HOSTILE = ["a.", "-", "a/", "(", "'", '"', "`", "a.b::c#", "\x00", "at ", "_", "aA", "1.", "😀", " in ", "a", "\\", "é",
           ":*&|!<->", "'; DROP TABLE symbols; --", "\ud800", "\u202e", "%s", "日本語", "/**/", "${x}", "[[",
           "{0}"]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_data_and_takes_no_time(piece: str) -> None:
    text = (piece * MAX_QUERY_BYTES)[:MAX_QUERY_BYTES]
    began = time.perf_counter()
    understand(text)
    assert time.perf_counter() - began < 1.0


def test_random_mixtures_are_data() -> None:
    draw = random.Random(7)
    for _ in range(300):
        understand("".join(draw.choice([*HOSTILE, " ", "\n", "cart"]) for _ in range(draw.randrange(200))))


def test_the_type_in_front_of_a_message_is_hardly_what_is_looked_for() -> None:
    found = understand("ValueError: cannot read the static_folder of an application")
    assert {name.parts: name.weight for name in found.names} == {("ValueError",): 0.2, ("static_folder",): 0.8}
    assert found.terms["valueerror"] == 1.0
    assert understand("ValueError").names[0].weight > 0.5
