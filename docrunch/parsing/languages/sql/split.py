"""A script cut into statements, comments aside: strings, quoted names, dollar quotes, client commands and copied data.

One pass over the text; the time is proportional to its length whatever it holds.
"""

import re
from collections.abc import Iterator

from docrunch.parsing.comments import Comments
from docrunch.parsing.lines import Lines

_TAG = re.compile(rb"\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$")
_COMMENT = rb"--[^\n]*|^[ \t]*\#[^\n]*|/\*"
_REST = (
    rb"|\"(?:[^\"]|\"\")*+(?:\"|\Z)|`[^`]*(?:`|\Z)|\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$"
    rb"|^[Gg][Oo][ \t]*\r?$|^(?i:delimiter)[ \t]+\S+[^\n]*|^\\[^\n]*|;"
)
PLAIN_STRING = rb"'[^']*(?:'|\Z)"
ESCAPED_STRING = rb"'(?:[^'\\]++|\\.|'')*+(?:'|\Z)"  # MySQL: a backslash hides the character behind it
_PLAIN = re.compile(PLAIN_STRING + b"|" + _COMMENT + _REST, re.MULTILINE | re.DOTALL)
_ESCAPED = re.compile(ESCAPED_STRING + b"|" + _COMMENT + _REST, re.MULTILINE | re.DOTALL)
_COPIES = re.compile(rb"\s*copy\b[^;]*\bfrom\s+stdin\b", re.IGNORECASE)
_DOWN = re.compile(rb"--\s*(?:\+goose\s+down|\+migrate\s+down|migrate:down|@undo|rollback\b)", re.IGNORECASE)


def has_escapes(text: bytes) -> bool:
    """Whether strings follow MySQL, where a backslash escapes."""
    return b"`" in text or b"ENGINE=" in text or b"AUTO_INCREMENT" in text


def statements(text: bytes, comments: Comments, lines: Lines) -> Iterator[tuple[int, int]]:
    """(first byte, byte behind the last) of each statement without its terminator. Comments go to ``comments``.

    Ends at the mark where a migration starts to undo itself.
    """
    pattern = _ESCAPED if has_escapes(text) else _PLAIN
    last_tag = {found[0]: found.start() for found in _TAG.finditer(text)}
    start, at = 0, 0
    while (found := pattern.search(text, at)) is not None:
        first, at = found.start(), found.end()
        head = text[first : first + 1]
        if head == b"$":
            if last_tag[found[0]] >= at:
                at = text.index(found[0], at) + len(found[0])
        elif head in (b"-", b"/", b"#", b" ", b"\t") and (opened := _comment(text, found[0], first)):
            begin, at = opened
            comments.add_range(begin, at, lines.at(begin), lines.column(begin))
            if _DOWN.match(text, begin):
                yield start, begin
                return
        elif head == b";":
            yield start, first
            if _COPIES.match(text, start):
                at = _behind(text, b"\n\\.", at)
            start = at
        elif head in b"gG\\":
            yield start, first
            start = at
        elif head in b"dD":
            yield start, first
            mark = found[0].split()[1]
            if mark == b";":
                start = at
                continue
            start = at = yield_until = _behind(text, b"\n", at - 1)
            end = _next_delimiter(text, at)
            while (cut := text.find(mark, at, end)) >= 0:
                yield yield_until, cut
                at = yield_until = cut + len(mark)
            start = at = end
    yield start, len(text)


def _comment(text: bytes, opening: bytes, at: int) -> tuple[int, int] | None:
    """Bytes of the comment that an opening starts."""
    if not opening.startswith(b"/*"):
        return at + len(opening) - len(opening.lstrip()), at + len(opening)
    return at, _behind(text, b"*/", at + 2)


def _behind(text: bytes, mark: bytes, at: int) -> int:
    found = text.find(mark, at)
    return found + len(mark) if found >= 0 else len(text)


_DELIMITER = re.compile(rb"^delimiter[ \t]", re.IGNORECASE | re.MULTILINE)


def _next_delimiter(text: bytes, at: int) -> int:
    found = _DELIMITER.search(text, at)
    return found.start() if found is not None else len(text)
