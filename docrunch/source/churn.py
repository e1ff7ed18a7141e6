"""How often each file of a commit was changed, from the commits of a window before it.

What counts, so that the same commit gives the same numbers on every machine:

- commits that the scanned one can reach, itself included, made at most `WINDOW_DAYS` before it by their own dates, and
  of those the `MAX_COMMITS` that git lists first (newest first); never the clock;
- a merge commit counts nothing by itself: what it brings was counted where it was made;
- a file that was moved unchanged keeps what it had under its old name; one moved and edited at once begins anew;
- lines as git's ``--numstat`` counts them; binary files, and files above `BIG_FILE`, count commits and no lines.

Addresses of authors are compared here, in memory, and only their number goes on.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

WINDOW_DAYS = 365
MAX_COMMITS = 2_000  # a large repository has this many in a few months: git reads them in seconds
BIG_FILE = 1 << 20  # bytes
_DAY = 86_400
_LAST_SECOND = 253_402_300_799  # of the year 9999, the last that dates have


class Absent(StrEnum):
    """Why there is no churn. It is said, and never told as zero."""

    NO_HISTORY = "no_history"  # an archive, a directory, a commit that was fetched alone
    SHALLOW = "shallow"  # a clone without the commits that the window needs
    UNREADABLE = "unreadable"  # objects are missing or damaged, as in a partial clone
    TOO_LARGE = "too_large"  # git took longer, or wrote more, than one scan may
    GONE = "gone"  # the repository is no longer where it was


class Touch(NamedTuple):
    """One file in one commit. ``before`` is the name it was moved from; "" where it was not."""

    path: str
    added: int
    deleted: int
    before: str = ""


class Commit(NamedTuple):
    sha: str
    time: int  # of the committer, seconds since the epoch
    author: bytes  # address, lower case
    merge: bool = False


class FileChurn(msgspec.Struct, frozen=True):
    """``last`` is the day (UTC) of the newest commit that changed the file."""

    commits: int
    added: int
    deleted: int
    authors: int
    last: date

    @property
    def lines(self) -> int:
        return self.added + self.deleted


class Churn(msgspec.Struct, frozen=True):
    """``files``: by path; one that is missing was not changed in the window. ``complete``: the window holds no more
    than `MAX_COMMITS`, or the oldest is the first commit of all."""

    since: date
    commits: int
    complete: bool
    files: dict[str, FileChurn]


class _Sum:
    __slots__ = ("added", "authors", "commits", "deleted", "last")

    def __init__(self) -> None:
        self.commits = self.added = self.deleted = self.last = 0
        self.authors: set[bytes] = set()


def in_window(commits: Iterable[Commit], end: int) -> list[Commit]:
    """Those not older than the window that ends with the scanned commit, made at ``end``; dates after it are its."""
    start = end - WINDOW_DAYS * _DAY
    return [each._replace(time=min(each.time, end)) for each in commits if each.time >= start]


def churn(
    commits: Iterable[Commit], changes: Mapping[str, Iterable[Touch]], end: int, paths: Iterable[str], *, complete: bool
) -> Churn:
    """Args:
    commits: of the window, newest first, without merges.
    changes: what each of them touched, by sha.
    end: when the scanned commit was made, seconds since the epoch.
    paths: the files that are asked about; others, such as deleted ones, are left out.
    """
    sums: dict[str, _Sum] = {}
    names: dict[str, str] = {}  # an older name → the one that the file has now
    count = 0
    for commit in commits:
        count += 1
        moved: dict[str, str] = {}
        for touch in changes[commit.sha]:
            path = names.get(touch.path, touch.path)
            _add(sums.setdefault(path, _Sum()), touch, commit)
            if touch.before:
                moved[touch.before] = path
        names |= moved
    found = {path: _told(sums[path]) for path in sorted(paths) if path in sums}
    return Churn(_day(end - WINDOW_DAYS * _DAY), count, complete, found)


def _add(found: _Sum, touch: Touch, commit: Commit) -> None:
    found.commits += 1
    found.added += touch.added
    found.deleted += touch.deleted
    found.last = max(found.last, commit.time)
    found.authors.add(commit.author)


def _told(found: _Sum) -> FileChurn:
    return FileChurn(found.commits, found.added, found.deleted, len(found.authors), _day(found.last))


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST_SECOND), UTC).date()
