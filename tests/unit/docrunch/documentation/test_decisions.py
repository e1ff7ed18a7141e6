"""Decision records carry the why of a repository; their status decides whether it still holds."""

import pytest

from docrunch.documentation.decisions import decision_paths, read_decision, safe_markdown
from docrunch.source.model import FileEntry, Skip


def test_records_are_found_where_people_keep_them() -> None:
    yes = [
        "adr/0007-x.md",
        "doc/adr/0001-record.md",
        "doc/architecture/decisions/0002-y.md",
        "docs/adr/adr-003-z.md",
        "docs/decisions/12-q.md",
        "docs/notes/0004-numbered.md",
    ]
    no = ["docs/adr/README.md", "docs/adr/0000-template.md", "docs/guide.md", "src/0001-x.md", "docs/adr/0001-x.py"]
    entries = [FileEntry(path, 1) for path in yes + no] + [FileEntry("adr/0008-big.md", 1, skip=Skip.TOO_LARGE)]
    assert decision_paths(tuple(entries)) == sorted(yes)


@pytest.mark.parametrize(
    ("text", "status", "line"),
    [
        ("# T\n\n## Status\n\nAccepted\n", "Accepted", 5),
        ("# T\n\nStatus: Superseded by 9\n", "Superseded by 9", 3),
        ("# T\n\n* Status: **proposed**\n", "proposed", 3),
        ("---\nstatus: rejected\n---\n# T\n", "rejected", 2),
        ("# T\n\n- **Status:** accepted\n", "accepted", 3),
        ("# T\n\nNothing said.\n", "", 0),
    ],
)
def test_status_in_all_its_places(text: str, status: str, line: int) -> None:
    found = read_decision("docs/adr/0003-t.md", text.encode())
    assert (found.number, found.title, found.status, found.status_line) == ("3", "T", status, line)


def test_the_number_is_no_part_of_the_title() -> None:
    assert read_decision("adr/0001-x.md", b"# ADR-1: Use money\n").title == "Use money"
    assert read_decision("adr/0001-x.md", b"# 1. Use money\n").title == "Use money"


def test_text_keeps_structure_and_loses_everything_active() -> None:
    made = safe_markdown(
        b"# T\n\n## Why\n\nSee [this](javascript:x) <img src=x>\n\n- one\n  - two\n\n```mermaid\ngraph TD\n```\n"
    )
    assert made == "### Why\n\nSee this\n\n- one\n  - two\n\n```text\ngraph TD\n```"
