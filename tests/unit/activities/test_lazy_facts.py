"""Facts read when they are asked for: at once where they are expected, never twice, and never made up."""

import asyncio
from collections.abc import Sequence

import pytest

from activities.lazy_facts import FactsGone, LazyFacts
from docrunch.parsing.model import FileFacts

KEYS = {"a.py": "1", "b.py": "2", "gone.py": "3"}


async def test_what_is_expected_is_read_at_once_and_what_is_gone_is_said() -> None:
    asked: list[list[str]] = []

    async def find(paths: Sequence[str]) -> dict[str, FileFacts]:
        asked.append(list(paths))
        return {path: FileFacts("python", 1) for path in paths if path != "gone.py"}

    facts = LazyFacts(KEYS, find, asyncio.get_running_loop())

    def step() -> None:
        assert "gone.py" in facts  # nothing is read to say so
        facts.expect(["a.py", "b.py", "unknown.py"])
        assert facts["a.py"] is facts["a.py"]
        assert "b.py" in facts
        assert facts.get("unknown.py") is None
        with pytest.raises(FactsGone):
            facts["gone.py"]

    await asyncio.to_thread(step)
    assert asked == [["a.py", "b.py"], ["gone.py"]]
    assert list(facts) == list(KEYS)
