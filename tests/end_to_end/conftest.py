"""Everything here runs against one real system per test run: see `tests.support.stack`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.integration)
            item.add_marker(pytest.mark.temporal)


@pytest.fixture(autouse=True)
def _say_what_workers_said(stack: Stack) -> Iterator[None]:
    """The complaints of the workers are part of what a failed test shows."""
    before = len(stack.logs())
    yield
    said = stack.logs()[before:].splitlines()
    print("\n".join(line[:3_000] for line in said if '"level": "info"' not in line))
