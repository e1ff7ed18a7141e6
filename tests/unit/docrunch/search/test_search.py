"""A search finds what a maintainer would point at, says why, and gives the same answer every time."""

import itertools
import time
from contextlib import suppress
from copy import copy

import msgspec
import numpy as np
import pytest

from docrunch.errors import UsageError
from docrunch.search.fusion import OF_MODE, Weights
from docrunch.search.model import Hit, SearchMode
from docrunch.search.notes import did_you_mean
from docrunch.search.query import check_query
from docrunch.search.search import DEFAULT, WEAK, WEAK_OF, SearchOptions, check_options, search
from docrunch.search.view import SearchView
from docrunch.search.vocabulary import Vocabulary
from tests.support.search_queries import FUZZ
from tests.support.search_shop import WordEncoder

ENCODER = WordEncoder()


def found(view: SearchView, query: str, **options: object) -> tuple[Hit, ...]:
    asked = msgspec.convert({k: v for k, v in options.items() if k != "weights"}, SearchOptions)
    if "weights" in options:
        asked = msgspec.structs.replace(asked, weights=options["weights"])
    return search(view, query, asked, ENCODER.encode_one(query)).hits


def names(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.name for hit in hits]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("put an item into the cart", "add_item"),
        ("Cart.add_item", "add_item"),
        ("OrderStore", "OrderStore"),
        ("parsePrice", "parse_price"),
        ("shop/prices.py:11", "parse_price"),
        ("rebate for loyal customers", "discounted"),
        ("how do customers pay by invoice", "Payment by invoice"),
        ("fetch order by http", "fetchOrder"),
        ('KeyError: "no such item in the cart"', "remove_item"),
        (
            'Traceback\n  File "/x/site-packages/shop/cart.py", line 18, in remove_item\n    raise KeyError',
            "remove_item",
        ),
    ],
)
def test_the_first_hit(shop: SearchView, query: str, name: str) -> None:
    assert names(found(shop, query))[0] == name


def test_a_hit_says_where_it_is_and_why(shop: SearchView) -> None:
    hit = found(shop, "Cart.add_item")[0]
    assert (hit.rank, hit.kind, hit.node_kind, hit.path, hit.line) == (1, "symbol", "method", "shop/cart.py", 12)
    assert hit.id.startswith("n_")
    assert set(hit.signals) >= {"keyword", "semantic"}
    assert sum(hit.signals.values()) == pytest.approx(1, abs=0.01)
    assert hit.snippet is not None
    assert "def add_item" in hit.snippet.text
    assert hit.commit
    assert hit.repository


def test_a_window_speaks_for_its_symbol(shop: SearchView) -> None:
    """`retry` stands in the body of a method alone."""
    hits = found(shop, "retry")
    assert names(hits)[0] == "save"
    assert {hit.kind for hit in hits} <= {"symbol", "section", "file"}


def test_tests_stand_behind_what_they_test_unless_tests_are_meant(shop: SearchView) -> None:
    plain = found(shop, "remove an item from the cart")
    assert plain[0].path == "shop/cart.py"
    asked = found(shop, "tests of add item to the cart")
    assert asked[0].path == "tests/test_cart.py"


def test_generated_files_stand_behind(shop: SearchView) -> None:
    paths = [hit.path for hit in found(shop, "add_item") if hit.name == "add_item"]
    assert paths == ["shop/cart.py", "external/cart_copy.py"]


def test_files_can_be_ranked(shop: SearchView) -> None:
    for hits in (found(shop, "items of the cart", group="file"), found(shop, "items of the cart", kinds=["file"])):
        assert hits[0].path == "shop/cart.py"
        assert {hit.kind for hit in hits} == {"file"}
        assert len({hit.path for hit in hits}) == len(hits)


def test_a_class_and_its_methods_do_not_fill_the_page(shop: SearchView) -> None:
    hits = found(shop, "cart item", limit=8)
    assert sum(hit.path == "shop/cart.py" for hit in hits[:6]) < 6


