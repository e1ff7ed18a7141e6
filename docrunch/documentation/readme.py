"""The README as a source of quotations: what the project says about itself, and the code it shows."""

import re
from collections.abc import Mapping

import msgspec

from docrunch.documentation.escape import unmarked
from docrunch.source.model import FileEntry

_README = re.compile(r"readme(?:\.(?:md|markdown|rst|txt|adoc))?", re.IGNORECASE)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})\s*([\w+#-]*)")
_RST_CODE = re.compile(r"^\s*\.\. (?:code-block|code|sourcecode)::\s*(\S*)")
_UNDERLINE = re.compile(r"^\s*([=\-~^#*\"'`+.:_])\1{2,}\s*$")
_BADGE_OR_MARKUP = re.compile(
    r"^\s*(?:\[?!\[|\.\. |:\w+:|<|\||#|[-*_]{3,}\s*$|\[[^\]]+\]:|>\s*\[!|\[[^\]]*\]\([^)]*\)\s*(?:[|·•-]|$))"
)
_QUOTED = re.compile(r"^\s*(?:>\s?)+")  # a tagline is often set as a quotation
_DEFINITION = re.compile(r"^ {0,3}\[([^\]]+)\]:\s*\S")  # of a link that the text refers to by [name]
_SHORTCUT = re.compile(r"\[([^\[\]]+)\](?![\[(:])")
MIN_WORDS = 4
MAX_QUOTE = 900


class Quote(msgspec.Struct, frozen=True):
    path: str
    start: int
    end: int
    text: str


class CodeBlock(msgspec.Struct, frozen=True):
    path: str
    start: int  # lines of the code itself, without its fences
    end: int
    language: str
    text: str


def find_readme(entries: tuple[FileEntry, ...], texts: Mapping[str, bytes]) -> str | None:
    """The README nearest the root; Markdown before others."""
    found = [
        entry.path
        for entry in entries
        if entry.skip is None and _README.fullmatch(entry.path.rsplit("/", 1)[-1]) and entry.path in texts
    ]
    shallow = [path for path in found if path.count("/") <= 1]
    return min(shallow, key=lambda p: (p.count("/"), not p.lower().endswith((".md", ".markdown")), p), default=None)


def first_paragraph(path: str, text: bytes) -> Quote | None:
    """The first paragraph that is a sentence: no title, badge, image, tag or directive."""
    lines = _lines(text)
    start = None
    fenced: str | None = None
    for number, line in enumerate([*lines, ""], start=1):
        mark = _FENCE.match(line)
        if mark and (fenced is None or mark.group(1).startswith(fenced)):
            fenced = None if fenced else mark.group(1)[:3]
            start = None
            continue
        if fenced:
            continue
        if line.strip() and not _BADGE_OR_MARKUP.match(line) and not line.startswith(("    ", "\t")):
            start = start or number
            continue
        if start is not None:
            quote = _quote(path, lines, start, number - 1)
            if quote is not None:
                return quote
        start = None
    return None


def _quote(path: str, lines: list[str], start: int, end: int) -> Quote | None:
    chosen = lines[start - 1 : end]
    if any(_UNDERLINE.match(line) for line in chosen):
        if _UNDERLINE.match(chosen[-1]) and len(chosen) <= 3:
            return None  # a title and its underline
        last = max(i for i, line in enumerate(chosen) if _UNDERLINE.match(line))
        chosen, start = chosen[last + 1 :], start + last + 1
    named = {found.group(1).lower() for line in lines if (found := _DEFINITION.match(line))}
    joined = " ".join(_QUOTED.sub("", line) for line in chosen)
    joined = _SHORTCUT.sub(lambda found: found.group(1) if found.group(1).lower() in named else found.group(), joined)
    text = unmarked(joined)
    if len(text.split()) < MIN_WORDS or len(text) > MAX_QUOTE * 2:
        return None
    if len(text) > MAX_QUOTE:
        text = text[:MAX_QUOTE].rsplit(" ", 1)[0] + " …"
    return Quote(path, start, end, text)


def code_blocks(path: str, text: bytes) -> list[CodeBlock]:
    """Fenced and reStructuredText code blocks in order."""
    lines = _lines(text)
    found: list[CodeBlock] = []
    number = 0
    while number < len(lines):
        fenced, rst = _FENCE.match(lines[number]), _RST_CODE.match(lines[number])
        if fenced:
            mark, language = fenced.group(1), fenced.group(2)
            end = number + 1
            while end < len(lines) and not lines[end].strip().startswith(mark):
                end += 1
            found += _block(path, lines, number + 1, end, language)
            number = end + 1
        elif rst:
            end = number + 1
            while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t"):
                end += 1
            found += _block(path, lines, number + 1, end, rst.group(1))
            number = end
        else:
            number += 1
    return found


def _block(path: str, lines: list[str], start: int, end: int, language: str) -> list[CodeBlock]:
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    if start >= end:
        return []
    body = lines[start:end]
    indent = min((len(line) - len(line.lstrip()) for line in body if line.strip()), default=0)
    return [CodeBlock(path, start + 1, end, language, "\n".join(line[indent:] for line in body))]


def _lines(text: bytes) -> list[str]:
    return [line.rstrip("\r") for line in text.decode("utf-8", "replace").split("\n")]
