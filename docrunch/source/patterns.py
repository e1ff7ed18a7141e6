"""Gitignore patterns from people and from hostile files, compiled so that matching stays fast."""

import re
from collections.abc import Iterable

from pathspec import GitIgnoreSpec

MAX_PATTERNS = 5_000  # of one file
MAX_PATTERN = 512  # characters
MAX_STARS = 4  # the regular expressions behind patterns backtrack: n stars cost up to (length of path) ** n


def compile_patterns(lines: Iterable[str]) -> tuple[GitIgnoreSpec, tuple[str, ...]]:
    """The patterns that can be used, and those that cannot (malformed, or expensive to match)."""
    good: list[str] = []
    refused: list[str] = []
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        (good if len(good) < MAX_PATTERNS and _is_usable(line) else refused).append(line)
    return GitIgnoreSpec.from_lines(good), tuple(refused)


def _is_usable(pattern: str) -> bool:
    stars = pattern.replace("**", "*").count("*")
    if len(pattern) > MAX_PATTERN or stars > MAX_STARS or pattern.count("**") > 3:
        return False
    try:
        GitIgnoreSpec.from_lines([pattern])
    except (ValueError, re.error):
        return False
    return True
