"""Killed at any instant: every page is whole, the index is consistent, and the same update finishes the work."""

import itertools
import re
from pathlib import Path

from docrunch.documentation.tree.check import check_tree
from docrunch.documentation.tree.directory import open_directory, read_directory
from docrunch.documentation.tree.manifest import sha256
from docrunch.documentation.tree.names import MANIFEST
from docrunch.documentation.tree.place import Place
from docrunch.documentation.tree.repository import CommitText
from docrunch.documentation.tree.shelf import Shelf
from docrunch.documentation.tree.writer import TreeWriter
from tests.support.dying import killed_at

ONE = {
    "index.md": "# I\n[A](modules/a.md) [B](modules/b.md) [E](e/e.md)\n",
    "modules/a.md": "a1\n",
    "modules/b.md": "b1\n",
    "e/e.md": "e1\n",
}
TWO = {
    "index.md": "# I\n[A](modules/a.md) [C](c/c.md) [E](e/e.md)\n",
    "modules/a.md": "a2\n",
    "c/c.md": "c2\n",
    "e/e.md": "e2\n",
}
GONE = ONE.keys() - TWO.keys()
TEXT = CommitText("", 0)
PLACE = Place(1, "demo", 2, "main", 1)


def update(root: Path, pages: dict[str, str], removed: set[str]) -> None:
    with open_directory(root) as files:
        TreeWriter(files).update(pages, sorted(removed))


def files_of(root: Path) -> dict[str, str]:
    return {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.is_file()}


def check_whole(found: dict[str, str]) -> None:
    """What anybody sees, at any instant."""
    pages = {path: text for path, text in found.items() if not path.startswith(".docrunch")}
    for path, text in pages.items():
        if path == "index.md":
            links = re.findall(r"\]\(([^)]*)\)", text)
            assert all(link in pages for link in links), (text, sorted(pages))
        else:
            page = path.removesuffix(".new")
            assert text in (ONE.get(page), TWO.get(page), "mine\n"), path


def test_a_directory(tmp_path: Path) -> None:
    for change in itertools.count(1):
        root = tmp_path / f"docs{change}"
        update(root, ONE, set())
        (root / "e/e.md").write_text("mine\n")
        killed = killed_at(change, lambda root=root: update(root, TWO, set(GONE)))
        check_whole(files_of(root))
        assert files_of(root)["e/e.md"] == "mine\n"
        with open_directory(root) as files:
            TreeWriter(files).settle()
        left = files_of(root)
        check_whole(left)
        assert [path for path in left if path.startswith(".docrunch")] == [MANIFEST]
        update(root, TWO, set(GONE))
        left = files_of(root)
        assert {p: t for p, t in left.items() if p != MANIFEST} == {**TWO, "e/e.md": "mine\n", "e/e.md.new": "e2\n"}
        with read_directory(root) as files:
            assert files is not None
            state = check_tree(files, {path: sha256(text.encode()) for path, text in TWO.items()})
        assert (state.stale, state.missing, state.extra, state.edited) == ((), (), (), ("e/e.md",))
        if not killed:
            assert change > 20
            return


def test_a_switch_of_generations(tmp_path: Path) -> None:
    """The visible path is one whole generation or the other; the edit is in both."""
    new = Place(1, "demo", 2, "main", 2)
    for change in itertools.count(1):
        shelf = Shelf(tmp_path / f"shelf{change}")
        shelf.update(PLACE, ONE, (), TEXT)
        visible = Path(shelf.shown(PLACE))
        (visible / "e/e.md").write_text("mine\n")

        def switch(shelf: Shelf = shelf) -> None:
            shelf.rebuild(new)
            shelf.update(new, TWO, (), TEXT)
            shelf.activate(new, TEXT)
            shelf.drop(PLACE, TEXT)

        killed = killed_at(change, switch)
        found = files_of(visible.resolve())
        check_whole(found)
        assert found["e/e.md"] == "mine\n"
        assert found["modules/a.md"] == ("a1\n" if "modules/b.md" in found else "a2\n")
        shelf.recover()
        switch()
        assert {p: t for p, t in files_of(visible.resolve()).items() if p != MANIFEST} == {
            **TWO,
            "e/e.md": "mine\n",
            "e/e.md.new": "e2\n",
        }
        assert sorted(path.name for path in visible.parent.iterdir()) == [".r1_2_g2", "main"]
        if not killed:
            assert change > 40
            return


def test_a_first_projection_is_not_seen_before_it_is_whole(tmp_path: Path) -> None:
    for change in itertools.count(1):
        shelf = Shelf(tmp_path / f"shelf{change}")
        killed = killed_at(change, lambda shelf=shelf: shelf.update(PLACE, ONE, (), TEXT))
        visible = Path(shelf.shown(PLACE))
        if visible.exists():
            assert {p: t for p, t in files_of(visible.resolve()).items() if p in ONE} == ONE
        shelf.recover()
        shelf.update(PLACE, ONE, (), TEXT)
        assert {p: t for p, t in files_of(visible.resolve()).items() if p != MANIFEST} == ONE
        assert sorted(path.name for path in visible.parent.iterdir()) == [".r1_2_g1", "main"]
        if not killed:
            return
