"""The words of one statement, and a hand that moves along them."""

import re
from typing import NamedTuple

from docrunch.parsing.languages.sql.split import ESCAPED_STRING, PLAIN_STRING

_WORD = rb"(?P<word>[A-Za-z_@#\x80-\xff][\w$#@\x80-\xff]*)"
_REST = (
    rb"|(?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))|(?P<number>\d[\w.]*)"
    rb"|(?P<dollar>\$(?P<tag>(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?)\$)|(?P<mark>.)"
)
_QUOTED = rb"|(?P<quoted>\"(?:[^\"]|\"\")*+(?:\"|\Z)|`[^`]*(?:`|\Z)"
_BRACKETS = rb"|\[[^\]]*(?:\]|\Z)"
_SERVER = re.compile(rb"\b(?:table|view|on|references|index)\s*\[|\]\.\[", re.IGNORECASE)
MAX_TOKENS = 100_000  # of one statement; a longer one defines no table that anybody reads


class Token(NamedTuple):
    kind: str  # word | quoted | string | number | mark
    text: str  # without quotes
    upper: str  # of words; marks as they are; "" otherwise
    start: int
    end: int


class Dialect:
    """How names and strings are quoted in one file."""

    def __init__(self, text: bytes, escapes: bool) -> None:
        string = rb"(?P<string>" + (ESCAPED_STRING if escapes else PLAIN_STRING) + b")"
        brackets = _BRACKETS if _SERVER.search(text) else b""
        self._pattern = re.compile(string + b"|" + _WORD + _QUOTED + brackets + b")" + _REST, re.DOTALL)

    def tokens(self, text: bytes, start: int, end: int) -> list[Token]:
        found: list[Token] = []
        at = start
        while at < end and len(found) < MAX_TOKENS:
            match = self._pattern.match(text, at, end)
            if match is None:
                break
            at = match.end()
            kind = match.lastgroup or "mark"
            if kind == "space":
                continue
            if kind in ("dollar", "tag"):
                closing = text.find(match[0], at, end)
                at = closing + len(match[0]) if closing >= 0 else at
                found.append(Token("string", "", "", match.start(), at))
                continue
            raw = match[0].decode("utf-8", "replace")
            if kind == "quoted":
                raw = raw[1:-1].replace('""', '"') if len(raw) > 1 else raw
            elif kind == "string":
                raw = raw[1:-1].replace("''", "'")
            upper = raw.upper() if kind == "word" else raw if kind == "mark" else ""
            found.append(Token(kind, raw, upper, match.start(), at))
        return found


class Hand:
    """A position in a list of tokens."""

    def __init__(self, tokens: list[Token], at: int = 0) -> None:
        self.tokens = tokens
        self.at = at

    @property
    def done(self) -> bool:
        return self.at >= len(self.tokens)

    @property
    def upper(self) -> str:
        return self.tokens[self.at].upper if self.at < len(self.tokens) else ""

    def peek(self, ahead: int) -> str:
        at = self.at + ahead
        return self.tokens[at].upper if at < len(self.tokens) else ""

    def take(self, *words: str) -> bool:
        """Move behind the words where they are next."""
        if all(self.peek(ahead) == word for ahead, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def skip(self, *words: str) -> None:
        """Move behind any of the words."""
        while self.upper and self.upper in words:
            self.at += 1

    def name(self) -> tuple[str, ...]:
        """A dotted name; empty where none is next."""
        parts: list[str] = []
        while not self.done and self.tokens[self.at].kind in ("word", "quoted") and self.tokens[self.at].text:
            parts.append(self.tokens[self.at].text)
            self.at += 1
            if self.upper != ".":
                break
            self.at += 1
        return tuple(parts)

    def group(self) -> list[Token]:
        """The tokens inside the parentheses that are next; empty where none are."""
        if self.upper != "(":
            return []
        depth, start = 0, self.at + 1
        while not self.done:
            mark = self.upper
            self.at += 1
            if mark == "(":
                depth += 1
            elif mark == ")":
                depth -= 1
                if depth == 0:
                    return self.tokens[start : self.at - 1]
        return self.tokens[start:]


def split_at_commas(tokens: list[Token]) -> list[list[Token]]:
    """The items of a list; commas inside parentheses or brackets belong to an item."""
    items: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.upper in ("(", "["):
            depth += 1
        elif token.upper in (")", "]"):
            depth -= 1
        if token.upper == "," and depth == 0:
            items.append([])
        else:
            items[-1].append(token)
    return [item for item in items if item]
