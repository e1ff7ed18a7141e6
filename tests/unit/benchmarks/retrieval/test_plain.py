"""Plain BM25 stands for symbols in the stated way."""

import itertools
from pathlib import Path

from benchmarks.retrieval.systems.plain import PlainSystem, pieces, with_parts
from tests.support.retrieval_shop import shop


def test_a_file_stands_for_its_symbols_those_with_most_words_of_the_query_first(tmp_path: Path) -> None:
    world = shop(tmp_path).code
    ranker = PlainSystem("files", 0).open(world)
    found = [world.answers[id_].name for id_ in ranker.rank("ask the bank checkout money", "symbol", 10)]
    assert found[0] == "checkout"
    assert set(found) <= {node.name for node in world.answers.values()}
    assert len(found) == len(set(found))


def test_files_are_ranked_once_each(tmp_path: Path) -> None:
    world = shop(tmp_path).whole
    found = PlainSystem("chunks", 5).open(world).rank("cart checkout", "file", 10)
    assert found[0] == "src/shop/cart.py"
    assert len(found) == len(set(found))
    assert "tests/test_cart.py" not in found  # no answer


def test_chunks_cover_a_file_without_gaps(tmp_path: Path) -> None:
    world = shop(tmp_path).code
    of_file = [piece for piece in pieces(world, 7) if piece.path == "src/shop/cart.py"]
    assert [piece.line for piece in of_file][:2] == [1, 8]
    assert all(first.end_line + 1 == second.line for first, second in itertools.pairwise(of_file))


def test_identifiers_can_be_split() -> None:
    assert with_parts("addItem(x)") == ["additem", "add", "item", "x"]
