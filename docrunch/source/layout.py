"""Where a local repository keeps its parts, and whether those parts are its own.

A directory from elsewhere can name any repository of this machine: by a ``.git`` file, by links in its ``.git``, by
``objects/info/alternates``. Each way is closed here, before git is started.
"""

import os
import re
from pathlib import Path

import msgspec

from docrunch.errors import SourceRefused
from docrunch.source.beneath import read_below
from docrunch.source.gitconfig import last_value

MAX_CONFIG = 1 << 20  # bytes
MAX_OBJECT_FILES = 2_000_000
_PLAIN = "Scan it with --ref @source to read it as a plain directory."


class GitLayout(msgspec.Struct, frozen=True):
    root: Path  # what the user named: a working tree, or a bare repository
    git_dir: Path  # holds HEAD
    common_dir: Path  # holds config, refs and objects
    bare: bool
    config: str  # text of the repository's own configuration, never given to git

    @property
    def objects(self) -> Path:
        return self.common_dir / "objects"

    @property
    def object_format(self) -> str:
        return (last_value(self.config, "extensions", "objectformat") or "sha1").lower()


def locate(root: Path) -> GitLayout:
    """
    Raises:
        SourceRefused: the repository's data are not its own, or in a form that is not understood.
    """
    dot_git = root / ".git"
    if dot_git.is_symlink():
        raise SourceRefused(".git is a symbolic link", hint=_PLAIN)
    if dot_git.is_file():
        git_dir, common_dir = _follow_git_file(root)
    elif dot_git.is_dir():
        git_dir = common_dir = dot_git
    else:
        git_dir = common_dir = root
    config = (read_below(common_dir, ["config"], limit=MAX_CONFIG) or b"").decode("utf-8", "replace")
    layout = GitLayout(
        root=root, git_dir=git_dir, common_dir=common_dir, bare=not os.path.lexists(dot_git), config=config
    )
    if layout.object_format not in {"sha1", "sha256"}:
        raise SourceRefused("the repository uses an unknown object format")
    if (last_value(config, "extensions", "refstorage") or "files").lower() != "files":
        raise SourceRefused(
            "the repository stores its refs as reftable, which is not read yet",
            hint="Convert a clone with `git refs migrate --ref-format=files`.",
        )
    _check_objects(layout.objects, common_dir, seen=set())
    return layout


def _follow_git_file(root: Path) -> tuple[Path, Path]:
    """A linked worktree or a submodule: both ends must name each other, so that no stranger can claim a repository."""
    text = (read_below(root, [".git"], limit=4096) or b"").decode("utf-8", "surrogateescape").strip()
    if not text.startswith("gitdir: ") or "\n" in text or "\0" in text:
        raise SourceRefused("the .git file of the source is not understood", hint=_PLAIN)
    git_dir = (root / text.removeprefix("gitdir: ")).resolve()
    if not git_dir.is_dir():
        raise SourceRefused("the .git file of the source points to nothing", hint=_PLAIN)
    if _is_linked_worktree(root, git_dir):
        return git_dir, git_dir.parent.parent
    if _is_submodule(root, git_dir):
        return git_dir, git_dir
    raise SourceRefused(
        "the .git file points to a repository that does not know this directory",
        hint=f"Scan the repository itself, or run `git worktree repair` in it. {_PLAIN}",
    )


def _is_linked_worktree(root: Path, git_dir: Path) -> bool:
    if git_dir.parent.name != "worktrees":
        return False
    back = read_below(git_dir, ["gitdir"], limit=4096)
    common = read_below(git_dir, ["commondir"], limit=4096)
    if back is None or common is None:
        return False
    names_us = Path(os.fsdecode(back.strip())).resolve() == (root / ".git").resolve()
    return names_us and (git_dir / os.fsdecode(common.strip())).resolve() == git_dir.parent.parent


def _is_submodule(root: Path, git_dir: Path) -> bool:
    owner = next((parent for parent in root.parents if git_dir.is_relative_to(parent / ".git" / "modules")), None)
    if owner is None:
        return False
    config = (read_below(git_dir, ["config"], limit=MAX_CONFIG) or b"").decode("utf-8", "replace")
    worktree = last_value(config, "core", "worktree")
    return worktree is not None and (git_dir / worktree).resolve() == root.resolve()


def _check_objects(objects: Path, owner: Path, seen: set[Path]) -> None:
    """No link anywhere among the objects, and no alternates outside the repository."""
    if objects in seen:
        return
    seen.add(objects)
    if objects.is_symlink() or not objects.is_dir():
        raise SourceRefused("the repository's objects are missing or lie elsewhere", hint=_PLAIN)
    _refuse_links(objects)
    alternates = read_below(objects, ["info", "alternates"], limit=1 << 16)
    for line in (alternates or b"").decode("utf-8", "surrogateescape").split("\n"):
        if not line or line.startswith("#"):
            continue
        other = (objects / line).resolve()
        if line.startswith('"') or not other.is_relative_to(owner.resolve()):
            raise SourceRefused(
                "the repository borrows objects from another one (objects/info/alternates)",
                hint="If you trust it, make it independent: git repack -a -d && rm .git/objects/info/alternates",
            )
        _check_objects(other, owner, seen)


def _refuse_links(objects: Path) -> None:
    count = 0
    pending = [objects]
    while pending:
        with os.scandir(pending.pop()) as found:
            for item in found:
                count += 1
                if item.is_symlink() or count > MAX_OBJECT_FILES:
                    raise SourceRefused("the repository's objects hold symbolic links or are too many", hint=_PLAIN)
                if item.is_dir(follow_symlinks=False) and re.fullmatch(r"[0-9a-f]{2}|pack|info", item.name):
                    pending.append(Path(item.path))
