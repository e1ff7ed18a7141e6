"""The files that change most, and of those the complicated ones."""

from datetime import date

from docrunch.graph.queries.hotspots import hotspots
from docrunch.graph.queries.index import build
from docrunch.source.churn import FileChurn

FILES = {
    "plain.py": "def f(): ...\n",
    "hard.py": "def f(a):\n    if a:\n        if a: ...\n",
    "calm.py": "def f(): ...\n",
    "test_m.py": "def test_a(): ...\n",
}
DAY = date(2024, 6, 1)
CHURN = {
    "plain.py": FileChurn(2, 30, 10, 1, DAY),
    "hard.py": FileChurn(5, 10, 10, 3, DAY),
    "test_m.py": FileChurn(9, 900, 0, 1, DAY),
    "deleted.py": FileChurn(9, 900, 0, 1, DAY),
}


def test_each_way_to_rank(world):
    view = build(world(FILES).graph, None)
    order = {
        by: [row.symbol.path for row in hotspots(view, CHURN, by=by)]
        for by in ("churn", "commits", "authors", "hotspot")
    }
    assert order == {
        "churn": ["plain.py", "hard.py"],
        "commits": ["hard.py", "plain.py"],
        "authors": ["hard.py", "plain.py"],
        "hotspot": ["hard.py", "plain.py"],
    }


def test_a_row_shows_what_it_is_made_of(world):
    view = build(world(FILES).graph, None)
    (row,) = hotspots(view, CHURN, by="hotspot", limit=1)
    assert (row.churn, row.commits, row.authors, row.last, row.complexity, row.hotspot) == (
        20,
        5,
        3,
        "2024-06-01",
        3,
        60,
    )


def test_tests_are_ranked_when_asked_for(world):
    view = build(world(FILES).graph, None)
    assert hotspots(view, CHURN, tests=True, limit=1)[0].symbol.path == "test_m.py"
