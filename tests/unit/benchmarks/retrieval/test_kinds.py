"""Queries ask for what they are made from, and what they are made from is not there to be found."""

from pathlib import Path

import pytest

from benchmarks.retrieval.kinds import changes, docstrings, documentation, errors, test_names
from benchmarks.retrieval.material import Material
from benchmarks.retrieval.model import Query, View
from benchmarks.retrieval.prose import normal
from benchmarks.retrieval.queries import queries_of
from tests.support.retrieval_shop import shop


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return shop(tmp_path_factory.mktemp("shop"))


def _named(material: Material, queries: list[Query]) -> dict[str, set[str]]:
    nodes = material.whole.nodes
    return {query.text: {nodes[target].name for target in query.targets} for query in queries}  # type: ignore[index]


def test_first_sentences_ask_for_their_functions(material: Material) -> None:
    assert _named(material, list(docstrings.queries(material))) == {
        "Put one more item into the cart of the customer.": {"add_item"},
        "Ask the bank for the money and empty the cart.": {"checkout"},
        "Sum of the prices of all items with tax.": {"total"},
        "Nothing but a sentence about this function.": {"only_words"},
    }


def test_no_docstring_is_left_in_the_tree_that_is_asked(material: Material) -> None:
    everything = "\n".join(normal(text.decode()) for text in material.bare.texts.values())
    cards = "\n".join(normal(unit.text) for unit in material.bare.units)
    for query in docstrings.queries(material):
        assert query.view is View.BARE
        assert normal(query.text) not in everything
        assert normal(query.text) not in cards


def test_a_sentence_that_is_also_elsewhere_is_not_asked(tmp_path: Path) -> None:
    material = shop(tmp_path)
    files = dict(material.files)
    files["src/shop/other.py"] = b"# ask the bank for the money\n# and empty the cart\n"
    material.__dict__["files"] = files
    assert "Ask the bank for the money and empty the cart." not in {q.text for q in docstrings.queries(material)}


def test_blanking_keeps_lines_and_symbols(material: Material) -> None:
    for path, text in material.whole.texts.items():
        assert material.bare.texts[path].count(b"\n") == text.count(b"\n")
    assert set(material.bare.answers) == set(material.whole.answers)


def test_the_name_of_a_test_asks_for_what_it_calls_in_a_tree_without_tests(material: Material) -> None:
    queries = list(test_names.queries(material))
    assert [query.text for query in queries] == ["empty cart is free"]
    assert "checkout" in _named(material, queries)["empty cart is free"]
    assert not any(path.startswith("tests/") for path in material.code.texts)


def test_a_sentence_of_the_readme_is_asked_with_and_without_the_name(material: Material) -> None:
    queries = list(documentation.queries(material))
    assert _named(material, queries) == {
        "Call add_item before the customer reaches the door.": {"add_item"},
        "Call before the customer reaches the door.": {"add_item"},
    }
    assert "README.md" not in material.code.texts


def test_an_error_message_is_asked_with_a_value_in_it(material: Material) -> None:
    (query,) = errors.queries(material)
    assert query.text.startswith("ValueError: cannot add ")
    assert "{" not in query.text
    assert _named(material, [query])[query.text] == {"add_item"}


def test_a_line_of_the_change_log_is_asked_of_the_release_before(material: Material) -> None:
    (query,) = changes.queries(material)
    assert (query.text, query.targets) == ("Fix rounding of totals with many items", ("src/shop/prices.py",))
    assert material.world(query.view, query.release).texts["src/shop/prices.py"].endswith(b'function."""\n')
    assert b"round(" not in material.world(query.view, query.release).texts["src/shop/prices.py"]


def test_a_version_number_is_no_change() -> None:
    before, after = {"a.py": b"version = '1.0'\n", "b.py": b"x\n"}, {"a.py": b"version = '1.1'\n", "b.py": b"y\n"}
    assert changes.changed_sources(before, after) == ["b.py"]


def test_queries_are_the_same_each_time(tmp_path: Path, material: Material) -> None:
    again = queries_of(shop(tmp_path), 2)
    assert again == queries_of(material, 2)
    assert all(sum(each.kind == query.kind for each in again) <= 2 for query in again)
