"""The commits of a local repository and what each of them changed, read by git through the shim of `git`.

What a commit changed never changes: a process remembers it (`KnownChanges`), so that after a new commit only that one
is compared. The list of commits is read each time; it costs microseconds a commit.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from docrunch.errors import DocrunchError, Failed, InvalidArchive, LimitExceeded
from docrunch.source.churn import BIG_FILE, MAX_COMMITS, Absent, Churn, Commit, Touch, churn, in_window
from docrunch.source.git import GitShim
from docrunch.source.layout import GitLayout, locate
from docrunch.source.model import SourceKind
from docrunch.source.paths import decode_path
from docrunch.source.policy import SourcePolicy
from docrunch.source.probe import require_local
from docrunch.source.refs import is_sha
from docrunch.source.spec import SourceSpec

GIT_SECONDS = 60.0  # for all of a reading
MAX_OUTPUT = 24 << 20  # bytes that git may write in all of it: 400,000 touched files, 100 MB in memory
MAX_MEMORY = 1 << 20  # KiB of data of git: it lists all of a commit before it writes, and 10 trees can name 10^10 files
AT_ONCE = 500  # commits named in one command line: 33 kB of at least 128 kB
KNOWN_BYTES = 40_000_000  # what commits changed, as a process remembers it
_TOUCH_BYTES = 200  # of one file in one commit, beside its names
_DATE_DIGITS = 18  # a date of more is malformed for git too, and cannot be told

Tick = Callable[[], None]


class KnownChanges:
    """What commits changed, by directory of objects and sha; the least recently used ones go. Used by threads."""

    def __init__(self, kept: int = KNOWN_BYTES) -> None:
        self._kept = kept
        self._held = 0
        self._changes: OrderedDict[tuple[str, str], tuple[Touch, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, objects: str, sha: str) -> tuple[Touch, ...] | None:
        with self._lock:
            found = self._changes.get((objects, sha))
            if found is not None:
                self._changes.move_to_end((objects, sha))
            return found

    def put(self, objects: str, sha: str, touches: tuple[Touch, ...]) -> None:
        with self._lock:
            if (objects, sha) in self._changes:
                return
            self._changes[objects, sha] = touches
            self._held += _memory_of(touches)
            while self._held > self._kept:
                self._held -= _memory_of(self._changes.popitem(last=False)[1])


def _memory_of(touches: Sequence[Touch]) -> int:
    """Names count: those of a hostile history have thousands of characters."""
    return _TOUCH_BYTES + sum(_TOUCH_BYTES + len(each.path) + len(each.before) for each in touches)


def read_churn(
    spec: SourceSpec,
    commit: str,
    paths: Collection[str],
    *,
    policy: SourcePolicy,
    workdir: Path,
    known: KnownChanges | None = None,
    tick: Tick = lambda: None,
) -> Churn | Absent:
    """The churn of the files of a commit, or why there is none.

    Args:
        commit: as `SourceRef` names it; of a changed working tree the commit it was made from counts.
        workdir: private directory of the job, in which nothing is called ``history.git`` yet.
        tick: called a few times a second; what it raises ends the reading, with git stopped.

    Raises:
        SourceRefused: the operator allows no local sources.
    """
    sha = commit.partition("+")[0]
    if spec.kind is not SourceKind.GIT or not is_sha(sha):
        return Absent.NO_HISTORY
    require_local(policy)
    try:
        layout = locate(spec.path)
    except (DocrunchError, OSError):
        return Absent.GONE
    if os.path.lexists(layout.common_dir / "shallow"):
        return Absent.SHALLOW
    try:
        return _History(layout, workdir / "history.git", known or KnownChanges(0), tick).churn(sha, paths)
    except LimitExceeded:
        return Absent.TOO_LARGE
    except (Failed, InvalidArchive):
        return Absent.UNREADABLE


class _History:
    def __init__(self, layout: GitLayout, shim: Path, known: KnownChanges, tick: Tick) -> None:
        self._shim = GitShim(shim, layout.objects, object_format=layout.object_format)
        self._objects = str(layout.objects.resolve())
        self._known = known
        self._tick = tick
        self._end = time.monotonic() + GIT_SECONDS
        self._bytes = MAX_OUTPUT

    def churn(self, sha: str, paths: Collection[str]) -> Churn:
        listed = self._commits(sha)
        end = listed[0].time
        chosen = in_window(listed[:MAX_COMMITS], end)
        complete = len(listed) <= MAX_COMMITS or len(chosen) < MAX_COMMITS
        plain = [each for each in chosen if not each.merge]
        return churn(plain, self._changes([each.sha for each in plain]), end, paths, complete=complete)

    def _commits(self, sha: str) -> list[Commit]:
        """The scanned one, and one more than the window may hold."""
        found = self._log("listing the commits", "--format=%H %ct %P%x09%ae", f"--max-count={MAX_COMMITS + 1}", sha)
        commits = [_commit(line) for line in found.split(b"\0") if line]
        if not commits or commits[0].sha != sha:
            raise InvalidArchive("git did not list the commit that it was asked for")
        return commits

    def _changes(self, shas: Sequence[str]) -> dict[str, tuple[Touch, ...]]:
        found = {sha: touches for sha in shas if (touches := self._known.get(self._objects, sha)) is not None}
        new = [sha for sha in shas if sha not in found]
        for start in range(0, len(new), AT_ONCE):
            found |= self._compared(new[start : start + AT_ONCE])
        return found

    def _compared(self, shas: Sequence[str]) -> dict[str, tuple[Touch, ...]]:
        options = ("--numstat", "--find-renames=100%", "--diff-algorithm=myers", "--ignore-submodules=all")
        output = self._log(
            "comparing commits", "--format=%H", "--no-walk=unsorted", *options, "--no-ext-diff", "--no-textconv", *shas
        )
        found = _parsed(output)
        for sha in shas:
            self._known.put(self._objects, sha, found.setdefault(sha, ()))
        return found

    def _log(self, doing: str, *arguments: str) -> bytes:
        written = self._shim.output(
            doing,
            *("log", "-z", "--no-color", "--no-show-signature", "--no-notes", *arguments),
            options=(f"core.bigFileThreshold={BIG_FILE}",),
            timeout=self._end - time.monotonic(),
            max_output=self._bytes,
            max_memory=MAX_MEMORY,
            tick=self._tick,
        )
        self._bytes -= len(written)
        return written


def _commit(line: bytes) -> Commit:
    head, _, author = line.partition(b"\t")
    sha, _, rest = head.partition(b" ")
    made, _, parents = rest.partition(b" ")
    if not is_sha(sha.decode("ascii", "replace")):
        raise InvalidArchive("git listed the commits in an unknown form")
    seconds = int(made) if made.isdigit() and len(made) <= _DATE_DIGITS else 0  # a malformed date is long ago
    return Commit(sha.decode(), seconds, author.lower(), merge=b" " in parents)


def _parsed(output: bytes) -> dict[str, tuple[Touch, ...]]:
    """``sha NUL`` and its rows ``added TAB deleted TAB path NUL``; of a moved file ``… TAB NUL old NUL new NUL``."""
    found: dict[str, list[Touch]] = {}
    here: list[Touch] = []
    words = iter(output.split(b"\0"))
    for word in words:
        row = word.removeprefix(b"\n")
        added, tab, rest = row.partition(b"\t")
        if not tab:
            if row:
                here = found.setdefault(row.decode("ascii", "replace"), [])
            continue
        deleted, _, path = rest.partition(b"\t")
        before = b"" if path else next(words, b"")
        here.append(Touch(decode_path(path or next(words, b"")), _lines(added), _lines(deleted), decode_path(before)))
    return {sha: tuple(touches) for sha, touches in found.items()}


def _lines(text: bytes) -> int:
    return int(text) if text.isdigit() else 0  # "-": binary
