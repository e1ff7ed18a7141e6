"""The sections of a file of prose, with the titles around them.

Of reStructuredText the usual titles are seen: a line with a line of punctuation below it, at least as long.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from docrunch.parsing.markdown import read_sections

_MARKDOWN = frozenset({"markdown", "mdx"})
_UNDERLINED = frozenset({"rst", "restructuredtext"})
_PROSE = _MARKDOWN | _UNDERLINED | {"asciidoc", "org"}
_LINE = re.compile(r"([=\-~^\"'*+#`:._])\1{2,199}\s*")
_LONGEST_TITLE = 200  # characters


class TitledLines(NamedTuple):
    """Lines ``line`` to ``end_line`` (1-based, inclusive); ``trail`` holds the titles around it and its own, last."""

    line: int
    end_line: int
    trail: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.trail[-1] if self.trail else ""


class _Heading(NamedTuple):
    line: int
    level: int
    title: str


def is_prose(path: str, language: str, *, code: bool) -> bool:
    """Documentation by language, and a README in plain text. Args: ``code``: the file has symbols."""
    named_readme = PurePosixPath(path).name.upper().split(".", 1)[0] == "README"
    return language in _PROSE or (named_readme and not code)


def sections(language: str, text: bytes, lines: Sequence[str]) -> Iterator[TitledLines]:
    """All lines of a text in order, cut at its headings."""
    if language in _MARKDOWN:
        found: Iterable[_Heading] = (_Heading(each.line, each.level, each.title) for each in read_sections(text))
    elif language in _UNDERLINED:
        found = _underlined(lines)
    else:
        found = ()
    open_: list[_Heading] = []
    at = 1
    for heading in found:
        if heading.line > at:
            yield TitledLines(at, heading.line - 1, tuple(each.title for each in open_))
        at = heading.line
        open_ = [*(outer for outer in open_ if outer.level < heading.level), heading]
    if at <= len(lines):
        yield TitledLines(at, len(lines), tuple(each.title for each in open_))


def _underlined(lines: Sequence[str]) -> Iterator[_Heading]:
    """Levels are those of the marks in the order in which they first occur."""
    levels: dict[tuple[str, bool], int] = {}
    for number in range(1, len(lines)):
        title, below = lines[number - 1].strip(), lines[number]
        if not title or len(title) > _LONGEST_TITLE or not _LINE.fullmatch(below) or _LINE.fullmatch(title):
            continue
        if len(below.rstrip()) < len(title) or lines[number - 1][:1].isspace():
            continue
        over = number > 1 and lines[number - 2].rstrip() == below.rstrip()
        level = levels.setdefault((below[0], over), len(levels) + 1)
        yield _Heading(number - 1 if over else number, level, title)
