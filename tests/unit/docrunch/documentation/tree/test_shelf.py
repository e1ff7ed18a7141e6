"""Generations of trees in directories: what readers see is one whole tree, and what people wrote outlives a switch."""

from pathlib import Path

import pytest

from docrunch.documentation.tree.manifest import sha256
from docrunch.documentation.tree.names import MANIFEST
from docrunch.documentation.tree.place import Place
from docrunch.documentation.tree.repository import CommitText
from docrunch.documentation.tree.shelf import Shelf
from docrunch.errors import Conflict, UsageError

TEXT = CommitText("", 0)
ONE = {"index.md": "[A](a.md)\n", "a.md": "a1\n", "b.md": "b1\n", "c.md": "c1\n"}
TWO = {"index.md": "[A](a.md)\n", "a.md": "a2\n", "b.md": "b1\n"}


def place(generation: int, ref: str = "main", repository: int = 1, slug: str = "demo", ref_id: int = 2) -> Place:
    return Place(repository, slug, ref_id, ref, generation)


def held(shelf: Shelf, of: Place) -> dict[str, str]:
    root = Path(shelf.shown(of))
    return {p.relative_to(root).as_posix(): p.read_text() for p in sorted(root.iterdir()) if p.name != MANIFEST}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "docs")
    made.update(place(1), ONE, (), TEXT)
    return made


def test_the_tree_is_found_by_slug_and_ref(shelf: Shelf) -> None:
    assert shelf.shown(place(1)) == str(shelf.root / "demo/main")
    assert held(shelf, place(1)) == ONE
    shelf.update(place(1, "feature/x", ref_id=3), ONE, (), TEXT)
    assert sorted(path.name for path in (shelf.root / "demo").iterdir() if path.name[0] != ".")[1] == "main"


def test_a_rebuild_is_seen_at_once_and_as_a_whole(shelf: Shelf) -> None:
    shelf.rebuild(place(2))
    shelf.update(place(2), {"a.md": "a2\n"}, (), TEXT)
    assert held(shelf, place(1)) == ONE
    shelf.update(place(2), TWO, (), TEXT)
    shelf.activate(place(2), TEXT)
    shelf.activate(place(2), TEXT)
    assert held(shelf, place(1)) == TWO
    assert shelf.drop(place(1), TEXT) == len(ONE)
    assert shelf.drop(place(1), TEXT) == 0
    assert held(shelf, place(2)) == TWO
    assert shelf.left(1) == {"trees": 1, "links": 1}
    shelf.update(place(2), {"a.md": "a3\n"}, (), TEXT)
    assert held(shelf, place(2))["a.md"] == "a3\n"


def test_a_rebuild_that_is_given_up_leaves_the_old_tree(shelf: Shelf) -> None:
    shelf.rebuild(place(2))
    shelf.update(place(2), TWO, (), TEXT)
    assert shelf.drop(place(2), TEXT) == len(TWO)
    assert held(shelf, place(1)) == ONE
    assert shelf.left(1) == {"trees": 1, "links": 1}


def test_edits_survive_a_switch(shelf: Shelf) -> None:
    """Of a page that changed, of one that did not, of one that is gone; and files that are no pages."""
    root = Path(shelf.shown(place(1)))
    for name in ("a.md", "b.md", "c.md", "own.txt"):
        (root / name).write_text("mine\n")
    shelf.rebuild(place(2))
    shelf.update(place(2), TWO, (), TEXT)
    shelf.activate(place(2), TEXT)
    (shelf.root / "demo/.r1_2_g1/late.txt").write_text("by somebody who had the old tree open\n")
    shelf.drop(place(1), TEXT)
    mine = {"a.md": "mine\n", "b.md": "mine\n", "c.md": "mine\n", "own.txt": "mine\n"}
    late = {"late.txt": "by somebody who had the old tree open\n"}
    assert held(shelf, place(2)) == {"index.md": TWO["index.md"], **mine, "a.md.new": "a2\n", **late}
    state = shelf.check(place(2), {path: sha256(text.encode()) for path, text in TWO.items()})
    assert (state.missing, state.stale, state.extra) == ((), (), ())
    assert (state.edited, state.beside, state.kept) == (("a.md", "b.md"), ("a.md",), ("c.md",))
    assert shelf.update(place(2), TWO, (), TEXT).files == 0
    (root / "a.md").write_text("a2\n")
    shelf.update(place(2), {"a.md": "a3\n"}, (), TEXT)
    assert (root / "a.md").read_text() == "a3\n"
    assert not (root / "a.md.new").exists()