def test_kinds_and_paths_narrow(shop: SearchView) -> None:
    assert {hit.node_kind for hit in found(shop, "cart", kinds=["class"])} == {"class"}
    assert {hit.kind for hit in found(shop, "customers", kinds=["section"])} == {"section"}
    for path in ("shop", "shop/", "./shop", "shop/*", "shop/**", "**/shop/*.py"):
        assert {hit.path.split("/")[0] for hit in found(shop, "item", path=path)} == {"shop"}
    assert {hit.path for hit in found(shop, "item", path="*.ts")} <= {"web/client.ts"}
    assert found(shop, "item", path="nowhere") == ()


def test_modes(shop: SearchView) -> None:
    assert set(found(shop, "loyal customers", mode="semantic")[0].signals) == {"semantic"}
    assert "semantic" not in found(shop, "loyal customers", mode="keyword")[0].signals
    near = found(shop, "discounted", mode="graph", kinds=["symbol"])
    assert "total" in names(near)[:4], "what calls it"


@pytest.mark.parametrize("signal", [name for name in Weights.__struct_fields__ if name != "priors"])
def test_each_signal_can_be_switched_off(shop: SearchView, signal: str) -> None:
    query = (
        '"no such item in the cart" of Cart.add_item in shop/cart.py:12\n  File "/x/shop/cart.py", line 12, in add_item'
    )
    weights = msgspec.structs.replace(OF_MODE[SearchMode.HYBRID], **{signal: 0.0})
    hits = found(shop, query, weights=weights)
    assert all(signal not in hit.signals for hit in hits)


def test_without_vectors_the_others_rank(plain_shop: SearchView) -> None:
    hits = search(plain_shop, "Cart.add_item").hits
    assert hits[0].name == "add_item"
    assert all("semantic" not in hit.signals for hit in hits)


def test_equal_inputs_give_equal_results(shop: SearchView) -> None:
    first, second = (found(shop, "item of a cart", limit=50) for _ in range(2))
    assert first == second
    scores = [hit.score for hit in first]
    assert scores == sorted(scores, reverse=True)
    assert [hit.rank for hit in first] == list(range(1, len(first) + 1))


def test_scores_tell_repositories_apart(shop: SearchView) -> None:
    """What has little to do with a repository must not look as good as what has."""
    fits, foreign = search(shop, "rebate of a price").hits[0], search(shop, "kernel scheduler item").hits[0]
    assert fits.score > foreign.score


@pytest.mark.parametrize(
    ("query", "name"),
    [("OrdSt", "OrderStore"), ("ordersto", "OrderStore"), ("pPri", "parse_price"), ("HTTPCl", "HttpClient")],
)
def test_the_beginning_of_a_name_finds_it(plain_shop: SearchView, query: str, name: str) -> None:
    hits = search(plain_shop, query).hits
    assert hits[0].name == name
    assert hits[0].signals["symbol"] > 0.2


def test_what_is_called_so_stands_before_what_begins_so(shop: SearchView) -> None:
    assert names(found(shop, "Cart"))[0] == "Cart"
    assert names(found(shop, "cart"))[0] == "Cart"


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "graph"])
def test_a_misspelt_word_is_searched_as_what_it_may_mean_and_that_is_told(shop: SearchView, mode: str) -> None:
    asked = msgspec.convert({"mode": mode}, SearchOptions)
    answer = search(shop, "remvoe_item", asked, ENCODER.encode_one("remvoe_item"))
    assert answer.hits[0].name == ("Cart" if mode == "graph" else "remove_item")
    assert answer.read_as == "remove_item"
    assert [each.word for each in answer.unknown] == ["remvoe_item"]
    assert answer.hits[0].score < search(shop, "remove_item").hits[0].score


def test_a_word_beside_known_ones_is_told_and_not_changed(shop: SearchView) -> None:
    answer = search(shop, "rebate of custmers")
    assert answer.read_as == ""
    assert [(each.word, each.instead) for each in answer.unknown] == [("custmers", "customers")]
    assert names(answer.hits) == names(search(shop, "rebate").hits)


