"""Signals become one ranking: each can be taken out, and nobody fills the page."""

import numpy as np

from docrunch.search.fusion import NESTED, OF_MODE, SAME_FILE, Fused, by_file, fuse, spread_out
from docrunch.search.model import DocumentKind, SearchMode
from docrunch.search.query import understand
from docrunch.search.view import Scores, SearchView


def number(view: SearchView, name: str, path: str = "") -> int:
    return next(
        place
        for place, each in enumerate(view.documents)
        if each.name == name and each.kind is DocumentKind.SYMBOL and each.path.startswith(path)
    )


def scores(view: SearchView, **of: float) -> Scores:
    made = view.nothing()
    for name, score in of.items():
        made[number(view, name, "shop/")] = score
    return made


def everything(view: SearchView) -> np.ndarray:
    return np.ones(view.size, bool)


def test_what_is_near_counts_less_where_the_query_says_the_place(shop: SearchView) -> None:
    """Else a neighbour of the place in a stack trace takes the place of what raised it."""

    def walked(text: str, mode: SearchMode = SearchMode.HYBRID) -> float:
        parts = fuse(understand(text), shop, OF_MODE[mode], mode, None).parts
        return float(parts["graph"].max()) if "graph" in parts else 0.0

    frame = 'Traceback\n  File "/x/shop/cart.py", line 18, in remove_item\n    raise KeyError'
    assert walked("remove item cart") == np.float32(OF_MODE[SearchMode.HYBRID].graph)
    assert walked(frame) == walked("shop/cart.py:12") == 0.0
    assert walked(frame, SearchMode.GRAPH) == OF_MODE[SearchMode.GRAPH].graph


def test_further_hits_of_a_file_count_less(shop: SearchView) -> None:
    given = scores(shop, add_item=1.0, remove_item=0.99, total=0.98, discounted=0.985)
    ranked = spread_out(given, shop, 10, everything(shop))
    names = [shop.documents[place].name for place, _ in ranked]
    assert names == ["add_item", "discounted", "remove_item", "total"]
    assert [round(score, 4) for _, score in ranked] == [
        1.0,
        0.985,
        round(0.99 * SAME_FILE, 4),
        round(0.98 * SAME_FILE**2, 4),
    ]


def test_what_holds_an_earlier_hit_counts_still_less(shop: SearchView) -> None:
    ranked = spread_out(scores(shop, add_item=1.0, Cart=0.9), shop, 10, everything(shop))
    assert round(ranked[1][1], 4) == round(0.9 * SAME_FILE * NESTED, 4)


def test_equal_scores_are_ordered_by_place(shop: SearchView) -> None:
    given = scores(shop, save=0.5, parse_price=0.5, Cart=0.5)
    places = [
        (shop.documents[place].path, shop.documents[place].line)
        for place, _ in spread_out(given, shop, 10, everything(shop))
    ]
    assert places == sorted(places)


def test_a_file_is_as_good_as_its_best_part_and_a_little_better(shop: SearchView) -> None:
    one = by_file(Fused(scores(shop, add_item=1.0), {}), shop).scores.max()
    more = by_file(Fused(scores(shop, add_item=1.0, remove_item=1.0, total=1.0), {}), shop).scores.max()
    assert one == 1.0
    assert 1.0 < more <= 1.5


def test_names_count_in_the_modes_that_are_left_to_words(shop: SearchView) -> None:
    query = understand("what does `Cart.add_item` do with an item")
    for mode in (SearchMode.KEYWORD, SearchMode.GRAPH, SearchMode.HYBRID):
        fused = fuse(query, shop, OF_MODE[mode], mode, None)
        assert ("symbol" in fused.parts) == (mode is not SearchMode.HYBRID)
        if mode is not SearchMode.GRAPH:
            assert int(fused.scores.argmax()) == number(shop, "add_item", "shop/")
