"""A graph gives the same arrays in whatever form it comes; kept views are those that were made."""

import io
from pathlib import Path

import numpy as np
import pytest

from docrunch.errors import InvalidArchive
from docrunch.graph.export import write_jsonl
from docrunch.graph.metrics import compute_metrics
from docrunch.graph.queries.index import build
from docrunch.graph.queries.stored import open_view
from docrunch.graph.queries.writing import write_view
from docrunch.graph.reading import read_jsonl
from docrunch.graph.shards import join, split


def stored(view) -> bytes:
    out = io.BytesIO()
    write_view(view, out)
    return out.getvalue()


def test_linked_exported_and_stored_graphs_are_one(shop):
    graph = shop.graph
    first = stored(build(graph, None))
    out = io.BytesIO()
    write_jsonl(graph, compute_metrics(graph), out)
    out.seek(0)
    assert stored(build(*read_jsonl(out))) == first
    parts = split(graph)
    assert stored(build(join(parts.index, parts.shards.__getitem__), None)) == first


def test_a_mapped_view_is_the_one_that_was_written(shop, tmp_path: Path):
    view = build(shop.graph, None)
    path = tmp_path / "a.view"
    path.write_bytes(stored(view))
    again = open_view(path)
    assert (again.repository, again.commit, again.size) == (view.repository, view.commit, view.size)
    assert set(again.arrays) == set(view.arrays)
    assert all(np.array_equal(again.arrays[name], array) for name, array in view.arrays.items())
    assert [list(again.texts[name]) for name in view.texts] == [list(each) for each in view.texts.values()]
    assert [again.edge(number) for number in range(len(again.source))] == list(shop.graph.edges)


@pytest.mark.parametrize("damage", [b"", b"\0" * 100, b"\xff" * 8, b"\x10\0\0\0\0\0\0\0{}"])
def test_a_damaged_view_is_none(tmp_path: Path, damage: bytes):
    path = tmp_path / "a.view"
    path.write_bytes(damage)
    with pytest.raises(InvalidArchive):
        open_view(path)


def test_a_view_that_was_cut_is_none(shop, tmp_path: Path):
    whole = stored(build(shop.graph, None))
    for size in (10, len(whole) // 3, len(whole) - 1):
        path = tmp_path / f"{size}.view"
        path.write_bytes(whole[:size])
        with pytest.raises(InvalidArchive):
            open_view(path)


def test_names_with_nothing_in_common_but_bytes(world):
    files = {'odd "name" \u202e.py': "def f(): ...\n", "\u00e9.py": "def f(): ...\n", "e\u0301.py": "def f(): ...\n"}
    view = build(world(files).graph, None)
    assert len({view.path(node) for node in range(view.size)} - {""}) == 3
    assert all(len(view.in_path(path)) == 2 for path in files)


def test_an_empty_graph(world):
    view = build(world({}).graph, None)
    assert view.size == 1
