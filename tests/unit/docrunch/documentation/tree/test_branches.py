"""Pages on a branch of a real repository: its working tree, its index and the commits of others stay as they are."""

import subprocess
from pathlib import Path

import pytest

from docrunch.documentation.tree.branch import BranchFiles, on_branch
from docrunch.documentation.tree.branches import Branches, described
from docrunch.documentation.tree.manifest import sha256
from docrunch.documentation.tree.names import MANIFEST
from docrunch.documentation.tree.place import Place
from docrunch.documentation.tree.repository import CommitText, Repository
from docrunch.documentation.tree.writer import TreeWriter, Written
from docrunch.errors import Conflict, NotFound

ONE = {"index.md": "[A](modules/a.md)\n", "modules/a.md": "a1\n", "modules/b.md": "b1\n"}
TEXT = CommitText("Document demo main at 0123", 1_700_000_000)
PLACE = Place(1, "demo", 2, "main", 1)
HEAD = "refs/heads/pages"


def git(root: Path, *arguments: str, given: str | None = None) -> str:
    who = ("-c", "user.name=U", "-c", "user.email=u@example.org", "-c", "commit.gpgsign=false")
    made = subprocess.run(["git", *who, *arguments], cwd=root, input=given, capture_output=True, text=True, check=True)
    return made.stdout.strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a commit, something staged, something not, and hooks that must not run."""
    made = tmp_path / "repository"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    (made / "code.py").write_text("x = 1\n")
    git(made, "add", ".")
    git(made, "commit", "-q", "-m", "code")
    (made / "staged.py").write_text("y = 1\n")
    git(made, "add", "staged.py")
    (made / "code.py").write_text("x = 2\n")
    for hook in ("reference-transaction", "pre-commit", "post-commit"):
        (made / ".git/hooks" / hook).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        (made / ".git/hooks" / hook).chmod(0o755)
    return made


def held(root: Path, prefix: str = "demo/main/") -> dict[str, str]:
    listed = git(root, "ls-tree", "-r", "--name-only", "pages").splitlines()
    names = [name for name in listed if name.startswith(prefix) and not name.endswith(MANIFEST)]
    return {name.removeprefix(prefix): git(root, "show", f"pages:{name}") + "\n" for name in names}


def commit(root: Path, path: str, text: str) -> None:
    """What somebody with another clone would push."""
    clone = root.parent / "clone"
    if not clone.exists():
        git(root.parent, "clone", "-q", "-b", "pages", str(root), str(clone))
    git(clone, "pull", "-q")
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text)
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "mine")
    git(clone, "push", "-q")


def test_pages_are_committed_and_nothing_else_moves(root: Path, tmp_path: Path) -> None:
    before = (git(root, "status", "--porcelain"), git(root, "rev-parse", "HEAD"), (root / ".git/index").read_bytes())
    trees = Branches(root, "pages")
    assert trees.update(PLACE, ONE, (), TEXT).files == 3
    assert held(root) == ONE
    assert before == (
        git(root, "status", "--porcelain"),
        git(root, "rev-parse", "HEAD"),
        (root / ".git/index").read_bytes(),
    )
    assert git(root, "log", "-1", "--format=%an|%cn|%at|%s", "pages") == (
        "Docrunch|Docrunch|1700000000|Document demo main at 0123"
    )
    assert "Pages: 3 written." in git(root, "log", "-1", "--format=%B", "pages")
    assert not (tmp_path / "ran").exists()
    git(root, "fsck", "--strict")


def test_the_same_pages_make_no_commit(root: Path) -> None:
    trees = Branches(root, "pages")
    trees.update(PLACE, ONE, (), TEXT)
    head = git(root, "rev-parse", "pages")
    assert trees.update(PLACE, ONE, (), TEXT) == Written()
    assert git(root, "rev-parse", "pages") == head


def test_the_same_pages_make_the_same_commit_anywhere(root: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    for each in (root, bare):
        Branches(each, "pages").update(PLACE, ONE, (), TEXT)
    assert git(root, "rev-parse", "pages") == git(bare, "rev-parse", "pages")


def test_a_repository_of_sha256_and_a_linked_worktree(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "sha256"
    git(tmp_path, "init", "-q", "--object-format=sha256", str(other))
    Branches(other, "pages").update(PLACE, ONE, (), TEXT)
    Branches(other, "pages").update(PLACE, {"modules/a.md": "a2\n"}, (), TEXT)
    assert held(other)["modules/a.md"] == "a2\n"
    git(root, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    Branches(tmp_path / "linked", "pages").update(PLACE, ONE, (), TEXT)
    assert held(root) == ONE


def test_what_somebody_committed_is_kept(root: Path) -> None:
    trees = Branches(root, "pages")
    trees.update(PLACE, ONE, (), TEXT)
    commit(root, "demo/main/modules/a.md", "mine\n")
    commit(root, "README.md", "of the branch\n")
    done = trees.update(PLACE, {"modules/a.md": "a2\n", "modules/b.md": "b2\n"}, (), TEXT)
    assert (done.kept, done.written) == (["modules/a.md"], ["modules/a.md.new", "modules/b.md"])
    assert held(root) == {**ONE, "modules/a.md": "mine\n", "modules/a.md.new": "a2\n", "modules/b.md": "b2\n"}
    assert git(root, "show", "pages:README.md") == "of the branch"
    assert "1 kept as edited" in git(root, "log", "-1", "--format=%B", "pages")
    assert git(root, "log", "--format=%s", "pages").splitlines()[1:3] == ["mine", "mine"]


def test_a_commit_in_between_is_not_lost(root: Path) -> None:
    """Somebody commits after we have read the branch and before we move it."""
    trees = Branches(root, "pages")
    trees.update(PLACE, ONE, (), TEXT)
    rounds = []

    def work(files: BranchFiles) -> tuple[Written, CommitText]:
        done = TreeWriter(files).update({"modules/a.md": "a2\n"})
        if not rounds:
            commit(root, "demo/main/modules/a.md", "meanwhile\n")
        rounds.append(done)
        return done, described(TEXT, done)

    on_branch(Repository(root), HEAD, "demo/main/", work)
    assert len(rounds) == 2
    assert held(root) == {**ONE, "modules/a.md": "meanwhile\n", "modules/a.md.new": "a2\n"}


def test_who_is_always_overtaken_gives_up(root: Path) -> None:
    trees = Branches(root, "pages")
    trees.update(PLACE, ONE, (), TEXT)
    numbers = iter(range(100))

    def work(files: BranchFiles) -> tuple[None, CommitText]:
        TreeWriter(files).update({"modules/a.md": "a2\n"})
        commit(root, "other.txt", f"{next(numbers)}\n")
        return None, TEXT

    with pytest.raises(Conflict, match="moves while"):
        on_branch(Repository(root), HEAD, "demo/main/", work)
    assert held(root) == ONE


def test_a_branch_that_is_checked_out_is_not_moved(root: Path) -> None:
    with pytest.raises(Conflict, match="checked out"):
        Branches(root, "main").update(PLACE, ONE, (), TEXT)
    with pytest.raises(Conflict, match="no name"):
        Branches(root, "--upload-pack=x").update(PLACE, ONE, (), TEXT)
    with pytest.raises(NotFound, match="no git repository"):
        Branches(root.parent, "pages")


def test_a_branch_of_somebody_is_not_written_over(root: Path) -> None:
    git(root, "branch", "pages")
    with pytest.raises(Conflict, match="did not write"):
        on_branch(Repository(root), HEAD, "", lambda files: (TreeWriter(files).update(ONE), TEXT))
    Branches(root, "pages").update(PLACE, ONE, (), TEXT)  # in a folder of its own
    assert git(root, "show", "pages:code.py") == "x = 1"


def test_links_and_files_in_the_way_fail_alone(root: Path) -> None:
    trees = Branches(root, "pages")
    trees.update(PLACE, ONE, (), TEXT)
    clone = root.parent / "clone"
    commit(root, "demo/main/functions", "a file where a folder must be\n")
    (clone / "demo/main/modules/a.md").unlink()
    (clone / "demo/main/modules/a.md").symlink_to("/etc/passwd")
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "link")
    git(clone, "push", "-q")
    done = trees.update(PLACE, {"functions/f.md": "f\n", "modules/a.md": "a2\n", "modules/b.md": "b2\n"}, (), TEXT)
    assert list(done.failed) == ["functions/f.md"]
    assert done.kept == ["modules/a.md"]
    assert held(root)["modules/b.md"] == "b2\n"
    git(root, "fsck", "--strict")


def test_a_rebuild_is_one_commit_and_keeps_edits(root: Path) -> None:
    trees = Branches(root, "pages")
    trees.update(PLACE, ONE, (), TEXT)
    commit(root, "demo/main/modules/a.md", "mine\n")
    new = Place(1, "demo", 2, "main", 2)
    two = {"index.md": "[A](modules/a.md)\n", "modules/a.md": "a2\n"}
    head = git(root, "rev-parse", "pages")
    trees.rebuild(new)
    trees.update(new, {"index.md": two["index.md"]}, (), TEXT)
    trees.update(new, two, (), TEXT)
    expected = {path: sha256(text.encode()) for path, text in two.items()}
    assert trees.check(new, expected).pages == 2
    assert git(root, "rev-parse", "pages") == head
    assert trees.left(1) == {"trees": 1, "refs": 1}
    trees.activate(new, TEXT)
    trees.activate(new, TEXT)
    assert git(root, "rev-parse", "pages^") == head
    assert trees.drop(PLACE, TEXT) == 0
    assert held(root) == {**two, "modules/a.md": "mine\n", "modules/a.md.new": "a2\n"}
    state = trees.check(new, expected)
    assert (state.missing, state.stale, state.extra, state.edited) == ((), (), (), ("modules/a.md",))
    assert trees.left(1) == {"trees": 1}
    assert trees.drop(new, TEXT) == 4
    assert (trees.left(1), trees.drop(new, TEXT)) == ({}, 0)


def test_removed_pages_and_a_rebuild_given_up(root: Path) -> None:
    trees = Branches(root, "pages")
    assert trees.update(PLACE, {}, ["a.md"], TEXT) == Written()
    assert Repository(root).head(HEAD) is None
    trees.update(PLACE, ONE, (), TEXT)
    trees.update(PLACE, {}, ["modules/a.md"], TEXT)
    assert held(root) == {"index.md": "A\n", "modules/b.md": "b1\n"}
    new = Place(1, "demo", 2, "main", 2)
    trees.rebuild(new)
    trees.drop(new, TEXT)
    assert trees.left(1) == {"trees": 1}
