"""Which paths a scan is about: sub-directory, include and exclude globs, and our own outputs."""

from collections.abc import Sequence

from pathspec import GitIgnoreSpec

from docrunch.errors import UsageError
from docrunch.options import ScanOptions
from docrunch.source.classify import by_path
from docrunch.source.paths import is_safe
from docrunch.source.patterns import compile_patterns

OWN_DIRECTORIES = frozenset({".git", ".docrunch", "docrunch-docs"})
OWN_SUFFIX = ".docpack"
OWN_FILES = frozenset({"graph.jsonl"})  # at the top only: what an offline scan of "." writes there


def is_own(path: str) -> bool:
    """Git's data and what Docrunch writes: never part of a source, at any depth."""
    return (
        path in OWN_FILES
        or path.endswith(OWN_SUFFIX)
        or any(part in OWN_DIRECTORIES or part.lower() == ".git" for part in path.split("/"))
    )


class Selection:
    """Answers by path alone."""

    def __init__(self, options: ScanOptions) -> None:
        self._prefix = _subdirectory(options.path)
        self._include = _user_spec("--include", options.include) if options.include else None
        self._exclude = _user_spec("--exclude", options.exclude) if options.exclude else None
        self._explicit = _user_spec("--include", _explicit_patterns(options.include)) if options.include else None

    @property
    def prefix(self) -> str:
        """``sub/dir/`` or the empty string."""
        return self._prefix

    def covers(self, path: str) -> bool:
        """Whether the path is inside ``--path``. What is outside is not listed."""
        return path.startswith(self._prefix)

    def excludes(self, path: str) -> bool:
        if is_own(path):
            return True
        if self._include is not None and not self._include.match_file(path):
            return True
        return self._exclude is not None and self._exclude.match_file(path)

    def insists(self, path: str) -> bool:
        """Whether an ``--include`` names this path so plainly that vendored or generated files are wanted."""
        return self._explicit is not None and self._explicit.match_file(path)


def _explicit_patterns(patterns: Sequence[str]) -> list[str]:
    """Patterns that hold no wildcard, or whose own text the vendored and generated rules recognise."""
    return [
        pattern
        for pattern in patterns
        if not pattern.startswith("!") and (not set(pattern) & set("*?[") or by_path(pattern.strip("/")) is not None)
    ]


def _user_spec(option: str, patterns: Sequence[str]) -> GitIgnoreSpec:
    spec, refused = compile_patterns(patterns)
    if refused:
        raise UsageError(
            f"{option} {refused[0]!r} is not a usable pattern", hint="Patterns are written as in .gitignore."
        )
    return spec


def _subdirectory(path: str) -> str:
    trimmed = path.strip("/").removeprefix("./")
    if trimmed in {"", "."}:
        return ""
    if path.startswith("/") or not is_safe(trimmed, 1024):
        raise UsageError(f"--path {path!r} is not a directory inside the source", hint="Give it relative to the root.")
    return trimmed + "/"
