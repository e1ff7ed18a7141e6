"""Line of a change log → source files that its release changed, asked of the tree before that release.

Releases that change more than a few source files say nothing about a single line, and are left out. A file whose only
difference is a number (the version) is not changed.
"""

import difflib
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePosixPath

from benchmarks.retrieval import worlds
from benchmarks.retrieval.material import Material
from benchmarks.retrieval.model import Query, View
from benchmarks.retrieval.prose import plain, words
from benchmarks.retrieval.worlds import Files
from docrunch.graph.testing import is_test_file
from docrunch.parsing.catalog import detect

KIND = "change note"
MOST_FILES = 5
_FEWEST_WORDS = 4
_LOGS = frozenset({"CHANGES.rst", "CHANGELOG.md", "History.md", "CHANGELOG"})
_HEADING = re.compile(r"^(?:#+\s*|Version\s+|v)\[?v?(?:Version\s+)?(\d+\.\d+(?:\.\d+)?)\b", re.IGNORECASE)
_BULLET = re.compile(r"^\s*[-*•]\s+")
_NOISE = re.compile(
    r"\(?\[?#\d+\]?(?:\[\])?\)?:?|:(?:issue|pr):`[^`]*`|\([0-9a-f]{7}\)|\(\)|https?://\S+|\bcloses\b", re.I
)
_NOT_CODE = re.compile(r"avatar|\bthanks to\b|^bump |drop support|\btype annotations?\b|\bdocs?\b|readme", re.I)


def queries(material: Material) -> Iterator[Query]:
    for old, new in pairwise(material.releases):
        before, after = material.release_files(old), material.release_files(new)
        changed = changed_sources(worlds.indexed(before), worlds.indexed(after))
        if not 0 < len(changed) <= MOST_FILES:
            continue
        for text in notes(_log(after), new.version.removeprefix("v")):
            yield Query(
                material.name, material.language, KIND, "file", text, tuple(changed), View.BEFORE, release=old.version
            )


def changed_sources(before: Files, after: Files) -> list[str]:
    """Source files of both releases, no tests, whose texts differ by more than numbers."""
    return [
        path
        for path in sorted(before)
        if PurePosixPath(path).suffix in worlds.CODE_SUFFIXES
        and path in after
        and not is_test_file(path, detect(path, before[path][:1024]))
        and _differs(before[path], after[path])
    ]


def _differs(old: bytes, new: bytes) -> bool:
    if old == new:
        return False
    before, after = (re.sub(r"\d+", "0", text.decode("utf-8", "replace")).splitlines() for text in (old, new))
    lines = difflib.unified_diff(before, after, lineterm="", n=0)
    return any(line[:1] in "+-" and line[:3] not in ("+++", "---") and line[1:].strip() for line in lines)


def notes(log: str, version: str) -> list[str]:
    """Entries of a version, links and numbers of issues taken out."""
    found: list[str] = []
    inside = open_ = False
    for line in log.splitlines():
        heading = _HEADING.match(line)
        if heading:
            inside, open_ = heading[1] == version, False
        elif inside and _BULLET.match(line):
            found.append(_BULLET.sub("", line))
            open_ = True
        elif inside and open_ and line.strip() and not line.startswith(("#", "[", "Thanks", "===", "---")):
            found[-1] += " " + line.strip()
        else:
            open_ = False
    clean = [
        " ".join(_NOISE.sub(" ", plain(_NOISE.sub(" ", note))).replace("`", "").split()).strip(" ,.()")
        for note in found
    ]
    return [note for note in clean if len(words(note)) >= _FEWEST_WORDS and not _NOT_CODE.search(note)]


def _log(files: Files) -> str:
    return next((data.decode("utf-8", "replace") for path, data in files.items() if path in _LOGS), "")
