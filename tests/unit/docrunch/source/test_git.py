"""Local repositories: the right files of the right commit, and nothing that a hostile repository can make run."""

import os
import stat
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest

from docrunch.errors import RefNotFound, SourceRefused, UsageError
from docrunch.source.model import SourceKind

PY = "def f():\n    return 1\n"


def test_reads_the_commit_and_not_the_working_tree(world: Any) -> None:
    root = world.repository("repo", {"a.py": PY, "sub/b.py": "x = 1\n"})
    (root / "a.py").write_text("changed = True\n")
    (root / "new.py").write_text("untracked = True\n")
    tree = world.scan(root)
    assert world.read(tree) == {"a.py": PY.encode(), "sub/b.py": b"x = 1\n"}
    assert tree.source.commit == world.git(root, "rev-parse", "HEAD")
    assert (tree.source.ref, tree.source.kind, tree.source.declared_ref) == ("main", SourceKind.GIT, True)


def test_each_kind_of_ref_finds_its_commit(world: Any) -> None:
    root = world.repository("repo", {"a.py": "v = 1\n"})
    first = world.git(root, "rev-parse", "HEAD")
    world.git(root, "tag", "-a", "v1.0", "-m", "one")
    (root / "a.py").write_text("v = 2\n")
    second = world.commit(root)
    world.git(root, "branch", "topic/x", first)
    world.git(root, "pack-refs", "--all")
    expected = {
        None: (second, "main", True),
        "v1.0": (first, "v1.0", True),
        "topic/x": (first, "topic/x", True),
        "refs/heads/main": (second, "main", True),
        first: (first, first, False),
        first[:8]: (first, first, False),
        "main~1": (first, first, False),
        "v1.0^{}": (first, first, False),
    }
    for ref, wanted in expected.items():
        source = world.scan(root, ref=ref).source
        assert (source.commit, source.ref, source.declared_ref) == wanted, ref


def test_a_missing_ref_is_named_with_what_exists(world: Any) -> None:
    root = world.repository("repo", {"a.py": PY})
    with pytest.raises(RefNotFound, match="mian") as caught:
        world.scan(root, ref="mian")
    assert "main" in (caught.value.hint or "")
    for hostile in ("--upload-pack=touch x", "-x", "main;id", "$(id)"):
        with pytest.raises(RefNotFound):
            world.scan(root, ref=hostile)


def test_a_detached_head_is_published_under_the_tag_that_points_to_it(world: Any) -> None:
    root = world.repository("repo", {"a.py": PY})
    world.git(root, "tag", "v9")
    world.git(root, "checkout", "-q", "--detach")
    world.git(root, "branch", "-D", "main")
    assert world.scan(root).source.ref == "v9"


def test_bare_repositories_and_subdirectories(world: Any) -> None:
    root = world.repository("repo", {"a.py": PY, "sub/b.py": "x = 1\n"})
    world.git(world.root, "clone", "-q", "--bare", str(root), "other.git")
    tree = world.scan(world.root / "other.git", name="n")
    assert set(world.read(tree)) == {"a.py", "sub/b.py"}
    with pytest.raises(UsageError, match="not the root"):
        world.scan(root / "sub", ref="main")


def test_symlinks_submodules_and_modes_are_recorded_not_followed(world: Any) -> None:
    secret = world.root / "secret.txt"
    secret.write_text("outside")
    root = world.put("repo", {"run.sh": "#!/bin/sh\n"})
    (root / "run.sh").chmod(0o755)
    (root / "link.py").symlink_to(secret)
    world.git(root, "init", "-q")
    world.commit(root)
    other = world.repository("other", {"x.py": "1\n"})
    world.git(root, "submodule", "add", "-q", str(other), "lib")
    world.commit(root)
    tree = world.scan(root)
    assert world.skips(tree) == {"link.py": "symlink", "lib": "submodule"}
    assert {entry.path for entry in tree.entries if entry.executable} == {"run.sh"}