def test_what_finds_no_room_in_the_next_generation_gets_another_name(shelf: Shelf) -> None:
    """A file where a folder will be, and a newer version that somebody wrote into."""
    root = Path(shelf.shown(place(1)))
    (root / "functions").write_text("notes\n")
    (root / "a.md").write_text("mine\n")
    shelf.update(place(1), {"a.md": "a2\n"}, (), TEXT)
    (root / "a.md.new").write_text("half merged\n")
    shelf.rebuild(place(2))
    shelf.update(place(2), {"index.md": "I\n", "a.md": "a3\n", "functions/f.md": "f\n"}, (), TEXT)
    shelf.activate(place(2), TEXT)
    shelf.drop(place(1), TEXT)
    found = {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.is_file()}
    assert (found["functions.kept"], found["functions/f.md"]) == ("notes\n", "f\n")
    assert (found["a.md"], found["a.md.new"]) == ("mine\n", "half merged\n")
    assert "a.md" in shelf.update(place(2), {"a.md": "a4\n"}, (), TEXT).failed


def test_a_takedown_leaves_nothing(shelf: Shelf) -> None:
    shelf.rebuild(place(2))
    shelf.update(place(1, "other", ref_id=9), ONE, (), TEXT)
    shelf.update(place(1, repository=10, slug="else", ref_id=11), ONE, (), TEXT)
    for each in (place(2), place(1), place(1, "other", ref_id=9)):
        shelf.drop(each, TEXT)
    assert shelf.left(1) == {}
    assert [path.name for path in shelf.root.iterdir()] == ["else"]
    assert shelf.left(10) == {"trees": 1, "links": 1}


def test_a_slug_that_is_used_again_shows_the_new_repository(shelf: Shelf) -> None:
    again = place(1, repository=5, ref_id=6)
    shelf.update(again, TWO, (), TEXT)
    assert held(shelf, again) == TWO
    assert shelf.drop(place(1), TEXT) == len(ONE)
    assert held(shelf, again) == TWO


def test_what_is_not_ours_at_the_visible_path_is_left_alone(shelf: Shelf, tmp_path: Path) -> None:
    (shelf.root / "demo/taken").mkdir()
    with pytest.raises(Conflict, match="in the way"):
        shelf.update(place(1, "taken", ref_id=7), ONE, (), TEXT)
    (shelf.root / "demo/linked").symlink_to(tmp_path)
    with pytest.raises(Conflict, match="did not make"):
        shelf.update(place(1, "linked", ref_id=8), ONE, (), TEXT)
    (shelf.root / "elsewhere").symlink_to(tmp_path)
    with pytest.raises(Conflict, match="is a link"):
        shelf.update(place(1, slug="elsewhere", ref_id=9), ONE, (), TEXT)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs"]


@pytest.mark.parametrize("slug", ["..", ".", "", "a/b", ".hidden", "/abs"])
def test_a_slug_is_one_name(slug: str) -> None:
    with pytest.raises(UsageError):
        place(1, slug=slug)


def test_removing_from_a_tree_that_is_not_there_makes_none(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "docs")
    assert shelf.update(place(1), {}, ["a.md"], TEXT).files == 0
    assert (shelf.recover(), shelf.left(1), shelf.root.exists()) == (0, {}, False)
