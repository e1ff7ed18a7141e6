"""Branches and tags of a local repository, read as files."""

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from docrunch.errors import LimitExceeded, RefNotFound
from docrunch.source.beneath import read_below
from docrunch.source.layout import GitLayout

MAX_REFS = 500_000
MAX_PACKED_REFS = 100 << 20  # bytes

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REF_NAME = re.compile(r"refs/(?!.*(?:\.\.|//|@\{|/\.|\.lock(?:/|$)))[^\x00-\x20\x7f~^:?*\[\\]+(?<![/.])")
_EXPRESSION = re.compile(r"(?!-)[\w./+@^~{}-]{1,200}")
_DEPTH = 30


class Refs(msgspec.Struct, frozen=True):
    head: str  # a ref name, or a sha when HEAD is detached
    names: dict[str, str]  # full name → sha


class Target(msgspec.Struct, frozen=True):
    """What a user's ``--ref`` means. ``revision`` is for git, ``ref`` is the name under which it is published."""

    revision: str
    ref: str
    declared: bool


def is_sha(text: str) -> bool:
    return _SHA.fullmatch(text) is not None


def is_ref_name(text: str) -> bool:
    return len(text) <= 1000 and _REF_NAME.fullmatch(text) is not None


def read_refs(layout: GitLayout) -> Refs:
    names: dict[str, str] = {}
    packed = read_below(layout.common_dir, ["packed-refs"], limit=MAX_PACKED_REFS) or b""
    for line in packed.decode("utf-8", "replace").split("\n"):
        sha, _, name = line.partition(" ")
        if is_sha(sha) and is_ref_name(name):
            names[name] = sha
    symbolic: dict[str, str] = {}
    for name in _loose_names(layout.common_dir):
        text = (read_below(layout.common_dir, name.split("/"), limit=4096) or b"").decode("utf-8", "replace").strip()
        if is_sha(text):
            names[name] = text
        elif text.startswith("ref: "):
            symbolic[name] = text.removeprefix("ref: ").strip()
        if len(names) > MAX_REFS:
            raise LimitExceeded(f"the repository has more than {MAX_REFS} refs")
    names.update({name: names[target] for name, target in symbolic.items() if target in names})
    return Refs(head=_head(layout), names=dict(sorted(names.items())))


def choose(refs: Refs, ref: str | None) -> Target:
    """
    Raises:
        RefNotFound: no branch, tag, or revision expression of that form.
    """
    if ref is None or ref == "HEAD":
        return _default(refs)
    for name in (ref, f"refs/tags/{ref}", f"refs/heads/{ref}", f"refs/remotes/{ref}", f"refs/remotes/origin/{ref}"):
        if name in refs.names:
            return Target(revision=refs.names[name], ref=short_name(name), declared=True)
    if not _EXPRESSION.fullmatch(ref):
        raise RefNotFound(f"{ref!r} is not a branch, tag or commit")
    return Target(revision=ref, ref=ref, declared=False)


def suggestion(refs: Refs, ref: str) -> str:
    known = sorted({short_name(name) for name in refs.names})
    close = difflib.get_close_matches(ref, known[:5000], n=3)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"Known are for example {', '.join(known[:5])}." if known else "The repository has no branches and no tags."


def short_name(name: str) -> str:
    return re.sub(r"^refs/(heads|tags|remotes)/", "", name)


def _default(refs: Refs) -> Target:
    if not is_sha(refs.head):
        sha = refs.names.get(refs.head)
        if sha is None:
            raise RefNotFound("the repository has no commit yet", hint="Commit first, or scan with --ref @worktree.")
        return Target(revision=sha, ref=short_name(refs.head), declared=True)
    for prefix in ("refs/heads/", "refs/tags/"):
        for name, sha in refs.names.items():
            if sha == refs.head and name.startswith(prefix):
                return Target(revision=sha, ref=short_name(name), declared=True)
    return Target(revision=refs.head, ref="HEAD", declared=True)


def _head(layout: GitLayout) -> str:
    text = (read_below(layout.git_dir, ["HEAD"], limit=4096) or b"").decode("utf-8", "replace").strip()
    target = text.removeprefix("ref: ").strip()
    if is_sha(text) or (text.startswith("ref: ") and is_ref_name(target)):
        return target
    raise RefNotFound("the HEAD of the repository is not readable", hint="Name a branch or tag with --ref.")


def _loose_names(common_dir: Path, name: str = "refs", depth: int = 0) -> Iterator[str]:
    directory = common_dir / name
    if depth > _DEPTH or directory.is_symlink() or not directory.is_dir():
        return
    with os.scandir(directory) as found:
        items = sorted(found, key=lambda item: item.name)
    for item in items:
        path = f"{name}/{item.name}"
        if item.is_dir(follow_symlinks=False):
            yield from _loose_names(common_dir, path, depth + 1)
        elif item.is_file(follow_symlinks=False) and is_ref_name(path):
            yield path
