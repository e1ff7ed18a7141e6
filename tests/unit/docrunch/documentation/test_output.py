"""The documentation tree replaces itself as a whole and never what a person has written."""

from pathlib import Path

import pytest

from docrunch.documentation.model import Page
from docrunch.documentation.output import MARKER, write_pages
from docrunch.errors import Conflict


def test_pages_that_are_gone_leave_no_file(tmp_path: Path) -> None:
    root = tmp_path / "docs"
    write_pages([Page("index.md", "one\n"), Page("modules/a.md", "a\n")], root)
    write_pages([Page("index.md", "two\n")], root)
    assert sorted(path.name for path in root.rglob("*")) == [MARKER, "index.md"]
    assert (root / "index.md").read_text() == "two\n"
    assert [path.name for path in tmp_path.iterdir()] == ["docs"]


def test_a_directory_of_a_person_is_left_alone(tmp_path: Path) -> None:
    root = tmp_path / "docs"
    root.mkdir()
    (root / "mine.md").write_text("precious")
    with pytest.raises(Conflict, match="did not write"):
        write_pages([Page("index.md", "x\n")], root)
    assert (root / "mine.md").read_text() == "precious"
    assert [path.name for path in root.iterdir()] == ["mine.md"]


def test_a_symlink_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "docs").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Conflict, match="not a directory"):
        write_pages([Page("index.md", "x\n")], tmp_path / "docs")


def test_an_empty_directory_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    write_pages([Page("index.md", "x\n")], tmp_path / "docs")
    assert (tmp_path / "docs" / "index.md").read_text() == "x\n"
