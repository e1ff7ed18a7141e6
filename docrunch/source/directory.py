"""Reading a directory, or the working tree of a repository, without following a single link."""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
from pathspec import GitIgnoreSpec

from docrunch.errors import SourceNotFound
from docrunch.source.beneath import directory, read_below, read_regular
from docrunch.source.intake import Candidate, Intake
from docrunch.source.model import Skip
from docrunch.source.paths import MAX_COMPONENTS, decode_path
from docrunch.source.patterns import compile_patterns
from docrunch.source.selection import is_own

IGNORE_FILES = (".gitignore", ".docrunchignore")  # the second has the last word
MAX_IGNORE_FILE = 512 << 10  # bytes

OnFile = Callable[[str, str, bytes], None]  # path, git mode, raw content


class _Rules(msgspec.Struct, frozen=True):
    base: str  # "" or "dir/"
    spec: GitIgnoreSpec


class DirectoryWalk:
    """One pass over a directory: what `.gitignore` and `.docrunchignore` hide is no part of the source.

    ``tracked`` are paths that count although ignored, as git itself holds; ``submodules`` are listed, not entered.
    ``on_file`` sees each file whose content was read, for comparing a working tree with its commit.
    """

    def __init__(
        self,
        intake: Intake,
        *,
        tracked: frozenset[str] = frozenset(),
        submodules: Mapping[str, int] | None = None,
        on_file: OnFile | None = None,
        extra_patterns: bytes = b"",
        max_file_bytes: int,
    ) -> None:
        self._intake = intake
        self._tracked = tracked
        self._tracked_directories = frozenset(
            "/".join(path.split("/")[:depth]) for path in tracked for depth in range(1, path.count("/") + 1)
        )
        self._submodules = submodules or {}
        self._on_file = on_file
        self._extra = extra_patterns
        self._limit = max_file_bytes

    def read(self, root: Path) -> None:
        """
        Raises:
            SourceNotFound: the directory cannot be read.
        """
        try:
            with directory(root) as handle:
                rules = [self._rules("", self._extra, ".git/info/exclude")] if self._extra else []
                self._enter(handle, "", rules)
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            raise SourceNotFound(f"the directory cannot be read: {error.strerror}") from error

    def _enter(self, handle: int, prefix: str, rules: list[_Rules]) -> None:
        own = self._ignore_files(handle, prefix)
        rules = [*rules, own] if own is not None else rules
        for name in sorted(os.fsencode(name) for name in os.listdir(handle)):
            self._item(handle, os.fsdecode(name), prefix + decode_path(name), rules)

    def _item(self, handle: int, name: str, path: str, rules: list[_Rules]) -> None:
        if is_own(path):
            return None
        try:
            status = os.stat(name, dir_fd=handle, follow_symlinks=False)
        except OSError as error:
            return self._intake.lose(Candidate(path=path, size=0), "unreadable", error.strerror or "")
        if stat.S_ISDIR(status.st_mode):
            return self._directory(handle, name, path, rules)
        if path not in self._tracked and _ignored(path, rules):
            return None
        executable = bool(status.st_mode & stat.S_IXUSR)
        candidate = Candidate(path=path, size=status.st_size, executable=executable, skip=_special(status.st_mode))
        if self._intake.admit(candidate):
            self._file(handle, name, candidate)
        return None

    def _directory(self, handle: int, name: str, path: str, rules: list[_Rules]) -> None:
        if path in self._submodules:
            self._intake.admit(Candidate(path=path, size=0, skip=Skip.SUBMODULE))
            return
        if path not in self._tracked_directories and _ignored(path + "/", rules):
            return
        if path.count("/") >= MAX_COMPONENTS:
            self._intake.admit(Candidate(path=path + "/", size=0))
            return
        try:
            with directory(name, within=handle) as inner:
                self._enter(inner, path + "/", rules)
        except OSError as error:
            self._intake.note(path, "unreadable", f"directory: {error.strerror}")

    def _file(self, handle: int, name: str, candidate: Candidate) -> None:
        try:
            raw = read_regular(name, within=handle, limit=self._limit)
        except OSError as error:
            return self._intake.lose(candidate, "unreadable", error.strerror or "")
        if raw is None or len(raw) > self._limit:
            return self._intake.lose(candidate, "unreadable", "changed while it was read")
        if self._on_file is not None:
            self._on_file(candidate.path, "100755" if candidate.executable else "100644", raw)
        return self._intake.store(candidate, raw)

    def _ignore_files(self, handle: int, prefix: str) -> _Rules | None:
        text = b""
        for name in IGNORE_FILES:
            try:
                found = read_regular(name, within=handle, limit=MAX_IGNORE_FILE)
            except OSError:
                continue
            if found is not None and len(found) <= MAX_IGNORE_FILE:
                text += found + b"\n"
            elif found is not None:
                self._intake.note(prefix + name, "ignore_file_too_large", f"more than {MAX_IGNORE_FILE} bytes")
        return self._rules(prefix, text, prefix + IGNORE_FILES[0]) if text else None

    def _rules(self, base: str, text: bytes, shown: str) -> _Rules:
        spec, refused = compile_patterns(text.decode("utf-8", "replace").splitlines())
        if refused:
            self._intake.note(shown, "ignore_pattern_refused", f"{len(refused)} patterns are malformed or too costly")
        return _Rules(base=base, spec=spec)


def exclude_file(git_dir: Path) -> bytes:
    """Patterns the owner of a working tree keeps out of the repository itself."""
    return read_below(git_dir, ["info", "exclude"], limit=MAX_IGNORE_FILE) or b""


def _ignored(path: str, rules: list[_Rules]) -> bool:
    """The deepest file with an opinion decides (gitignore(5))."""
    for rule in reversed(rules):
        verdict = rule.spec.check_file(path[len(rule.base) :]).include
        if verdict is not None:
            return verdict
    return False


def _special(mode: int) -> Skip | None:
    if stat.S_ISLNK(mode):
        return Skip.SYMLINK
    return None if stat.S_ISREG(mode) else Skip.SPECIAL
