"""A unified diff as the lines that it changes. The text may come from anywhere: nothing in it is believed.

Read as ``git diff``, ``diff -u`` and ``hg diff`` write it: names in C quotes, renames, binary files, ``\\ No newline``
and any line endings. A hunk is as long as its head says, so that what looks like a head inside of one is content.
"""

import re

import msgspec

from docrunch.errors import LimitExceeded, UsageError

MAX_DIFF_BYTES = 64_000_000
_HUNK = re.compile(rb"@@+ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_ESCAPE = re.compile(rb"\\([abtnvfr\"\\]|[0-3][0-7]{2})")
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_CONTENT = (b" ", b"+", b"-", b"\\", b"", b"\r")  # mail programs take the blank from empty lines
_PREFIXES = ("a/", "b/", "i/", "w/", "c/", "o/")
_NOTHING = "/dev/null"


class Lines(msgspec.Struct, frozen=True):
    """Lines ``first`` to ``last`` of one side; ``between``: something came or went between these two."""

    first: int
    last: int
    between: bool = False


class FileDiff(msgspec.Struct, frozen=True):
    """``old`` and ``new`` are names as written, without prefix only where `names` takes it off; "" for none."""

    old: str
    new: str
    removed: tuple[Lines, ...] = ()  # of the old side
    added: tuple[Lines, ...] = ()  # of the new side
    whole: bool = False  # binary, renamed or without hunks: no lines are known


def names(written: str) -> tuple[str, ...]:
    """What a name may mean in a tree: without the prefix that git puts in front, else as it is."""
    return (written[2:], written) if written.startswith(_PREFIXES) else (written,)


def read_diff(data: bytes) -> tuple[FileDiff, ...]:
    """The files of a diff, in its order.

    Raises:
        LimitExceeded: more than `MAX_DIFF_BYTES`.
        UsageError: there is text, and no file in it.
    """
    if len(data) > MAX_DIFF_BYTES:
        raise LimitExceeded(f"the diff has more than {MAX_DIFF_BYTES:,} bytes", hint="Name paths instead.")
    reader = _Reader()
    for line in data.split(b"\n"):
        reader.line(line)
    files = reader.finish()
    if not files and data.strip():
        raise UsageError("that is no unified diff", hint="Try `git diff | docrunch graph impact --diff -`.")
    return files


class _Reader:
    def __init__(self) -> None:
        self._files: list[FileDiff] = []
        self._old = self._new = ""
        self._open = False
        self._whole = False
        self._removed: list[Lines] = []
        self._added: list[Lines] = []
        self._old_left = self._new_left = 0
        self._old_at = self._new_at = 0
        self._run: tuple[int, int, int, int] | None = None  # first old, old lines, first new, new lines

    def line(self, line: bytes) -> None:
        if (self._old_left > 0 or self._new_left > 0) and line[:1] in _CONTENT:
            self._content(line)
            return
        self._end_run()
        self._old_left = self._new_left = 0  # of a hunk that is shorter than it says
        if line.startswith(b"diff --git "):
            self._close()
            self._open = True
            self._old, self._new = _git_names(line[11:].rstrip(b"\r"))
        elif line.startswith(b"--- "):
            if self._removed or self._added or not self._open:
                self._close()
            self._open = True
            self._old = _name(line[4:])
        elif line.startswith(b"+++ ") and self._open:
            self._new = _name(line[4:])
        elif line.startswith((b"rename from ", b"copy from ")):
            self._old, self._whole = _name(line.split(b" from ", 1)[1]), True
        elif line.startswith((b"rename to ", b"copy to ")):
            self._new, self._whole = _name(line.split(b" to ", 1)[1]), True
        elif line.startswith((b"Binary files ", b"GIT binary patch")):
            self._whole = True
        elif line.startswith(b"@@") and self._open:
            self._hunk(line)

    def _hunk(self, line: bytes) -> None:
        found = _HUNK.match(line)
        if found is None:
            return
        self._old_at, self._new_at = int(found[1]), int(found[3])
        self._old_left = int(found[2]) if found[2] is not None else 1
        self._new_left = int(found[4]) if found[4] is not None else 1
        if not self._old_left:
            self._old_at += 1  # an empty side names the line before
        if not self._new_left:
            self._new_at += 1

    def _content(self, line: bytes) -> None:
        first = line[:1]
        if first in (b"-", b"+"):
            run = self._run or (self._old_at, 0, self._new_at, 0)
            if first == b"-":
                self._run = (run[0], run[1] + 1, run[2], run[3])
                self._old_at, self._old_left = self._old_at + 1, self._old_left - 1
            else:
                self._run = (run[0], run[1], run[2], run[3] + 1)
                self._new_at, self._new_left = self._new_at + 1, self._new_left - 1
        elif first != b"\\":
            self._end_run()
            self._old_at, self._new_at = self._old_at + 1, self._new_at + 1
            self._old_left, self._new_left = self._old_left - 1, self._new_left - 1
        if self._old_left <= 0 and self._new_left <= 0:
            self._old_left = self._new_left = 0
            self._end_run()

    def _end_run(self) -> None:
        if self._run is None:
            return
        old, removed, new, added = self._run
        self._run = None
        self._removed.append(Lines(old, old + removed - 1) if removed else Lines(max(old - 1, 1), old, True))
        self._added.append(Lines(new, new + added - 1) if added else Lines(max(new - 1, 1), new, True))

    def _close(self) -> None:
        self._end_run()
        self._old_left = self._new_left = 0
        if self._open and (self._old or self._new):
            old = "" if self._old == _NOTHING else self._old
            new = "" if self._new == _NOTHING else self._new
            whole = self._whole or not self._removed
            self._files.append(FileDiff(old, new, tuple(self._removed), tuple(self._added), whole))
        self._open = self._whole = False
        self._old = self._new = ""
        self._removed, self._added = [], []

    def finish(self) -> tuple[FileDiff, ...]:
        self._close()
        return tuple(self._files)


def _git_names(written: bytes) -> tuple[str, str]:
    """Both names of ``diff --git``; they are equal but for the prefix where spaces make it unclear where one ends."""
    if written.startswith(b'"'):
        end = _closing(written)
        return _name(written[:end]), _name(written[end:].strip())
    if written.endswith(b'"') and b' "' in written:
        first, _, second = written.partition(b' "')
        return _name(first), _name(b'"' + second)
    middle = len(written) // 2
    if len(written) % 2 and written[middle : middle + 1] == b" ":
        return _name(written[:middle]), _name(written[middle + 1 :])
    first, _, second = written.partition(b" ")
    return _name(first), _name(second)


def _closing(written: bytes) -> int:
    """The byte after the quote that closes the first one."""
    place = 1
    while place < len(written) and written[place : place + 1] != b'"':
        place += 2 if written[place : place + 1] == b"\\" else 1
    return place + 1


def _name(written: bytes) -> str:
    """A name without quotes, time stamp and line end."""
    written = written.rstrip(b"\r")
    if written.startswith(b'"'):
        written = _ESCAPE.sub(_unescape, written[1 : _closing(written) - 1])
    else:
        written = written.split(b"\t", 1)[0]
    return written.decode("utf-8", "surrogateescape")


def _unescape(found: "re.Match[bytes]") -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if len(code) == 3 else _ESCAPED.get(code, code)
