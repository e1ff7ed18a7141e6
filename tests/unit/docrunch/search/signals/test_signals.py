"""Each signal says what it should, between 0 and 1, and nothing where it knows nothing."""

import numpy as np
import pytest

from docrunch.search.offline import view_of_directory
from docrunch.search.origin import is_foreign
from docrunch.search.query import understand
from docrunch.search.signals.dense import dense
from docrunch.search.signals.exact import paths, symbols, traces
from docrunch.search.signals.graph import proximity
from docrunch.search.signals.keyword import keyword
from docrunch.search.signals.literal import literal
from docrunch.search.signals.priors import priors
from docrunch.search.signals.recency import recency
from docrunch.search.view import Churned, Scores, SearchView
from tests.support.search_shop import SHOP, WordEncoder

ENCODER = WordEncoder()


def best(view: SearchView, scores: Scores) -> str:
    document = view.documents[int(scores.argmax())]
    return f"{document.path} {document.name}"


def score(view: SearchView, scores: Scores, path: str, name: str) -> float:
    hits = [place for place, each in enumerate(view.documents) if (each.path, each.name) == (path, name)]
    return float(max(scores[place] for place in hits))


@pytest.mark.parametrize("query", ["zzz qqq", "", "😀"])
def test_nothing_is_found_of_nothing(shop: SearchView, query: str) -> None:
    asked = understand(query)
    for signal in (keyword, symbols, paths, traces):
        assert not signal(asked, shop).any()


def test_keyword_gives_bodies_to_their_symbols(shop: SearchView) -> None:
    found = keyword(understand("retry"), shop)
    assert best(shop, found) == "shop/store.py save"
    assert found.max() == 1.0
    assert found.min() >= 0
    assert not found[~shop.is_hit].any()


def test_a_qualified_name_fits_only_its_own(shop: SearchView) -> None:
    found = symbols(understand("`OrderStore.load`"), shop)
    assert best(shop, found) == "shop/store.py load"
    assert score(shop, symbols(understand("`Other.load`"), shop), "shop/store.py", "load") < found.max()


def test_a_name_in_other_case_fits_less(shop: SearchView) -> None:
    exact, other = (symbols(understand(name), shop).max() for name in ("`OrderStore`", "`orderstore`"))
    assert 0 < other < exact


def test_a_place_is_its_symbol_and_a_little_its_file(shop: SearchView) -> None:
    found = paths(understand("see shop/cart.py:18"), shop)
    assert best(shop, found) == "shop/cart.py remove_item"
    assert 0 < score(shop, found, "shop/cart.py", "cart.py") < found.max()


def test_an_absolute_path_is_found_by_its_end(shop: SearchView) -> None:
    assert best(shop, paths(understand("/home/me/site-packages/shop/cart.py"), shop)) == "shop/cart.py cart.py"


def test_the_innermost_frame_of_this_repository_counts_most(shop: SearchView) -> None:
    text = """Traceback
  File "/srv/other/main.py", line 3, in main
  File "/srv/shop/cart.py", line 26, in total
  File "/srv/shop/prices.py", line 8, in discounted
  File "/usr/lib/python3/decimal.py", line 1, in quantize
"""
    found = traces(understand(text), shop)
    assert best(shop, found) == "shop/prices.py discounted"
    assert score(shop, found, "shop/cart.py", "total") == pytest.approx(0.75)


def test_a_frame_is_found_by_its_name_where_lines_have_moved(shop: SearchView) -> None:
    found = traces(understand('  File "/srv/shop/cart.py", line 900, in remove_item'), shop)
    assert best(shop, found) == "shop/cart.py remove_item"


def test_dense_is_one_for_the_nearest_text(shop: SearchView) -> None:
    vector = ENCODER.encode_one("Payment by invoice: Customers who order often may pay by invoice")
    found, closest, cosines = dense(vector, shop)
    assert best(shop, found) == "docs/guide.md Payment by invoice"
    assert found.max() == pytest.approx(1.0)
    assert closest > 0.5
    assert cosines.max() == closest
    assert cosines[int(found.argmax())] == closest


def test_without_vectors_dense_says_nothing(plain_shop: SearchView) -> None:
    assert not dense(ENCODER.encode_one("cart"), plain_shop).scores.any()


def test_graph_reaches_callers_and_members(shop: SearchView) -> None:
    start = symbols(understand("`discounted`"), shop)
    found = proximity(start, shop)
    assert score(shop, found, "shop/cart.py", "total") > 0
    assert score(shop, found, "shop/cart.py", "total") > score(shop, found, "shop/store.py", "load")
    assert not proximity(shop.nothing(), shop).any()


def test_quoted_text_leads_to_who_says_it(shop: SearchView) -> None:
    everywhere = np.arange(shop.size, dtype=np.int32)
    found = literal(understand('fails with "no such item in the cart"'), shop, everywhere)
    assert best(shop, found) == "shop/cart.py remove_item"
    assert 0 < score(shop, found, "shop/cart.py", "cart.py") < 1
    assert not literal(understand('fails with "no such thing anywhere"'), shop, everywhere).any()
    assert not literal(understand('the "items" of it'), shop, everywhere).any(), "a word is found as a word"


def test_a_pasted_message_without_quotes_leads_to_who_says_it(shop: SearchView) -> None:
    everywhere = np.arange(shop.size, dtype=np.int32)
    found = literal(understand("KeyError: no such item in the cart"), shop, everywhere)
    assert best(shop, found) == "shop/cart.py remove_item"
    assert 0.5 < found.max() <= 1


def test_tests_and_generated_files_count_less(shop: SearchView) -> None:
    factors = priors(understand("add an item"), shop)
    assert score(shop, factors, "tests/test_cart.py", "test_remove_item") < 0.7
    assert score(shop, factors, "external/cart_copy.py", "Cart") < 0.5
    assert score(shop, factors, "shop/cart.py", "Cart") > 1
    about = priors(understand("tests of the cart"), shop)
    assert score(shop, about, "tests/test_cart.py", "test_remove_item") >= 1


def test_recency_prefers_what_changed_often_and_of_late(shop: SearchView) -> None:
    changed = SearchView(
        shop.index,
        None,
        shop.text,
        churn={"shop/cart.py": Churned(50, 0), "shop/prices.py": Churned(50, 300), "gone.py": Churned(9, 0)},
    )  # fmt: skip
    found = recency(changed)
    assert score(changed, found, "shop/cart.py", "total") == pytest.approx(1.0)
    assert 0 < score(changed, found, "shop/prices.py", "RATE") < 0.2
    assert score(changed, found, "shop/store.py", "save") == 0
    assert not recency(shop).any()


def test_an_empty_repository_is_searched(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("empty")
    (folder / "only.txt").write_text("\n")
    view = view_of_directory(folder, ENCODER)
    assert not keyword(understand("cart"), view).any()
    assert np.isfinite(priors(understand("cart"), view)).all()


@pytest.mark.parametrize(
    ("path", "foreign"),
    [
        ("vendor/x/y.go", True),
        ("src/api_pb2.py", True),
        ("static/app.min.js", True),
        ("node_modules/a/index.js", True),
        ("src/generator.py", False),
        ("shop/cart.py", False),
        ("docs/distribution.md", False),
    ],
)
def test_foreign_files(path: str, foreign: bool) -> None:
    assert is_foreign(path) is foreign
    assert path not in SHOP or not foreign
