"""Decoded facts are bounded by what they take: a few thousand dense files must not fill a worker."""

import tracemalloc
from pathlib import Path

from activities.packed_facts import memory_of
from docrunch.options import Limits
from docrunch.parsing.codec import decode_facts, encode_facts
from docrunch.parsing.extract import extract

SOURCES = sorted((Path(__file__).parents[3] / "docrunch").rglob("*.py"))[:120]


def test_the_estimate_is_near_what_facts_take() -> None:
    stored = [encode_facts(extract(path.read_bytes(), "python", Limits())) for path in SOURCES]
    tracemalloc.start()
    try:
        kept = [decode_facts(data) for data in stored]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.6 < sum(map(memory_of, kept)) / taken < 1.7
