"""One writer at a time, and nothing left behind by those that were killed."""

import threading
from pathlib import Path

import pytest

from docrunch.documentation.tree.directory import STAGE, open_directory, read_directory
from docrunch.documentation.tree.files import ABSENT, Changed
from docrunch.documentation.tree.names import PageRefused
from docrunch.documentation.tree.writer import TreeWriter
from docrunch.errors import Conflict


def test_two_writers_follow_one_another(tmp_path: Path) -> None:
    root, failed = tmp_path / "docs", []

    def write(number: int) -> None:
        with open_directory(root) as files:
            failed.extend(TreeWriter(files).update({f"p{number}.md": f"{number}\n", "same.md": "s\n"}).failed)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    assert sorted(path.name for path in root.glob("*.md")) == [*(f"p{number}.md" for number in range(8)), "same.md"]


def test_who_cannot_wait_is_told(tmp_path: Path) -> None:
    root = tmp_path / "docs"
    with (
        open_directory(root),
        pytest.raises(Conflict, match="another process"),
        open_directory(root, wait=0),
    ):
        pass


def test_what_a_killed_writer_staged_is_removed(tmp_path: Path) -> None:
    (tmp_path / "docs" / STAGE).mkdir(parents=True)
    (tmp_path / "docs" / STAGE / "0").write_text("half a pa")
    with open_directory(tmp_path / "docs") as files:
        assert files.is_empty()
    assert list((tmp_path / "docs").iterdir()) == []


def test_an_edit_between_the_look_and_the_write_is_not_lost(tmp_path: Path) -> None:
    with open_directory(tmp_path / "docs") as files:
        files.place(files.stage(b"one"), "a.md", ABSENT)
        seen = files.read("a.md")
        (tmp_path / "docs/a.md").write_text("mine")
        with pytest.raises(Changed):
            files.place(files.stage(b"two"), "a.md", seen)
        with pytest.raises(Changed):
            files.remove("a.md", seen)
        with pytest.raises(Changed):
            files.place(files.stage(b"two"), "a.md", ABSENT)
    assert (tmp_path / "docs/a.md").read_text() == "mine"


def test_no_path_leaves_the_root(tmp_path: Path) -> None:
    (tmp_path / "out.md").write_text("precious")
    with open_directory(tmp_path / "docs") as files:
        for path in ("../out.md", "a/../../out.md", "./x/out.md"):
            with pytest.raises(PageRefused):
                files.place(files.stage(b"x"), path, ABSENT)
            assert not files.exists(path)
    assert (tmp_path / "out.md").read_text() == "precious"


def test_a_tree_that_is_not_there_is_read_as_none(tmp_path: Path) -> None:
    with read_directory(tmp_path / "docs") as files:
        assert files is None
