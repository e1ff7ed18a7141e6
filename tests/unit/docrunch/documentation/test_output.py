"""The documentation tree holds what the last scan wrote, and nothing that a person has written is replaced."""

import shutil
from pathlib import Path

import pytest

from docrunch.documentation.model import Page
from docrunch.documentation.output import MARKER, write_pages
from docrunch.errors import Conflict, Failed


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


def test_a_page_that_did_not_change_is_not_written_again(tmp_path: Path) -> None:
    root = tmp_path / "docs"
    write_pages([Page("index.md", "one\n"), Page("modules/a.md", "a\n")], root)
    inodes = {path: path.stat().st_ino for path in root.rglob("*") if path.is_file()}
    write_pages([Page("index.md", "two\n"), Page("modules/a.md", "a\n")], root)
    assert (root / "index.md").read_text() == "two\n"
    assert (root / "modules/a.md").stat().st_ino == inodes[root / "modules/a.md"]
    assert (root / "index.md").stat().st_ino != inodes[root / "index.md"]


def test_what_somebody_changed_is_restored(tmp_path: Path) -> None:
    root = tmp_path / "docs"
    pages = [Page("index.md", "one\n"), Page("modules/a.md", "a\n"), Page("modules/b.md", "b\n"), Page("x/y.md", "y\n")]
    write_pages(pages, root)
    (root / "index.md").write_text("two\n")  # of the same length
    (root / "modules/a.md").unlink()
    (root / "modules/a.md").mkdir()
    (root / "modules/b.md").unlink()
    (root / "modules/b.md").symlink_to(root / "index.md")
    shutil.rmtree(root / "x")
    (root / "x").write_text("a file where a directory was")
    (root / "own").mkdir()
    (root / "own/notes.md").write_text("not a page")
    write_pages(pages, root)
    assert {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*.md")} == {
        page.path: page.text for page in pages
    }
    assert not (root / "modules/b.md").is_symlink()
    assert not (root / "own").exists()


def test_a_link_to_elsewhere_is_replaced_and_its_target_left_alone(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "docs", tmp_path / "elsewhere"
    write_pages([Page("modules/a.md", "a\n")], root)
    elsewhere.mkdir()
    (elsewhere / "a.md").write_text("precious")
    shutil.rmtree(root / "modules")
    (root / "modules").symlink_to(elsewhere)
    write_pages([Page("modules/a.md", "a\n")], root)
    assert (elsewhere / "a.md").read_text() == "precious"
    assert (root / "modules/a.md").read_text() == "a\n"
    assert not (root / "modules").is_symlink()


def test_a_page_that_cannot_be_written_leaves_the_tree_as_it_was(tmp_path: Path) -> None:
    root = tmp_path / "docs"
    write_pages([Page("index.md", "one\n")], root)
    too_long = Page("n" * 300 + ".md", "no file system takes this name\n")
    with pytest.raises(Failed, match="cannot write"):
        write_pages([Page("index.md", "two\n"), too_long], root)
    with pytest.raises(Failed, match="cannot write"):
        write_pages([too_long], tmp_path / "new")
    assert (root / "index.md").read_text() == "one\n"
    assert [path.name for path in tmp_path.iterdir()] == ["docs"]
