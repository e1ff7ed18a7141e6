"""Tokens of schema languages with braces (protobuf, GraphQL), for readers that follow broken text as far as it goes.

One pass over the text, no recursion: cost and memory are proportional to its length.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from docrunch.parsing.comments import Comments
from docrunch.parsing.lines import Lines
from docrunch.parsing.model import FileFacts, Import, Reference, Symbol

_MARKS = re.compile(r"^[ \t]*(?://+|/\*+|\*+/|\*|#+)[ \t]?|\*+/[ \t]*$", re.MULTILINE)


class Token(NamedTuple):
    kind: str  # name | number | string | mark
    text: str
    start: int
    end: int


END = Token("end", "", 0, 0)  # what follows the last token


class Reading:
    """One text while it is read: its tokens without comments, and what was found in it so far.

    ``pattern`` names its groups after the kinds of tokens; a group ``comment`` holds comments.
    """

    def __init__(self, text: bytes, pattern: re.Pattern[bytes]) -> None:
        self.text = text
        self.lines = Lines(text)
        self.comments = Comments(text)
        self.symbols: list[Symbol] = []
        self.imports: list[Import] = []
        self.references: list[Reference] = []
        self.tokens = list(self._tokens(pattern))
        self.at = 0

    def _tokens(self, pattern: re.Pattern[bytes]) -> Iterator[Token]:
        for found in pattern.finditer(self.text):
            kind = found.lastgroup or "mark"
            start, end = found.span()
            if kind == "comment":
                self.comments.add_range(start, end, self.lines.at(start), self.lines.column(start))
            else:
                yield Token(kind, found[0].decode("utf-8", "replace"), start, end)

    @property
    def token(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else END

    def take(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def skip(self, mark: str) -> bool:
        """Whether the next token is that mark, which is then behind us."""
        if self.token.text != mark or self.token.kind == "string":
            return False
        self.at += 1
        return True

    def refer(self, name: str, at: int, scope: int) -> None:
        if name.lstrip("@"):  # broken text may end before the name
            self.references.append(Reference("use", (name,), self.lines.at(at), scope))

    def above(self, start: int) -> tuple[str, int, int]:
        """(text, first line, last line) of the comments that end directly above a definition; empty without."""
        found = self.comments.above(self.lines.at(start))
        if not found:
            return "", 0, 0
        raw = "\n".join(self.text[c.start_byte : c.end_byte].decode("utf-8", "replace") for c in found)
        return _MARKS.sub("", raw).strip(), found[0].start_line, found[-1].end_line

    def written(self, start: int, end: int) -> str:
        return self.text[start:end].decode("utf-8", "replace")

    def close(self, symbol: int, end: int) -> None:
        """The definition lasts to byte ``end``."""
        known = self.symbols[symbol]
        self.symbols[symbol] = msgspec.structs.replace(known, end_byte=end, end_line=self.lines.at(max(0, end - 1)))

    def facts(self, base: FileFacts, package: str = "") -> FileFacts:
        _, code_lines, comment_lines = self.comments.counts()
        return msgspec.structs.replace(
            base,
            code_lines=code_lines,
            comment_lines=comment_lines,
            symbols=tuple(self.symbols),
            imports=tuple(self.imports),
            references=tuple(self.references),
            markers=tuple(self.comments.markers),
            package=package,
        )
