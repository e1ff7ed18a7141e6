"""Facts of a large scan: the same values as ever, of which a worker holds few at a time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from activities.packed_facts import PackedFacts, Stored, memory_of
from docrunch.errors import InvalidArchive
from docrunch.options import Limits
from docrunch.parsing.codec import encode_facts
from docrunch.parsing.extract import extract
from docrunch.parsing.model import FileFacts

SOURCES = sorted((Path(__file__).parents[3] / "docrunch" / "graph").glob("*.py"))


@pytest.fixture(scope="module")
def facts() -> dict[str, FileFacts]:
    return {path.name: extract(path.read_bytes(), "python", Limits()) for path in reversed(SOURCES)}


def packed(facts: dict[str, FileFacts], most: int) -> PackedFacts:
    return PackedFacts({path: Stored(None, encode_facts(each)) for path, each in facts.items()}, most)


def test_they_are_the_facts_in_their_order(facts: dict[str, FileFacts]) -> None:
    found = packed(facts, 0)
    assert list(found.items()) == list(facts.items())
    assert len(found) == len(facts)
    assert "graph.py" not in found
    assert found.get("graph.py") is None


def test_what_the_process_holds_anyway_is_not_decoded(facts: dict[str, FileFacts]) -> None:
    path, held = next(iter(facts.items()))
    assert PackedFacts({path: Stored(held)})[path] is held


def test_values_are_kept_within_their_bytes_and_those_used_last_stay(facts: dict[str, FileFacts]) -> None:
    first, second, *others = facts
    found = packed(facts, memory_of(facts[first]) + max(map(memory_of, facts.values())))
    kept = found[first]
    for path in (second, *others):
        gone = found[path]
        assert found[first] is kept
    assert found[second] is not gone
    assert len(found._values) < len(facts) / 2


def test_threads_see_equal_values_while_others_push_them_out(facts: dict[str, FileFacts]) -> None:
    found = packed(facts, 2 * max(map(memory_of, facts.values())))
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: dict(found.items()), range(8)))
    assert all(each == facts for each in seen)


def test_damaged_facts_are_said_to_be_so(facts: dict[str, FileFacts]) -> None:
    with pytest.raises(InvalidArchive):
        PackedFacts({"a.py": Stored(None, b"damaged")})["a.py"]