@pytest.mark.parametrize("ref", [None, "@worktree"])
def test_configuration_hooks_and_promisors_of_the_source_never_run(world: Any, ref: str | None) -> None:
    root = world.repository("repo", {"a.py": PY, "b.py": "gone = 1\n", ".gitattributes": "*.py filter=evil\n"})
    proof = world.root / "executed"
    script = world.root / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {proof}\n")
    script.chmod(0o755)
    blob = world.git(root, "rev-parse", "HEAD:b.py")
    (root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with (root / ".git/config").open("a") as config:
        config.write(
            f"[core]\n\tfsmonitor = {script}\n\tsshCommand = {script}\n\tpager = {script}\n\thooksPath = {world.root}\n"
            f'[filter "evil"]\n\tsmudge = {script}\n\tclean = {script}\n\tprocess = {script}\n'
            f'[remote "evil"]\n\turl = ext::{script}\n\tpromisor = true\n\tuploadpack = {script}\n'
            f'[remote "origin"]\n\turl = {world.root}/nowhere\n\tpromisor = true\n\tuploadpack = {script}\n'
            f"[extensions]\n\tpartialClone = evil\n[alias]\n\tls-tree = !{script}\n[include]\n\tpath = {script}\n"
        )
    for hook in ("post-checkout", "pre-auto-gc", "reference-transaction", "post-index-change"):
        (root / ".git/hooks" / hook).parent.mkdir(exist_ok=True)
        (root / ".git/hooks" / hook).symlink_to(script)
    tree = world.scan(root, ref=ref, name="n")
    assert not proof.exists()
    if ref is None:
        assert world.skips(tree) == {"b.py": "unreadable"}
        assert [(issue.path, issue.reason) for issue in tree.issues] == [("b.py", "object_missing")]
    assert world.read(tree)["a.py"] == PY.encode()


def test_the_attack_above_is_real_for_plain_git(world: Any) -> None:
    """If git itself were safe here, the test above would prove nothing."""
    root = world.repository("repo", {"b.py": "gone = 1\n"})
    proof = world.root / "executed"
    script = world.root / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {proof}\n")
    script.chmod(0o755)
    blob = world.git(root, "rev-parse", "HEAD:b.py")
    (root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with (root / ".git/config").open("a") as config:
        config.write(
            f"[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n"
            f'[remote "origin"]\n\turl = {world.root}\n\tpromisor = true\n\tuploadpack = {script}\n'
        )
    subprocess.run(["git", "cat-file", "-p", blob], cwd=root, capture_output=True, check=False, env=dict(os.environ))
    assert proof.exists()


def test_objects_of_another_repository_are_not_read(world: Any) -> None:
    victim = world.repository("victim", {"private.py": "private = 1\n"})
    commit = world.git(victim, "rev-parse", "HEAD")
    root = world.repository("repo", {"a.py": PY})
    alternates = root / ".git/objects/info/alternates"
    for line in (f"{victim}/.git/objects", "../../../victim/.git/objects", f'"{victim}/.git/objects"'):
        alternates.write_text(line + "\n")
        with pytest.raises(SourceRefused, match="borrows objects"):
            world.scan(root, ref=commit)
    alternates.unlink()
    with pytest.raises(RefNotFound):
        world.scan(root, ref=commit)


def test_an_index_of_packs_cannot_reach_those_of_another_repository(world: Any) -> None:
    """A multi-pack-index names its packs by relative path; git opens whatever it names."""
    victim = world.repository("victim", {"private.py": "private = 1\n"})
    world.git(victim, "repack", "-adq")
    pack = next((victim / ".git/objects/pack").glob("*.pack"))
    outside = f"../../../../victim/.git/objects/pack/{pack.stem}.idx"
    root = world.put("repo", {})
    root.mkdir()
    world.git(root, "init", "-q")
    own = root / ".git/objects/pack" / ("pack-" + "a" * (len(outside) - len("pack-.idx")))
    for suffix in (".pack", ".idx"):
        own.with_suffix(suffix).write_bytes(pack.with_suffix(suffix).read_bytes())
    world.git(root, "multi-pack-index", "write")
    index = own.with_name("multi-pack-index")
    index.chmod(0o644)
    index.write_bytes(index.read_bytes().replace(f"{own.name}.idx".encode(), outside.encode()))
    for suffix in (".pack", ".idx"):
        own.with_suffix(suffix).unlink()
    commit = world.git(victim, "rev-parse", "HEAD")
    (root / ".git/refs/heads/main").write_text(commit + "\n")
    assert world.git(root, "show", "main:private.py") == "private = 1"  # the attack is real for plain git
    with pytest.raises(RefNotFound):
        world.scan(root)


def test_linked_objects_and_git_directories_are_refused(world: Any) -> None:
    victim = world.repository("victim", {"private.py": "private = 1\n"})
    for target in ("objects", "objects/pack", "refs"):
        root = world.repository(f"repo-{target.replace('/', '-')}", {"a.py": PY})
        path = root / ".git" / target
        path.rename(path.with_name("moved"))
        path.symlink_to(victim / ".git" / target)
        with pytest.raises((SourceRefused, RefNotFound)):
            world.scan(root)
    root = world.put("linked", {"a.py": PY})
    (root / ".git").symlink_to(victim / ".git")
    with pytest.raises(SourceRefused, match="symbolic link"):
        world.scan(root)
    assert world.read(world.scan(root, ref="@source")) == {"a.py": PY.encode()}


def test_head_that_is_a_link_to_a_secret_is_not_read(world: Any) -> None:
    root = world.repository("repo", {"a.py": PY})
    (world.root / "secret").write_text("ref: refs/heads/main\n")
    (root / ".git/HEAD").unlink()
    (root / ".git/HEAD").symlink_to(world.root / "secret")
    with pytest.raises(SourceRefused, match="symbolic link"):
        world.scan(root)


def test_a_git_file_may_not_claim_a_stranger(world: Any) -> None:
    victim = world.repository("victim", {"private.py": "private = 1\n"})
    root = world.put("repo", {"a.py": PY, ".git": f"gitdir: {victim}/.git\n"})
    with pytest.raises(SourceRefused, match="does not know this directory"):
        world.scan(root)
    forged = world.put(
        "forged", {"gitdir": f"{root}/.git\n", "commondir": f"{victim}/.git\n", "HEAD": "ref: refs/heads/main\n"}
    )
    (root / ".git").write_text(f"gitdir: {forged}\n")
    with pytest.raises(SourceRefused):
        world.scan(root)


def test_genuine_worktrees_and_submodules_are_read(world: Any) -> None:
    root = world.repository("repo", {"a.py": PY})
    world.git(root, "worktree", "add", "-q", "-b", "side", str(world.root / "side"))
    (world.root / "side/a.py").write_text("side = 1\n")
    world.commit(world.root / "side")
    tree = world.scan(world.root / "side")
    assert (tree.source.ref, world.read(tree)) == ("side", {"a.py": b"side = 1\n"})
    other = world.repository("other", {"x.py": "1\n"})
    world.git(root, "submodule", "add", "-q", str(other), "lib")
    assert world.read(world.scan(root / "lib")) == {"x.py": b"1\n"}


def test_a_forged_object_is_listed_not_cited(world: Any) -> None:
    root = world.repository("repo", {"a.py": PY, "b.py": "ok = 1\n"})
    blob = world.git(root, "rev-parse", "HEAD:a.py")
    path = root / ".git/objects" / blob[:2] / blob[2:]
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    body = b"def g():\n    return 2\n"
    path.write_bytes(zlib.compress(b"blob %d\0" % len(body) + body))
    tree = world.scan(root)
    assert world.skips(tree) == {"a.py": "unreadable"}
    assert [issue.reason for issue in tree.issues] == ["object_damaged"]


def test_the_working_tree_on_request(world: Any) -> None:
    root = world.repository("repo", {"a.py": PY, ".gitignore": "build/\n*.log\n", "kept.log": "tracked\n"})
    head = world.git(root, "rev-parse", "HEAD")
    clean = world.scan(root, ref="@worktree")
    assert (clean.source.commit, clean.source.ref, clean.source.kind) == (head, "@worktree", SourceKind.WORKTREE)
    world.put("repo", {"build/x.py": "x\n", "new.py": "n = 1\n", "debug.log": "x\n", "docrunch-docs/index.md": "x\n"})
    dirty = world.scan(root, ref="@worktree")
    assert set(world.read(dirty)) == {".gitignore", "a.py", "kept.log", "new.py"}
    assert dirty.source.commit == f"{head}+dirty:{dirty.tree_sha256}"
    (root / "new.py").unlink()
    assert world.scan(root, ref="@worktree").source.commit == head
    (root / "a.py").unlink()
    assert world.scan(root, ref="@worktree").source.commit.startswith(f"{head}+dirty:")


def test_a_repository_without_commits(world: Any) -> None:
    root = world.put("repo", {"a.py": PY})
    world.git(root, "init", "-q")
    with pytest.raises(RefNotFound, match="no commit yet"):
        world.scan(root)
    tree = world.scan(root, ref="@worktree")
    assert tree.source.commit == f"tree:{tree.tree_sha256}"


def test_the_name_comes_from_origin_without_credentials(world: Any) -> None:
    root = world.repository("Local-Name", {"a.py": PY})
    assert world.scan(root).source.repository == "Local-Name"
    world.git(root, "remote", "add", "origin", "https://user:hunter2@GitHub.com/Owner/Name.git")
    source = world.scan(root).source
    assert (source.repository, source.url) == ("github.com/owner/name", "https://github.com/Owner/Name")
    assert world.scan(root, name="mine").source.repository == "mine"


def test_sha256_repositories(world: Any) -> None:
    root = world.put("repo", {"a.py": PY})
    world.git(root, "init", "-q", "--object-format=sha256")
    commit = world.commit(root)
    tree = world.scan(root)
    assert (len(commit), tree.source.commit, world.read(tree)) == (64, commit, {"a.py": PY.encode()})


def test_nothing_of_the_caller_reaches_git(world: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    victim = world.repository("victim", {"private.py": "private = 1\n"})
    root = world.repository("repo", {"a.py": PY})
    monkeypatch.setenv("GIT_DIR", str(victim / ".git"))
    monkeypatch.setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", str(victim / ".git/objects"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.fsmonitor'='false'")
    with pytest.raises(RefNotFound):
        world.scan(root, ref=_head(victim))
    assert set(world.read(world.scan(root))) == {"a.py"}


def _head(root: Path) -> str:
    return (root / ".git/refs/heads/main").read_text().strip()
