"""Reading commits through a private bare shim: git runs on the source's objects, never under its configuration.

The shim is an empty repository of ours with its own config, the refs copied as text, and GIT_OBJECT_DIRECTORY
pointing at the objects. So no promisor remote, hook, filter or fsmonitor of the source exists for git. There is no
checkout; symbolic links and submodules are only rows to skip.
"""

import hashlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from docrunch.errors import Failed, InvalidArchive, LimitExceeded, RefNotFound
from docrunch.source.paths import decode_path
from docrunch.source.process import MAX_MEMORY, Finished, check, git_argv, git_environment, kill_group, run, start
from docrunch.source.refs import is_sha

LIST_SECONDS = 300.0
READ_SECONDS = 3600.0
MAX_LISTING = 1 << 30  # bytes


class Row(msgspec.Struct, frozen=True, array_like=True):
    mode: str
    kind: str  # blob | commit
    oid: str
    size: int  # -1 where the object is missing
    path: str  # undecodable bytes as lone surrogates


class GitShim:
    """Git commands over the objects of one repository."""

    def __init__(self, directory: Path, objects: Path, *, object_format: str = "sha1") -> None:
        self._directory = directory
        self._env = git_environment(directory) | {"GIT_OBJECT_DIRECTORY": str(objects)}
        self._hash = "sha256" if object_format == "sha256" else "sha1"
        self._build()

    def _build(self) -> None:
        self._directory.mkdir(mode=0o700)
        for name in ("objects", "refs"):
            (self._directory / name).mkdir()
        (self._directory / "HEAD").write_text("ref: refs/heads/none\n")
        extension = "[extensions]\n\tobjectFormat = sha256\n" if self._hash == "sha256" else ""
        version = 1 if extension else 0
        (self._directory / "config").write_text(
            f"[core]\n\trepositoryformatversion = {version}\n\tbare = true\n{extension}"
        )

    def add_refs(self, names: Mapping[str, str], head: str | None = None) -> None:
        """Names and shas, checked by `refs`, for revision expressions such as ``v1.0~2``."""
        lines = [f"{names[name]} {name}\n" for name in sorted(names)]
        (self._directory / "packed-refs").write_text("".join(lines), encoding="utf-8", errors="strict")
        if head is not None and is_sha(head):
            (self._directory / "HEAD").write_text(head + "\n")

    def commit_of(self, revision: str, shown: str, hint: str | None = None) -> str:
        """Full sha of a commit.

        Raises:
            RefNotFound: there is no such commit among the objects.
        """
        finished = self._run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", timeout=60
        )
        sha = finished.stdout.decode("ascii", "replace").strip() if finished.code == 0 else ""
        if not is_sha(sha):
            raise RefNotFound(f"there is no branch, tag or commit {shown!r}", hint=hint)
        return sha

    def list_tree(self, commit: str) -> list[Row]:
        finished = self._run("ls-tree", "-r", "-z", "-l", "--full-tree", commit, timeout=LIST_SECONDS)
        output = check(finished, "listing the files of the commit")
        return [_row(line) for line in output.split(b"\0") if line]

    def blobs(self, rows: Sequence[Row]) -> Iterator[tuple[Row, bytes | None]]:
        """Content of each row in order; None where the object is missing or is not what its id says."""
        process = start(git_argv(self._directory, "cat-file", "--batch"), self._env, self._directory, stdin=True)
        stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
        if stdin is None or stdout is None or stderr is None:
            raise Failed("git could not be started")
        clock = threading.Timer(READ_SECONDS, process.kill)
        threads = [
            threading.Thread(target=_feed, args=(stdin, rows), daemon=True),
            threading.Thread(target=_drain, args=(stderr,), daemon=True),
        ]
        try:
            clock.daemon = True
            for thread in (clock, *threads):
                thread.start()
            for row in rows:
                yield row, self._verified(row, _read_object(stdout, row))
        finally:
            clock.cancel()
            _end(process, threads)

    def _verified(self, row: Row, content: bytes | None) -> bytes | None:
        """Git does not compare a packed blob with its id; a forged one would be cited under a commit it is not in."""
        if content is None:
            return None
        return content if blob_id(content, self._hash) == row.oid else None

    def output(
        self,
        doing: str,
        *arguments: str,
        options: Sequence[str] = (),
        timeout: float,
        max_output: int,
        max_memory: int = MAX_MEMORY,
        tick: Callable[[], None] | None = None,
    ) -> bytes:
        """What git writes.

        Args:
            max_memory: KiB of data; git ends with an error where it needs more.

        Raises:
            Failed: git ended with an error while ``doing``.
            LimitExceeded: it took longer than ``timeout`` seconds or wrote more than ``max_output`` bytes.
        """
        argv = git_argv(self._directory, *arguments, options=options, max_memory=max_memory)
        return check(self._finish(argv, arguments[0], timeout, max_output, tick), doing)

    def _run(self, *arguments: str, timeout: float) -> Finished:
        return self._finish(git_argv(self._directory, *arguments), arguments[0], timeout, MAX_LISTING, None)

    def _finish(
        self, argv: Sequence[str], command: str, timeout: float, max_output: int, tick: Callable[[], None] | None
    ) -> Finished:
        try:
            return run(argv, self._env, self._directory, timeout=timeout, max_output=max_output, watch=tick)
        except TimeoutError:
            raise LimitExceeded(f"git {command} took longer than {timeout:g} s on this repository") from None


def blob_id(content: bytes, algorithm: str) -> str:
    """The id git gives to a blob (gitformat-object)."""
    digest = hashlib.new(algorithm, b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()


def _row(line: bytes) -> Row:
    head, tab, path = line.partition(b"\t")
    fields = head.decode("ascii", "replace").split()
    if not tab or len(fields) != 4:
        raise InvalidArchive("git listed the commit in an unknown form")
    mode, kind, oid, size = fields
    return Row(mode=mode, kind=kind, oid=oid, size=int(size) if size.isdigit() else -1, path=decode_path(path))


def _feed(stdin: IO[bytes], rows: Sequence[Row]) -> None:
    with suppress(BrokenPipeError, ValueError, OSError):
        for row in rows:
            stdin.write(row.oid.encode() + b"\n")
        stdin.close()


def _drain(stderr: IO[bytes]) -> None:
    with suppress(ValueError, OSError):
        while stderr.read(1 << 16):
            pass


def _read_object(stdout: IO[bytes], row: Row) -> bytes | None:
    header = stdout.readline(4096).split()
    if not header:
        raise Failed("git ended while reading objects", hint="The repository may be damaged: run `git fsck` in it.")
    if len(header) != 3 or not header[2].isdigit():
        return None  # "<oid> missing"
    size = int(header[2])
    if header[1] != b"blob" or size != row.size:
        raise InvalidArchive("an object of the repository is not what the commit says")
    content = stdout.read(size)
    if len(content) != size or stdout.read(1) != b"\n":
        raise Failed("git ended while reading objects", hint="The repository may be damaged: run `git fsck` in it.")
    return content


def _end(process: subprocess.Popen[bytes], threads: Sequence[threading.Thread]) -> None:
    """Kill first: the threads wait on its pipes, and a pipe must not be closed under a thread that uses it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for thread in threads:
        thread.join(5)
    kill_group(process)
