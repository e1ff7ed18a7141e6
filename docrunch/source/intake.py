"""The gate every file passes: from a path and raw bytes to an inventory entry, stored text and issues.

Kinds of source differ in how they find files; what becomes of a file is decided here only. Secrets are replaced
before the text leaves this module, so nothing behind it can store one.
"""

from collections.abc import Callable
from functools import lru_cache

import msgspec
from pathspec import GitIgnoreSpec

from docrunch.canonical import canonical_json, sha256_hex
from docrunch.errors import LimitExceeded
from docrunch.options import ScanOptions
from docrunch.security.secrets import redact
from docrunch.source.classify import by_path, by_text, has_binary_suffix, is_lfs_pointer
from docrunch.source.encoding import NotText, decode
from docrunch.source.known import FileKey, KnownFile, KnownFiles
from docrunch.source.model import FileEntry, Issue, Skip, SourceRef
from docrunch.source.paths import is_safe, listed_name
from docrunch.source.patterns import compile_patterns
from docrunch.source.selection import Selection
from docrunch.source.spool import TreeSpool
from docrunch.source.tree import StoredTree

Detect = Callable[[str, bytes], str]
Tick = Callable[[], None]
DETECT_HEAD = 4_096  # bytes of text that decide the language
MAX_SECRET_ISSUES = 100  # listed one by one per file; beyond, one issue counts the rest


class Candidate(msgspec.Struct, frozen=True):
    """A path that a source holds, before its content is read."""

    path: str  # may be unsafe
    size: int
    executable: bool = False
    skip: Skip | None = None  # symlinks, submodules, special and unreadable files


