"""The tables that people read are those that the code and the saga matrix use."""

from pathlib import Path

from workers.registry import QUERY_WORKFLOWS, WORKFLOWS, port_methods, spec
from workflows.contracts.queues import Role
from workflows.tables import TABLES, markdown

ROOT = Path(__file__).parents[3]


def test_the_page_is_current() -> None:
    found = (ROOT / "docs" / "workflows.md").read_text()
    assert found == markdown(), "run: python -m workflows.tables > docs/workflows.md"


def test_every_workflow_has_a_table() -> None:
    assert {name for name, _, _ in TABLES} == {kind.__name__ for kind in (*WORKFLOWS, *QUERY_WORKFLOWS)}


def test_every_step_and_compensation_exists() -> None:
    known = {name for role in Role for port in spec(role).ports for name in port_methods(port)}
    known |= {kind.__name__ for kind in (*WORKFLOWS, *QUERY_WORKFLOWS)}
    for _, _, rows in TABLES:
        for row in rows:
            assert row.step in known
            assert row.compensation is None or row.compensation in known
