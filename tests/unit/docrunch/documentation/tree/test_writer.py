"""What people wrote stays; what we wrote follows the pages; nothing is written twice."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from docrunch.documentation.tree.check import TreeState, check_tree
from docrunch.documentation.tree.directory import open_directory, read_directory
from docrunch.documentation.tree.manifest import sha256
from docrunch.documentation.tree.names import MANIFEST
from docrunch.documentation.tree.writer import TreeWriter, Written
from docrunch.errors import Conflict

PAGES = {"index.md": "# I\n[A](modules/a.md) [B](modules/b.md)\n", "modules/a.md": "a1\n", "modules/b.md": "b1\n"}


def update(root: Path, pages: Mapping[str, str], removed: Iterable[str] = (), *, adopt: bool = False) -> Written:
    with open_directory(root) as files:
        return TreeWriter(files, adopt=adopt).update(pages, removed)


def held(root: Path) -> dict[str, str]:
    found = {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file() and p.name != MANIFEST}
    return {path: file.read_text() for path, file in sorted(found.items())}


def state(root: Path, pages: Mapping[str, str] | None = None) -> TreeState:
    expected = {path: sha256(text.encode()) for path, text in pages.items()} if pages is not None else None
    with read_directory(root) as files:
        assert files is not None
        return check_tree(files, expected)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    update(tmp_path / "docs", PAGES)
    return tmp_path / "docs"


def test_pages_are_there_and_only_those(root: Path) -> None:
    assert held(root) == PAGES
    assert sorted(path.name for path in root.iterdir()) == [MANIFEST, "index.md", "modules"]
    assert state(root, PAGES) == TreeState(pages=3)


def test_the_same_again_writes_nothing(root: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    assert update(root, PAGES) == Written()
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_only_what_changed_is_written(root: Path) -> None:
    done = update(root, {**PAGES, "modules/a.md": "a2\n"})
    assert (done.files, done.written) == (1, ["modules/a.md"])


def test_removed_pages_leave_no_empty_folder_and_no_link(root: Path) -> None:
    done = update(root, {}, ["modules/a.md", "modules/b.md", "never.md"])
    assert held(root) == {"index.md": "# I\nA B\n"}
    assert not (root / "modules").exists()
    assert (done.files, done.removed) == (3, ["modules/a.md", "modules/b.md"])
    assert state(root, {"index.md": PAGES["index.md"]}).unlinked == ("index.md",)


def test_an_index_gets_its_links_when_the_pages_come(tmp_path: Path) -> None:
    root = tmp_path / "docs"
    update(root, {"index.md": PAGES["index.md"], "modules/b.md": "b1\n"})
    assert held(root)["index.md"] == "# I\nA [B](modules/b.md)\n"
    update(root, {"modules/a.md": "a1\n"})
    assert held(root) == PAGES
    assert update(root, PAGES) == Written()


def test_a_page_that_somebody_took_away_comes_back_with_its_link(root: Path) -> None:
    (root / "modules/a.md").unlink()
    assert state(root, PAGES).missing == ("modules/a.md",)
    update(root, {"modules/b.md": "b2\n", "c.md": "c\n"})
    assert held(root)["index.md"] == "# I\nA [B](modules/b.md)\n"
    update(root, {"modules/a.md": "a1\n"})
    assert held(root)["index.md"] == PAGES["index.md"]


def test_an_edited_page_is_kept_and_the_newer_one_lies_beside_it(root: Path) -> None:
    (root / "modules/a.md").write_text("mine\n")
    assert state(root, PAGES).edited == ("modules/a.md",)
    assert update(root, PAGES).files == 0  # the edit is of this version
    newer = {**PAGES, "modules/a.md": "a2\n"}
    done = update(root, newer)
    assert (done.kept, done.written) == (["modules/a.md"], ["modules/a.md.new"])
    assert held(root) == {**PAGES, "modules/a.md": "mine\n", "modules/a.md.new": "a2\n"}
    found = state(root, newer)
    assert (found.edited, found.beside, found.stale, found.foreign) == (("modules/a.md",), ("modules/a.md",), (), ())
    assert update(root, newer).files == 0
    assert update(root, {"modules/a.md": "a3\n"}).files == 1
    assert held(root)["modules/a.md.new"] == "a3\n"


def test_taking_the_newer_version_ends_the_edit(root: Path) -> None:
    (root / "modules/a.md").write_text("mine\n")
    update(root, {"modules/a.md": "a2\n"})
    (root / "modules/a.md.new").rename(root / "modules/a.md")
    assert update(root, {"modules/a.md": "a2\n"}).kept == []
    update(root, {"modules/a.md": "a3\n"})
    assert held(root) == {**PAGES, "modules/a.md": "a3\n"}


def test_an_edit_that_is_taken_back_takes_the_newer_version_away(root: Path) -> None:
    (root / "modules/a.md").write_text("mine\n")
    update(root, {"modules/a.md": "a2\n"})
    (root / "modules/a.md").write_text("a1\n")
    update(root, {"modules/a.md": "a2\n"})
    assert held(root) == {**PAGES, "modules/a.md": "a2\n"}


def test_a_removed_page_that_was_edited_is_kept_and_still_linked(root: Path) -> None:
    (root / "modules/a.md").write_text("mine\n")
    done = update(root, {}, ["modules/a.md"])
    assert (done.kept, done.files) == (["modules/a.md"], 0)
    assert held(root) == {**PAGES, "modules/a.md": "mine\n"}
    rest = {path: text for path, text in PAGES.items() if path != "modules/a.md"}
    assert (state(root, rest).kept, state(root, rest).extra) == (("modules/a.md",), ())
    update(root, {"modules/a.md": "back\n"})
    assert held(root)["modules/a.md.new"] == "back\n"


def test_the_newer_version_is_theirs_once_they_write_into_it(root: Path) -> None:
    (root / "modules/a.md").write_text("mine\n")
    update(root, {"modules/a.md": "a2\n"})
    (root / "modules/a.md.new").write_text("half merged\n")
    done = update(root, {"modules/a.md": "a3\n", "modules/b.md": "b3\n"})
    assert "modules/a.md" in done.failed
    assert held(root)["modules/a.md.new"] == "half merged\n"
    assert held(root)["modules/b.md"] == "b3\n"


def test_a_file_of_a_person_at_the_path_of_a_page_is_kept(root: Path) -> None:
    (root / "notes.md").write_text("mine\n")
    (root / "picture.png").write_bytes(b"\x89")
    update(root, {"notes.md": "ours\n"})
    assert held_bytes(root / "notes.md", root / "notes.md.new") == [b"mine\n", b"ours\n"]
    update(root, {}, ["notes.md"])
    assert held_bytes(root / "notes.md", root / "picture.png") == [b"mine\n", b"\x89"]
    assert not (root / "notes.md.new").exists()


def held_bytes(*paths: Path) -> list[bytes]:
    return [path.read_bytes() for path in paths]


@pytest.mark.parametrize(
    "path", ["../out.md", "/tmp/out.md", "a/../../out.md", "nul\0.md", "n" * 300 + ".md", ".x/y.md"]
)
def test_hostile_paths_fail_alone(root: Path, path: str) -> None:
    done = update(root, {path: "x", "good.md": "g\n"})
    assert list(done.failed) == [path]
    assert held(root)["good.md"] == "g\n"
    assert [each.name for each in root.parent.iterdir()] == ["docs"]


def test_the_longest_names_are_pages_but_have_no_room_beside(tmp_path: Path) -> None:
    root, long = tmp_path / "docs", "n" * 252 + ".md"
    assert update(root, {long: "1"}).failed == {}
    (root / long).write_text("mine")
    done = update(root, {long: "2"})
    assert list(done.failed) == [long]
    assert (root / long).read_text() == "mine"


def test_names_that_differ_by_case_only_are_not_both_written(root: Path) -> None:
    done = update(root, {"modules/A.md": "x"})
    assert "modules/a.md" in done.failed["modules/A.md"]
    assert update(root, {"modules/A.md": "x"}, ["modules/a.md"]).failed == {}


def test_a_link_in_the_way_is_not_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("precious")
    (root / "modules/a.md").unlink()
    (root / "modules/a.md").symlink_to(outside / "a.md")
    (root / "functions").symlink_to(outside)
    done = update(root, {"modules/a.md": "a2\n", "functions/a.md": "f\n", "modules/b.md": "b2\n"}, ["functions/z.md"])
    assert list(done.failed) == ["functions/a.md"]
    assert (outside / "a.md").read_text() == "precious"
    assert [each.name for each in outside.iterdir()] == ["a.md"]
    assert (root / "modules/a.md.new").read_text() == "a2\n"
    assert (root / "modules/b.md").read_text() == "b2\n"


def test_a_folder_a_file_and_a_fifo_in_the_way_fail_alone(root: Path) -> None:
    (root / "x.md").mkdir()
    os.mkfifo(root / "pipe.md")
    done = update(root, {"x.md": "x", "index.md/deep.md": "y", "pipe.md": "z", "good.md": "g\n"})
    assert sorted(done.failed) == ["index.md/deep.md", "x.md"]
    assert (done.kept, (root / "pipe.md.new").read_text()) == (["pipe.md"], "z")
    assert held(root)["good.md"] == "g\n"


def test_a_directory_of_somebody_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/mine.md").write_text("precious")
    with pytest.raises(Conflict, match="did not write"):
        update(tmp_path / "docs", PAGES)
    assert held(tmp_path / "docs") == {"mine.md": "precious"}


def test_a_tree_without_its_manifest_is_taken_up_again(root: Path) -> None:
    (root / MANIFEST).unlink()
    done = update(root, {**PAGES, "modules/a.md": "a2\n"}, adopt=True)
    assert done.written == ["modules/a.md.new"]
    assert update(root, PAGES | {"modules/b.md": "b2\n"}).written[-1] == "modules/b.md"


def test_what_is_stale_missing_or_too_much_is_found(root: Path) -> None:
    (root / "modules/b.md").unlink()
    expected = {"index.md": PAGES["index.md"], "modules/a.md": "a2\n", "modules/b.md": "b1\n"}
    update(root, {"extra.md": "e\n"})
    found = state(root, expected)
    assert (found.missing, found.stale, found.extra) == (("modules/b.md",), ("modules/a.md",), ("extra.md",))


def test_many_folders_need_few_descriptors(tmp_path: Path) -> None:
    pages = {f"f{number}/p.md": "x\n" for number in range(400)}
    assert update(tmp_path / "docs", pages).files == 400
    assert update(tmp_path / "docs", {}, pages).files == 400
    assert [each.name for each in (tmp_path / "docs").iterdir()] == [MANIFEST]
