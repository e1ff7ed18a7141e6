"""Headings of Markdown files (CommonMark 0.31, §4.2 ATX and §4.3 setext), aware of fenced code and front matter."""

import re

from docrunch.parsing.comments import count_lines
from docrunch.parsing.model import Section

_ATX = re.compile(rb"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(rb"^ {0,3}(`{3,}|~{3,})(.*)$")
_SETEXT = re.compile(rb"^ {0,3}(=+|-+)[ \t]*$")
_NOT_A_PARAGRAPH = re.compile(rb"^(?: {4}|\t| {0,3}(?:[-*+>|]|\d+[.)])(?:[ \t]|$)| {0,3}[>|<])")
_COMMENT_OPEN = re.compile(rb"^ {0,3}<!--")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_MARKUP = re.compile(r"</?[A-Za-z][^>]*>|[*`]{1,3}|(?<!\w)_{1,2}|_{1,2}(?!\w)")


class _Heading:
    __slots__ = ("level", "line", "start", "title")

    def __init__(self, title: str, level: int, line: int, start: int) -> None:
        self.title = title
        self.level = level
        self.line = line
        self.start = start


def read_sections(text: bytes) -> tuple[Section, ...]:
    """The headings in order, each with the text up to the next one. Text before the first heading has no section."""
    headings = _headings(text)
    last_line = count_lines(text)
    sections = []
    for index, heading in enumerate(headings):
        following = headings[index + 1] if index + 1 < len(headings) else None
        sections.append(
            Section(
                heading.title,
                heading.level,
                heading.line,
                following.line - 1 if following is not None else last_line,
                heading.start,
                following.start if following is not None else len(text),
            )
        )
    return tuple(sections)


def _headings(text: bytes) -> list[_Heading]:
    found: list[_Heading] = []
    fence = b""
    comment = False
    paragraph: list[tuple[int, int, bytes]] = []  # (line, start byte, content) of the open paragraph
    skip_until = _front_matter_lines(text)
    start = 0
    for number, raw in enumerate(text.split(b"\n"), start=1):
        line = raw.removesuffix(b"\r")
        here, start = start, start + len(raw) + 1
        if number <= skip_until:
            continue
        if fence:
            closing = _FENCE.match(line)
            if closing is not None and closing[1].startswith(fence) and not closing[2].strip():
                fence = b""
            continue
        if comment or (_COMMENT_OPEN.match(line) and not paragraph):
            comment = b"-->" not in line
            continue
        opening = _FENCE.match(line)
        if opening is not None and not (opening[1].startswith(b"`") and b"`" in opening[2]):
            fence, paragraph = opening[1], []
        elif (atx := _ATX.match(line)) is not None:
            found.append(_Heading(_title(atx[2] or b""), len(atx[1]), number, here))
            paragraph = []
        elif paragraph and (setext := _SETEXT.match(line)) is not None:
            title = b" ".join(content.strip() for _, _, content in paragraph)
            level = 1 if setext[1].startswith(b"=") else 2
            found.append(_Heading(_title(title), level, paragraph[0][0], paragraph[0][1]))
            paragraph = []
        elif not line.strip() or (not paragraph and _NOT_A_PARAGRAPH.match(line)):
            paragraph = []
        elif paragraph or not _in_block(text, here):
            paragraph.append((number, here, line))
    return found


def _in_block(text: bytes, start: int) -> bool:
    """Whether the line continues a list item, quote or table that the line before opened (lazy continuation)."""
    if start == 0:
        return False
    before = text[text.rfind(b"\n", 0, start - 1) + 1 : start - 1]
    return bool(before.strip()) and _NOT_A_PARAGRAPH.match(before) is not None


def _front_matter_lines(text: bytes) -> int:
    """Number of lines of a leading ``---`` block, 0 without one."""
    if not text.startswith((b"---\n", b"---\r\n")):
        return 0
    for number, line in enumerate(text.split(b"\n")[1:400], start=2):
        if line.rstrip() == b"---":
            return number
    return 0


def _title(raw: bytes) -> str:
    """Plain text of a heading: links by their text, emphasis and tags removed."""
    text = _LINK.sub(r"\1", raw.decode("utf-8", "replace"))
    return " ".join(_MARKUP.sub("", text).split())
