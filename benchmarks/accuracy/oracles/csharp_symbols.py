"""C# declarations by brackets and keywords: an own small reader, since no registry has the compiler's syntax trees.

It shares nothing with the graph's grammar: words, brackets and where they close, as the language specification lays
declarations out. Directives are skipped, so that the text of every branch counts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<skip>\s+|//[^\n]*|/\*.*?\*/|\#[^\n]*)"
    r"|(?P<text>\$?@\$?\"(?:[^\"]|\"\")*\"|\$?\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+')"
    r"|(?P<word>@?[^\W\d]\w*)|(?P<number>\d[\w.]*)|(?P<mark>=>|::|\?\?|&&|\|\||==|!=|<=|>=|\S)",
    re.DOTALL | re.MULTILINE,
)
_TYPES = {"class": "class", "struct": "struct", "interface": "interface", "enum": "enum"}
_OPEN, _CLOSE = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}


class Token(NamedTuple):
    text: str
    line: int
    start: int
    kind: str


class Declaration(NamedTuple):
    """``type`` is the full name of the type around it, or of the namespace; ``params`` is -1 for what has none."""

    kind: str
    name: str
    line: int
    end_line: int
    type: str
    params: int = -1


def declarations(text: str) -> list[Declaration]:
    return list(_Reader(text).members(0, "", "")[0])


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    line, at = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        if match.lastgroup != "skip":
            found.append(Token(match[0], line, match.start(), str(match.lastgroup)))
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._ends = _pairs(self._tokens)

    def members(self, at: int, around: str, kind: str) -> tuple[list[Declaration], int]:
        """What stands from a token up to the bracket that closes it. Args: ``kind``: of the type around."""
        found: list[Declaration] = []
        while at < len(self._tokens) and self._tokens[at].text != "}":
            at = self._member(at, around, kind, found)
        return found, at + 1

    def _member(self, at: int, around: str, kind: str, found: list[Declaration]) -> int:
        head: list[int] = []
        while at < len(self._tokens):
            text = self._tokens[at].text
            if text == "[" and not head:
                at = self._ends.get(at, at) + 1  # attributes
                continue
            if text in ("{", ";", "=>", "=") or (text == "}" and not head):
                break
            if text == "}":
                return at
            head.append(at)
            at = self._ends.get(at, at) + 1 if text in ("(", "[") else at + 1
        if at >= len(self._tokens) or self._tokens[at].text == "}":
            return at
        return self._declared(head, at, around, kind, found)

    def _declared(self, head: Sequence[int], at: int, around: str, kind: str, found: list[Declaration]) -> int:
        words = [self._tokens[each].text for each in head]
        end = self._end(at)
        last = self._tokens[min(end, len(self._tokens) - 1)].line
        if "namespace" in words:
            name = "".join(words[words.index("namespace") + 1 :])
            inner, after = self.members(at + 1, _joined(around, name), "")
            found += inner
            return after
        keyword = next((each for each in words if each in _TYPES), "") if "where" not in words[:1] else ""
        if keyword and "(" not in words[: words.index(keyword)] and "delegate" not in words:
            token = self._tokens[head[words.index(keyword) + 1]]
            full = _joined(around, token.text)
            found.append(Declaration(_TYPES[keyword], token.text, token.line, last, around))
            if keyword == "enum" or self._tokens[at].text != "{":
                return end + 1
            inner, _ = self.members(at + 1, full, token.text)
            found += inner
            return end + 1
        if words[:1] in (["using"], ["extern"]) and not kind:
            return end + 1
        found += self._within(head, words, at, last, around, kind)
        return end + 1

    def _within(
        self, head: Sequence[int], words: list[str], at: int, last: int, around: str, owner: str
    ) -> Iterator[Declaration]:
        if "delegate" in words and "(" in words:
            name = self._before(head, words.index("("))
            yield Declaration("type", name.text, name.line, last, around)
        elif "operator" in words:
            word = self._tokens[head[words.index("operator")]]
            opened = self._tokens[head[_last(words, "(")]]
            written = " ".join(self._text[word.start : opened.start].split())
            yield Declaration("method", written, word.line, last, around, self._count(head[_last(words, "(")]))
        elif "this" in words and "[" in words and words.index("this") + 1 < len(words):
            word = self._tokens[head[words.index("this")]]
            yield Declaration("property", "this[]", word.line, last, around)
        elif "(" in words:
            opened_at = words.index("(")
            name = self._before(head, opened_at)
            previous = words[opened_at - 2] if opened_at > 1 else ""
            kind = "constructor" if name.text == owner and previous in ("", *_MODIFIERS) else "method"
            text = "~" + name.text if previous == "~" else name.text
            yield Declaration(
                "method" if previous == "~" else kind, text, name.line, last, around, self._count(head[opened_at])
            )
        elif self._tokens[at].text in ("{", "=>"):
            name = self._tokens[head[-1]]
            yield Declaration("property", name.text, name.line, last, around)
        elif "const" not in words and not {"static", "readonly"} <= set(words):
            for name in self._declarators(head, at):
                yield Declaration("property", name.text, name.line, last, around)

    def _before(self, head: Sequence[int], at: int) -> Token:
        """The name in front of a bracket, type parameters left out."""
        depth, at = 0, at - 1
        while at > 0 and (depth or self._tokens[head[at]].text == ">"):
            depth += {">": 1, "<": -1}.get(self._tokens[head[at]].text, 0)
            at -= 1
        return self._tokens[head[at]]

    def _declarators(self, head: Sequence[int], at: int) -> Iterator[Token]:
        """The names of a field: each before ``=``, ``,`` or ``;`` outside brackets."""
        yield from (self._tokens[head[n]] for n in self._listed(head) if head)
        depth = 0
        while at < len(self._tokens) and self._tokens[at].text != ";":
            text = self._tokens[at].text
            if text in _OPEN:
                at = self._ends.get(at, at)
            elif text == "<" and self._is_generic(at):
                depth += 1
            elif text == ">" and depth:
                depth -= 1
            elif text == "," and not depth and self._tokens[at + 1].kind == "word":
                yield self._tokens[at + 1]
            at += 1

    def _is_generic(self, at: int) -> bool:
        depth = 0
        for token in self._tokens[at : at + 60]:
            depth += {"<": 1, ">": -1}.get(token.text, 0)
            if not depth:
                return True
            if token.kind not in ("word",) and token.text not in "<>,.?[]::":
                return False
        return False

    def _listed(self, head: Sequence[int]) -> list[int]:
        depth, found = 0, []
        for n, each in enumerate(head):
            text = self._tokens[each].text
            depth += {"<": 1, ">": -1}.get(text, 0)
            if text == "," and not depth:
                found.append(n - 1)
        return [*found, len(head) - 1]

    def _count(self, opened: int) -> int:
        end = self._ends.get(opened, opened)
        inside = self._tokens[opened + 1 : end]
        if not inside:
            return 0
        depth = 0
        count = 1
        for token in inside:
            depth += {"<": 1, ">": -1, "(": 1, ")": -1, "[": 1, "]": -1}.get(token.text, 0)
            count += token.text == "," and not depth
        return count

    def _end(self, at: int) -> int:
        """The last token of a declaration whose head ends at ``at``."""
        if self._tokens[at].text == "{":
            end = self._ends.get(at, len(self._tokens) - 1)
            if end + 1 < len(self._tokens) and self._tokens[end + 1].text == "=":  # { get; } = value;
                return self._semicolon(end + 1)
            return end
        return self._semicolon(at)

    def _semicolon(self, at: int) -> int:
        while at < len(self._tokens) and self._tokens[at].text != ";":
            at = self._ends.get(at, at) + 1 if self._tokens[at].text in _OPEN else at + 1
        return min(at, len(self._tokens) - 1)


_MODIFIERS = ("public", "private", "protected", "internal", "static", "extern", "unsafe")


def _pairs(found: Sequence[Token]) -> dict[int, int]:
    """Opening token → closing token."""
    pairs: dict[int, int] = {}
    open_: list[int] = []
    for at, token in enumerate(found):
        if token.text in _OPEN:
            open_.append(at)
        elif token.text in _CLOSE and open_ and _OPEN[found[open_[-1]].text] == token.text:
            pairs[open_.pop()] = at
    return pairs


def _joined(outer: str, inner: str) -> str:
    return f"{outer}.{inner}" if outer else inner


def _last(words: Sequence[str], word: str) -> int:
    return len(words) - 1 - list(reversed(words)).index(word)
