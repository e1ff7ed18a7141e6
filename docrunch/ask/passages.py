"""The prose of a repository in passages: a paragraph with the code block below it, under the titles it stands under.

Markdown and reStructuredText alike, in one pass over the lines.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

MAX_LINES = 20_000  # of one document; what follows is not read
MAX_NESTED = 4  # directives in directives
MAX_CODE = 24  # lines of a code block that are part of a passage
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_ATX = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*$")
_UNDERLINE = re.compile(r"^([=\-~^\"'`+.:_*#])\1{2,}[ \t]*$")  # of reStructuredText and plain text
_SETEXT = re.compile(r"^([=-])\1{2,}[ \t]*$")  # of Markdown, where ticks and tildes fence code
_MARKDOWN = (".md", ".markdown", ".mdx")
_BEGINS = re.compile(r"^ {0,3}(?:`{3,}|~{3,}|#{1,6}[ \t]|\||[-*+][ \t]|\d+[.)][ \t]|#\.[ \t])")  # of another block
_NOISE = re.compile(
    r"^\s*(?:\[?!\[|\.\. (?!code|sourcecode|note|warning|tip|admonition|version|deprecated)|:\w[\w-]*:(?!`)|<|"
    r"\[[^\]]+\]:\s|\|[\s:|-]*$)"
)
_ABOUT = re.compile(  # what follows, indented, is prose about this name
    r"^(\s*)\.\. (?:[a-z]+:)?(data|function|class|method|attribute|envvar|confval|option|exception|note|warning|tip|"
    r"admonition|describe):: ?(.*)$"
)
_CODE_DIRECTIVE = re.compile(r"^\s*\.\. (?:code-block|code|sourcecode)::|::\s*$")


class Passage(msgspec.Struct, frozen=True):
    """``trail``: titles from the outermost to the nearest. ``text``: the lines as they are written."""

    path: str
    start: int  # 1-based, inclusive
    end: int
    trail: tuple[str, ...]
    text: str
    code: bool = False  # its end is a block of code

    @property
    def title(self) -> str:
        return self.trail[-1] if self.trail else ""


class _Reader:
    def __init__(self, path: str, lines: Sequence[str], depth: int = 0) -> None:
        self._path, self._lines, self._depth = path, lines, depth
        self._trail: list[tuple[str, str]] = []  # (level or underline character, title)
        self._underline = _SETEXT if path.lower().endswith(_MARKDOWN) else _UNDERLINE
        self._order: list[str] = []  # underline characters in the order in which they were met

    def passages(self) -> Iterator[Passage]:
        number, pending = 0, None
        while number < len(self._lines):
            line = self._lines[number]
            if not line.strip():
                number += 1
                continue
            about = _ABOUT.match(line)
            if about:
                if pending:
                    yield pending
                pending, end = None, self._indented(number + 1)
                yield from self._described(number + 1, end, about)
                number = max(end, number + 1)
                continue
            heading = self._heading(number)
            if heading:
                if pending:
                    yield pending
                pending, number = None, number + heading
                continue
            start, number, code = number, *self._block(number)
            if code and pending is not None and not pending.code and number - start <= MAX_CODE:
                yield self._made(pending.start - 1, number, code=True)  # a paragraph and what it shows
                pending = None
                continue
            if pending:
                yield pending
            noise = not code and all(_NOISE.match(each) for each in self._lines[start:number])
            pending = None if noise else self._made(start, min(number, start + 4 * MAX_CODE), code=code)
        if pending:
            yield pending

    def _described(self, start: int, end: int, about: re.Match[str]) -> Iterator[Passage]:
        """What is indented below a directive, read as a document of its own under the name it describes."""
        named = "" if about[2] in ("note", "warning", "tip", "admonition") else about[3].split("(", 1)[0].strip()
        block = self._lines[start:end]
        indent = min((len(line) - len(line.lstrip()) for line in block if line.strip()), default=0)
        if not indent or self._depth >= MAX_NESTED:
            return
        inner = _Reader(self._path, [line[indent:] for line in block], self._depth + 1)
        inner._trail = [*self._trail, *([("", named)] if named else [])]
        for each in inner.passages():
            yield msgspec.structs.replace(each, start=each.start + start, end=each.end + start)

    def _made(self, start: int, end: int, *, code: bool) -> Passage:
        text = "\n".join(self._lines[start:end])
        return Passage(self._path, start + 1, end, tuple(title for _, title in self._trail), text, code)

    def _heading(self, number: int) -> int:
        """How many lines a heading takes here; 0 where there is none. Notes it."""
        line = self._lines[number]
        atx = _ATX.match(line)
        if atx:
            self._enter(len(atx[1]), atx[1], atx[2])
            return 1
        after = self._lines[number + 1] if number + 1 < len(self._lines) else ""
        below = self._lines[number + 2] if number + 2 < len(self._lines) else ""
        underline = self._underline
        if underline.match(line) and after.strip() and underline.match(below) and line[0] == below[0]:
            self._underlined(line[0] * 2, after)
            return 3
        if underline.match(after) and not line.startswith((" ", "\t")) and len(after.strip()) >= min(len(line), 3):
            self._underlined(after[0], line)
            return 2
        return 1 if underline.match(line) else 0

    def _underlined(self, mark: str, title: str) -> None:
        if mark not in self._order:
            self._order.append(mark)
        self._enter(self._order.index(mark) + 1, mark, title)

    def _enter(self, level: int, mark: str, title: str) -> None:
        self._trail = [*self._trail[: level - 1], (mark, " ".join(title.split())[:200])]

    def _block(self, number: int) -> tuple[int, bool]:
        """(the line after a block, whether it is code)."""
        lines, line = self._lines, self._lines[number]
        fence = _FENCE.match(line)
        if fence:
            end = number + 1
            while end < len(lines) and not lines[end].strip().startswith(fence[1]):
                end += 1
            return min(end + 1, len(lines)), True
        if _CODE_DIRECTIVE.match(line) and line.lstrip().startswith(".. "):
            return self._indented(number + 1), True
        if line.startswith(("    ", "\t")):
            return self._indented(number), True
        end = number + 1
        while end < len(lines) and lines[end].strip() and not _BEGINS.match(lines[end]):
            end += 1
        return end, False

    def _indented(self, number: int) -> int:
        end = last = number
        while end < len(self._lines) and (not self._lines[end].strip() or self._lines[end][0] in " \t"):
            end += 1
            last = end if self._lines[end - 1].strip() else last
        return max(last, number)


def read_passages(path: str, text: str) -> list[Passage]:
    """In order. Titles, badges and directives that show nothing are no passages."""
    lines = [line.rstrip("\r") for line in text.split("\n")[:MAX_LINES]]
    return list(_Reader(path, lines).passages())
