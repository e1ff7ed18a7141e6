"""Plumbing of a local git repository whose working tree and index stay untouched, and from which nothing is pushed.

Objects are added and one branch is moved, only from the commit that was read. Git runs as for a source (`process`):
no hook, no filter, no configuration of the caller.
"""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from docrunch.errors import Conflict, Failed, NotFound
from docrunch.source.git import blob_id
from docrunch.source.process import git_argv, git_environment, kill_group, start

SECONDS = 120.0  # one command
NAME, EMAIL = "Docrunch", "docrunch@localhost"
REGULAR, EXECUTABLE = "100644", "100755"


class RefMoved(Exception):
    """Somebody committed to the branch meanwhile."""


class Listed(msgspec.Struct, frozen=True):
    mode: str
    oid: str
    size: int  # bytes; -1 for what is no blob


class CommitText(msgspec.Struct, frozen=True):
    message: str
    seconds: int  # since 1970, of author and committer: the same tree, parent and scan give the same commit


class Repository:
    """A local git repository, found by its working tree, a linked worktree or its bare directory.

    Raises:
        NotFound: there is none.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git_dir = _git_dir(root)
        if self._code("rev-parse", "--git-dir") != 0:
            raise NotFound(f"{root} is no git repository", hint="Name a working tree, or a bare repository.")

    def head(self, ref: str) -> str | None:
        """Commit of a full ref name (``refs/heads/…``); None where there is no such ref."""
        code, out = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        return out.decode().strip() if code == 0 else None

    def check_branch(self, branch: str) -> str:
        """The full name of a branch that may be moved.

        Raises:
            Conflict: it is no name of a branch, or it is checked out: moving it would look like an edit there.
        """
        ref = f"refs/heads/{branch}"
        if self._code("check-ref-format", ref) != 0 or branch.startswith("-"):
            raise Conflict(f"{branch!r} is no name of a branch", hint="Choose another --branch.")
        _, listed = self._run("worktree", "list", "--porcelain")
        if f"branch {ref}".encode() in listed.splitlines():
            raise Conflict(
                f"the branch {branch} is checked out in {self.root} or one of its worktrees",
                hint="Check out another branch there, or choose another one for the pages.",
            )
        return ref

    def list_files(self, commit: str, prefix: str) -> dict[str, Listed]:
        """Path below ``prefix`` ("" or ending in /) → what is there."""
        below = (prefix,) if prefix else ()
        out = self._checked("listing a branch", "ls-tree", "-r", "-l", "-z", "--full-tree", commit, *below)
        found = {}
        for line in out.split(b"\0"):
            head, tab, path = line.partition(b"\t")
            if tab:
                mode, _, oid, size = head.decode("ascii").split()
                name = path.decode("utf-8", "surrogateescape").removeprefix(prefix)
                found[name] = Listed(mode, oid, int(size) if size.isdigit() else -1)
        return found

    def blobs(self, oids: Sequence[str]) -> dict[str, bytes]:
        """Contents by object id.

        Raises:
            Failed: one is missing, or is not what its id says.
        """
        asked = "".join(f"{oid}\n" for oid in oids).encode()
        out = self._checked("reading pages of a branch", "cat-file", "--batch", given=asked) if oids else b""
        found, at = {}, 0
        for oid in oids:
            end = out.find(b"\n", at)
            head = out[at:end].split()
            if len(head) != 3:
                raise Failed(f"the object {oid} of {self.root} is missing", hint="Run `git fsck` in it.")
            size = int(head[2])
            content = out[end + 1 : end + 1 + size]
            if blob_id(content, "sha256" if len(oid) == 64 else "sha1") != oid:
                raise Failed(f"the object {oid} of {self.root} is damaged", hint="Run `git fsck` in it.")
            found[oid] = content
            at = end + 1 + size + 1
        return found

    def commit(
        self, ref: str, parent: str | None, prefix: str, changes: Mapping[str, bytes | None], text: CommitText
    ) -> str | None:
        """Commit files (path below ``prefix`` → bytes, None: gone) on top of ``parent``, and move ``ref`` to it.

        Returns:
            The commit; None where its tree would be that of its parent.

        Raises:
            RefMoved: ``ref`` is not at ``parent`` any more; nothing but unreferenced objects was added.
        """
        with tempfile.TemporaryDirectory(prefix="docrunch-git-") as work:
            env = {"GIT_INDEX_FILE": str(Path(work) / "index")}
            oids = self._store({path: data for path, data in changes.items() if data is not None}, Path(work))
            self._checked("reading a branch", "read-tree", parent if parent else "--empty", env=env)
            null = "0" * (64 if self._object_format() == "sha256" else 40)
            rows = [
                (f"{REGULAR} {oids[path]}\t" if path in oids else f"0 {null}\t").encode()
                + (prefix + path).encode("utf-8", "surrogateescape")
                for path in sorted(changes)
            ]
            self._checked(
                "making a tree", "update-index", "-z", "--index-info", given=b"\0".join([*rows, b""]), env=env
            )
            tree = self._checked("making a tree", "write-tree", env=env).decode().strip()
            if parent and tree == self._checked("reading a branch", "rev-parse", f"{parent}^{{tree}}").decode().strip():
                return None
            made = self._commit_tree(tree, parent, text)
            self._move(ref, made, parent or null)
            return made

    def delete(self, ref: str, commit: str) -> None:
        """Raises:
        RefMoved: it is not at that commit any more.
        """
        if self._code("update-ref", "--no-deref", "-d", ref, commit) != 0:
            raise RefMoved

    def refs(self, prefix: str) -> dict[str, str]:
        """Full name → commit of the refs below a prefix."""
        out = self._checked("listing refs", "for-each-ref", "--format=%(refname) %(objectname)", prefix)
        return {name.decode(): oid.decode() for name, _, oid in (line.partition(b" ") for line in out.splitlines())}

    # ── git ──

    def _store(self, contents: Mapping[str, bytes], work: Path) -> dict[str, str]:
        if not contents:
            return {}
        for number, data in enumerate(contents.values()):
            (work / f"{number}").write_bytes(data)
        names = "".join(f"{work / str(number)}\n" for number in range(len(contents))).encode()
        made = self._checked("storing pages", "hash-object", "-w", "--no-filters", "--stdin-paths", given=names)
        return dict(zip(contents, made.decode().split(), strict=True))

    def _commit_tree(self, tree: str, parent: str | None, text: CommitText) -> str:
        who = {"NAME": NAME, "EMAIL": EMAIL, "DATE": f"@{text.seconds} +0000"}
        env = {f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER") for name, value in who.items()}
        parents = ("-p", parent) if parent else ()
        made = self._checked(
            "committing", "commit-tree", "--no-gpg-sign", tree, *parents, given=text.message.encode(), env=env
        )
        return made.decode().strip()

    def _move(self, ref: str, new: str, old: str) -> None:
        """The hash of zeros as ``old``: there must be no such ref."""
        who = {"GIT_COMMITTER_NAME": NAME, "GIT_COMMITTER_EMAIL": EMAIL}
        code, _ = self._run("update-ref", "--no-deref", "-m", "docrunch: pages", ref, new, old, env=who)
        if code != 0:
            if self.head(ref) != (None if set(old) == {"0"} else old):
                raise RefMoved
            raise Failed(f"git refuses to move {ref} of {self.root}", hint="Is the repository writable?")

    def _object_format(self) -> str:
        return self._checked("reading the repository", "rev-parse", "--show-object-format").decode().strip()

    def _code(self, *arguments: str) -> int:
        return self._run(*arguments)[0]

    def _checked(self, doing: str, *arguments: str, given: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """Raises:
        Failed: git ended with an error.
        """
        code, out = self._run(*arguments, given=given, env=env, doing=doing)
        if code != 0:
            raise Failed(f"git failed while {doing} in {self.root}")
        return out

    def _run(
        self, *arguments: str, given: bytes = b"", env: Mapping[str, str] | None = None, doing: str = ""
    ) -> tuple[int, bytes]:
        with tempfile.TemporaryDirectory(prefix="docrunch-git-") as home:
            environment = git_environment(Path(home)) | dict(env or {})
            process = start(git_argv(self.git_dir, *arguments), environment, Path(home), stdin=True)
            try:
                out, err = process.communicate(given, timeout=SECONDS)
            except subprocess.TimeoutExpired:
                raise Failed(f"git {arguments[0]} took longer than {SECONDS:g} s in {self.root}") from None
            finally:
                kill_group(process)
        if process.returncode != 0 and doing:
            said = next((line for line in err.decode("utf-8", "replace").splitlines() if line.strip()), "")
            raise Failed(f"git failed while {doing} in {self.root}: {said[:200]}")
        return process.returncode, out


def _git_dir(root: Path) -> Path:
    """Where the repository keeps its data. ``.git`` may be a file: of a linked worktree, or a submodule."""
    dot_git = root / ".git"
    if dot_git.is_file():
        named = dot_git.read_text("utf-8", "replace").strip()
        return (root / named.removeprefix("gitdir: ")).resolve()
    found = dot_git if dot_git.is_dir() else root
    return Path(os.path.abspath(found))  # noqa: PTH100 - links of the operator stay as they are named