def test_known_words_cost_no_correction(shop: SearchView, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ordinary queries pay a look-up per word, not a search through the vocabulary."""

    def refused(self: Vocabulary, term: str) -> list[object]:
        raise AssertionError(term)

    monkeypatch.setattr(Vocabulary, "near", refused)
    assert search(shop, "put an item into the cart").unknown == ()
    assert search(shop, "OrdSt").unknown == ()
    with pytest.raises(AssertionError):
        search(shop, "itme")


def test_what_nothing_speaks_for_is_weak(shop: SearchView) -> None:
    """Words of other languages and noise: what is nearest by meaning is shown, and called what it is."""
    view = copy(shop)
    view.encoder_id = f"{WEAK_OF}onnxruntime"
    near = ENCODER.encode_one("rebate on the price")
    assert shop.vectors is not None
    far = near * np.float32(0.9 * WEAK / (shop.vectors @ near).max())
    answer = search(view, "Warenkorb leeren", DEFAULT, far)
    assert answer.by_meaning
    assert answer.hits
    assert all(hit.weak for hit in answer.hits)
    assert not search(view, "Warenkorb leeren", DEFAULT, near).hits[0].weak
    assert not search(shop, "Warenkorb leeren", DEFAULT, far).hits[0].weak, "a model whose scale is not known"
    spelled = search(view, "discounted", DEFAULT, far)
    assert not spelled.by_meaning
    assert not spelled.hits[0].weak
    assert any(hit.weak for hit in search(view, "retry", SearchOptions(limit=100), far).hits)


def test_what_options_hide_is_counted(shop: SearchView) -> None:
    def hidden(**options: object) -> tuple[int, ...]:
        asked = msgspec.convert(options, SearchOptions)
        answer = search(shop, "add_item", asked)
        assert answer.hits == ()
        return answer.hidden

    everything = len(search(shop, "add_item", SearchOptions(limit=100)).hits)
    assert hidden(path="nowhere") == (everything, 0, everything)
    assert hidden(kinds=["enum"]) == (0, everything, everything)
    of_web, of_enum, both = hidden(path="web", kinds=["enum"])
    assert of_web == 0
    assert both == everything
    assert of_enum <= both
    assert search(shop, "add_item").hidden == (0, 0, 0)
    assert search(shop, "add_item", msgspec.convert({"path": "nowhere", "group": "file"}, SearchOptions)).hidden.by_path


def test_snippets_shrink_where_many_are_asked_for(shop: SearchView) -> None:
    for limit, lines in ((20, 12), (50, 6), (100, 3)):
        hits = found(shop, "item cart order price", limit=limit)
        assert max(hit.snippet.text.count("\n") + 1 for hit in hits if hit.snippet) <= lines


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("fuzzy", (), "", "", 10), "no mode"),
        (("hybrid", ("window",), "", "", 10), "no kind"),
        (("hybrid", (), "", "folder", 10), "grouped"),
        (("hybrid", (), "", "", 0), "limit"),
        (("hybrid", (), "", "", 10**9), "limit is 1000000000"),
        (("hybrid", (), "*" * 2000, "", 10), "pattern"),
    ],
)
def test_options_that_do_not_exist_are_refused(options: tuple, said: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(UsageError, match=said) as caught:
        check_options(*options)
    assert caught.value.hint


@pytest.mark.parametrize("query", FUZZ, ids=itertools.count())
def test_any_query_is_answered_or_refused_within_a_second(shop: SearchView, query: str) -> None:
    began = time.perf_counter()
    with suppress(UsageError):  # "" and the like
        check_query(query)
        for mode in SearchMode:
            for path in ("", query[:50]):
                found(shop, query, mode=mode, path=path)
        answer = search(shop, query)
        assert "\n" not in did_you_mean(query, [answer]) or "\n" in query
    assert time.perf_counter() - began < 1.0
