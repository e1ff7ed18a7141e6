"""What the running text of a Markdown file refers to: links, paths and names in code. Code blocks are left out."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from docrunch.parsing.comments import Comments
from docrunch.parsing.model import Reference

_FENCE = re.compile(rb"^(?: {0,3}|[ >*+-]{1,8})(`{3,}|~{3,})(.*)$")
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`]+)\1(?!`)")
_TARGET = re.compile(r"\]\(\s*(<[^<>]*>|[^\s()<>]+(?:\([^\s()]*\)[^\s()]*)*)")
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:\s*(<[^<>]*>|\S+)")
_ATTRIBUTE = re.compile(r"\b(?:href|src)=[\"']([^\"']+)[\"']")
_SCHEME = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:|//|#)")
_NAME = re.compile(r"[^\W\d]\w*(?:(?:\.|::|#)[^\W\d]\w*)*!?(\([^()]*\))?\Z")
_SEPARATOR = re.compile(r"\.|::|#")
_PATH = re.compile(r"\.{0,2}/?[\w.@+-]+(?:/[\w.@+-]+)*/?\Z")
_SUFFIX = re.compile(r"\.\w{1,10}\Z")
MAX_LINE_BYTES = 10_000  # a longer line is no text that people wrote


def read(text: bytes, comments: Comments) -> Iterator[Reference]:
    """References of the kinds of `docrunch.parsing.model.DOCUMENT_KINDS`; comments go to ``comments``."""
    fence = b""
    comment = False
    skipping = text.startswith((b"---\n", b"---\r\n"))
    start = 0
    for number, raw in enumerate(text.split(b"\n"), start=1):
        here, start = start, start + len(raw) + 1
        line = raw.rstrip(b"\r")
        if skipping:
            skipping = number == 1 or line.rstrip() != b"---"
            continue
        if fence:
            closing = _FENCE.match(line)
            if closing is not None and closing[1].startswith(fence) and not closing[2].strip():
                fence = b""
            continue
        opening = _FENCE.match(line)
        if opening is not None and b"`" not in opening[2]:
            fence = opening[1]
            continue
        if comment or line.lstrip().startswith(b"<!--"):
            comments.add_range(here, here + len(line), number, 0)
            comment = b"-->" not in line
        elif len(line) <= MAX_LINE_BYTES:
            yield from _references(line.decode("utf-8", "replace"), number)


def _references(line: str, number: int) -> Iterator[Reference]:
    spans = _CODE.findall(line) if "`" in line else []
    bare = _CODE.sub(" ", line) if spans else line
    targets = _TARGET.findall(bare) if "](" in bare else []
    if bare.lstrip().startswith("[") and (defined := _DEFINITION.match(bare)) is not None:
        targets.append(defined[1])
    targets += _ATTRIBUTE.findall(bare) if "=" in bare else []
    for target in targets:
        place = unquote(target.strip("<>")).split("#", 1)[0].split("?", 1)[0]
        if place and not _SCHEME.match(place) and "\0" not in place:
            yield Reference("link", (place,), number, -1)
    for _, code in spans:
        yield from _code(code.strip(), number)


def _code(code: str, number: int) -> Iterator[Reference]:
    if _PATH.match(code) and ("/" in code.strip("/") or _SUFFIX.search(code)):
        yield Reference("path", (code,), number, -1)
    named = _NAME.match(code)
    if named is not None:
        name = code[: named.start(1)] if named[1] is not None else code
        parts = tuple(_SEPARATOR.split(name.rstrip("!")))
        yield Reference("mention", parts, number, -1, 0 if named[1] is not None else -1)