class Intake:
    """``tick`` is called once per file; what it raises ends the reading.

    ``known`` must only be shared by intakes with the same ``detect``.
    """

    def __init__(
        self,
        options: ScanOptions,
        detect: Detect,
        spool: TreeSpool,
        tick: Tick = lambda: None,
        known: KnownFiles | None = None,
    ) -> None:
        self.selection = Selection(options)
        self._rules = sha256_hex(canonical_json([options.include, options.languages, options.limits]))
        self._known = known or KnownFiles(0)
        self._limits = options.limits
        self._detect = detect
        self._spool = spool
        self._tick = tick
        self._languages: list[tuple[GitIgnoreSpec, str]] = [
            (compile_patterns([pattern])[0], language) for pattern, language in options.languages
        ]
        self._files = 0
        self._bytes = 0
        self._issues: set[Issue] = set()
        self._unsafe: list[Candidate] = []

    def admit(self, candidate: Candidate) -> bool:
        """Whether the content is wanted: then `store` or `lose` must follow. Otherwise the path is listed, or outside.

        Raises:
            LimitExceeded: more files than one scan may have.
        """
        if not self._nameable(candidate.path):
            self._list_unsafe(candidate)
            return False
        if not self.selection.covers(candidate.path):
            return False
        skip = self._before_reading(candidate)
        if skip is not None:
            self._skip(candidate, skip)
        return skip is None

    def recall(self, candidate: Candidate, content: str) -> bool:
        """Store a file without reading it, if one of this name and content (`FileKey`) was read before.

        Raises:
            LimitExceeded: as `store`.
        """
        found = self._known.get(self._key(candidate, content))
        if found is None or found.entry.size != candidate.size:
            return False
        self._count_bytes(found.entry.size)
        self._keep(found)
        return True

    def store(self, candidate: Candidate, raw: bytes, content: str = "") -> None:
        """
        Args:
            content: a name under which `recall` may ask for it; by default it is found again by its bytes.

        Raises:
            LimitExceeded: more bytes than one scan may read.
        """
        self._count_bytes(len(raw))
        raw_sha = sha256_hex(raw)
        key = self._key(candidate, content or f"sha256:{raw_sha}")
        found = self._known.get(key)
        if found is None:
            found = self._examined(candidate, raw, raw_sha)
            self._known.put(key, found)
        self._keep(found)

    def _key(self, candidate: Candidate, content: str) -> FileKey:
        return FileKey(self._rules, candidate.path, candidate.executable, content)

    def _keep(self, file: KnownFile) -> None:
        self._issues.update(file.issues)
        self._add(file.entry, file.frame, file.size)

    def _examined(self, candidate: Candidate, raw: bytes, raw_sha: str) -> KnownFile:
        """What becomes of a file: decided by its path, its bytes and the rules alone."""

        def skipped(skip: Skip, encoding: str = "utf-8") -> KnownFile:
            encoding = "" if skip is Skip.BINARY else encoding
            return KnownFile(self._skipped(candidate, skip, len(raw), raw_sha, encoding), (), None, 0)

        path = candidate.path
        if is_lfs_pointer(raw):
            return skipped(Skip.LFS_POINTER)
        try:
            decoded = decode(raw)
        except NotText as error:
            return skipped(Skip.UNDECODABLE, error.declared) if error.declared else skipped(Skip.BINARY)
        if decoded.guessed and has_binary_suffix(path):
            return skipped(Skip.BINARY)
        lines = count_lines(decoded.text)
        skip = None if self.selection.insists(path) else by_text(path, decoded.text, lines)
        if skip is not None:
            return skipped(skip)
        issues = [Issue(path=path, reason="encoding_guessed", detail=decoded.encoding)] if decoded.guessed else []
        text, secrets = _redacted(path, decoded.text)
        entry = FileEntry(
            path=path,
            size=len(raw),
            sha256=raw_sha,
            text_sha256=raw_sha if text is raw else sha256_hex(text),
            language=self._language(path, text[:DETECT_HEAD]),
            lines=lines,
            encoding=decoded.encoding,
            executable=candidate.executable,
        )
        return KnownFile(entry, (*issues, *secrets), self._spool.compress(text), len(text))

    def _count_bytes(self, size: int) -> None:
        self._bytes += size
        if self._bytes > self._limits.max_total_bytes:
            raise LimitExceeded(
                f"the source holds more than {self._limits.max_total_bytes} bytes of files",
                hint="Narrow it with --path or --exclude, or raise limits.max_total_bytes.",
            )

    def lose(self, candidate: Candidate, reason: str, detail: str = "") -> None:
        """Content that was wanted cannot be had."""
        if not self._nameable(candidate.path):
            return self._list_unsafe(candidate)
        self._issues.add(Issue(path=candidate.path, reason=reason, detail=detail))
        return self._skip(candidate, Skip.UNREADABLE)

    def note(self, path: str, reason: str, detail: str = "") -> None:
        safe = path if self._nameable(path) else listed_name(_without_secrets(path))
        self._issues.add(Issue(path=safe, reason=reason, detail=detail))

    def unread_sizes(self) -> dict[str, int]:
        """Paths that were listed without reading them, and their sizes."""
        return self._spool.skipped_unread()

    def finish(self, make_source: Callable[[str], SourceRef]) -> StoredTree:
        """Seal the tree. ``make_source`` is given the tree's sha256, which is the commit of unversioned sources."""
        for candidate in sorted(self._unsafe, key=lambda item: item.path):
            shown = msgspec.structs.replace(candidate, path=self._free_name(candidate.path))
            self._spool.add(self._skipped(shown, Skip.UNSAFE_PATH, shown.size), None)
        return self._spool.finish(make_source, tuple(sorted(self._issues)))

    def _nameable(self, path: str) -> bool:
        """Whether the path itself may be written everywhere: it misleads nobody and holds no secret."""
        return is_safe(path, self._limits.max_path_bytes) and _without_secrets(path) == path

    def _list_unsafe(self, candidate: Candidate) -> None:
        self._unsafe.append(candidate)
        self._count()

    def _before_reading(self, candidate: Candidate) -> Skip | None:
        path = candidate.path
        if self.selection.excludes(path):
            return Skip.EXCLUDED
        if candidate.skip is not None:
            return candidate.skip
        skip = by_path(path)
        if skip is not None and not self.selection.insists(path):
            return skip
        return Skip.TOO_LARGE if candidate.size > self._limits.max_file_bytes else None

    def _skip(self, candidate: Candidate, skip: Skip) -> None:
        self._add(self._skipped(candidate, skip, candidate.size))

    def _skipped(self, candidate: Candidate, skip: Skip, size: int, sha256: str = "", encoding: str = "") -> FileEntry:
        return FileEntry(
            path=candidate.path,
            size=size,
            sha256=sha256,
            language=self._language(candidate.path, b""),
            encoding=encoding,
            executable=candidate.executable,
            skip=skip,
        )

    def _add(self, entry: FileEntry, frame: bytes | None = None, size: int = 0) -> None:
        self._count()
        self._spool.add(entry, frame, size)

    def _count(self) -> None:
        self._tick()
        self._files += 1
        if self._files > self._limits.max_files:
            raise LimitExceeded(
                f"the source has more than {self._limits.max_files} files",
                hint="Narrow it with --path, or raise limits.max_files.",
            )

    def _language(self, path: str, head: bytes) -> str:
        for spec, language in reversed(self._languages):
            if spec.match_file(path):
                return language
        return self._detect(path, head)

    def _free_name(self, path: str) -> str:
        """Distinct unsafe paths stay distinct entries, and never hide a safe one: they are named when all is read."""
        listed = name = listed_name(_without_secrets(path))
        number = 2
        while name in self._spool:
            name, number = f"{listed}~{number}", number + 1
        return name


def _redacted(path: str, text: bytes) -> tuple[bytes, list[Issue]]:
    redacted, findings = redact(text)
    issues = [
        Issue(path=path, reason="secret_redacted", detail=finding.rule, line=finding.line)
        for finding in findings[:MAX_SECRET_ISSUES]
    ]
    if len(findings) > MAX_SECRET_ISSUES:
        rest = len(findings) - MAX_SECRET_ISSUES
        issues.append(Issue(path=path, reason="secret_redacted", detail=f"and {rest} more"))
    return redacted, issues


@lru_cache(maxsize=16_384)  # about 4 MB; the paths of the next scan are mostly those of the last
def _without_secrets(path: str) -> str:
    return redact(path.encode("utf-8", "surrogateescape"))[0].decode("utf-8", "surrogateescape")


def count_lines(text: bytes) -> int:
    """Lines end at LF; an unterminated last line counts."""
    return text.count(b"\n") + (1 if text and not text.endswith(b"\n") else 0)
