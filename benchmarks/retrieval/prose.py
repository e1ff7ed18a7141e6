"""Sentences of documentation: markup read, code blocks left out."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)")
_ROLE = re.compile(r":(?:\w+:)?\w+:`(?:[^`<]*<)?[~!]?([^`>]+)>?`")
_LITERAL = re.compile(r"``([^`]+)``")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_TAG = re.compile(r"</?[A-Za-z][^>]*>|\{@\w+ ([^}]*)\}")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(])|\s*\n\s*\n\s*")
_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|Dr|Mr|resp))\.$")
_WORD = re.compile(r"[A-Za-z0-9]+")
_NOT_PROSE = re.compile(r"^\s*(?:\.\. |[=\-~^\"'+*#|]{3,}\s*$|>>>|\$ |:\w[\w ]*:(?!`)|\[[^\]]+\]:|@\w+|\|)")


def words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def normal(text: str) -> str:
    """Words between single spaces, so that line breaks and comment marks hide no copy of a sentence."""
    return " " + " ".join(words(text)) + " "


def plain(text: str) -> str:
    """Markup of Markdown, reStructuredText and Javadoc removed; names stay between backticks."""
    text = _ROLE.sub(r"`\1`", text)
    text = _LITERAL.sub(r"`\1`", text)
    text = _LINK.sub(r"\1", text)
    text = _TAG.sub(lambda found: f"`{found[1].split(' ')[-1]}`" if found[1] else "", text)
    return text.replace("**", "")


def first_sentence(doc: str) -> str:
    """The first sentence of a documentation comment, on one line."""
    return next(sentences(doc), "")


def sentences(text: str) -> Iterator[str]:
    """Sentences of paragraphs; code blocks, headings' underlines, directives and fields end a paragraph."""
    for paragraph in paragraphs(text):
        held = ""
        for part in _END.split(plain(paragraph)):
            held = f"{held} {part}".strip() if held else part.strip()
            if not _ABBREVIATED.search(held):
                if held:
                    yield " ".join(held.split())
                held = ""
        if held:
            yield " ".join(held.split())


def paragraphs(text: str) -> Iterator[str]:
    """Runs of lines of prose. What is indented below a line that ends in ``::`` is code."""
    held: list[str] = []
    fenced, code_indent = False, -1
    for line in [*text.expandtabs(4).splitlines(), ""]:
        if _FENCE.match(line):
            fenced = not fenced
            line = ""
        indent = len(line) - len(line.lstrip())
        if line.strip() and code_indent >= 0 and indent <= code_indent:
            code_indent = -1
        if fenced or not line.strip() or (code_indent >= 0) or _NOT_PROSE.match(line) or (indent >= 4 and not held):
            if held:
                yield "\n".join(held)
                held = []
            continue
        if re.match(r"\s*(?:[-*+•]|\d+[.)]|#+)\s", line) and held:
            yield "\n".join(held)
            held = []
        held.append(re.sub(r"^\s*(?:[-*+•]|\d+[.)]|#+|>)\s+", "", line).strip())
        if line.rstrip().endswith("::"):
            code_indent = indent
            yield "\n".join(held)
            held = []
