"""A mistake in the schedules is told at start, by name."""

from pathlib import Path

import pytest

from docrunch.errors import InvalidConfig
from workers.registry import WORKFLOWS
from workers.schedules import declared


def test_declared_workflows_exist() -> None:
    assert {row.workflow for row in declared()} <= {kind.__name__ for kind in WORKFLOWS}


@pytest.mark.parametrize(
    "text",
    [
        "- {id: a, workflow: W, summary: s}",
        "- {id: a, workflow: W, summary: s, every: 5m, cron: '0 0 * * *'}",
        "- {id: a, workflow: W, summary: s, every: soon}",
        "- {id: a, workflow: W, summary: s, every: 5m}\n- {id: a, workflow: W, summary: s, every: 5m}",
        "- {id: a, workflow: W, summary: s, every: 5m, colour: red}",
        "- [",
    ],
)
def test_mistakes_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "schedules.yaml"
    path.write_text(text)
    with pytest.raises(InvalidConfig, match=r"schedules\.yaml"):
        declared(path)
