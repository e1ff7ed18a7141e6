"""Documentation comments taken out of a text, lines kept: what a query is made from must not be found."""

import re

from docrunch.parsing.model import FileFacts, Symbol

_INDENT = re.compile(rb"[ \t]*")
_COMMENT = re.compile(rb"\s*(?:///?|/\*\*?|\*|\*/|#|//!|$)")
_CLOSES_WITH_CODE = re.compile(rb"\*/\s*\S")


def blanked(text: bytes, facts: FileFacts) -> bytes:
    """``text`` without the documentation of its symbols and of the file; as many lines as before.

    A docstring of Python becomes an empty one, so that a body of nothing else stays a body. Documentation that shares
    a line with code is left.
    """
    lines = text.split(b"\n")
    spans = [(symbol.doc_line, symbol.doc_end_line) for symbol in facts.symbols if _is_apart(symbol)]
    if facts.doc_line:
        spans.append((facts.doc_line, facts.doc_end_line))
    for first, last in spans:
        if facts.language == "python":
            _blank_string(lines, first - 1, last)
        elif all(_is_comment(line) for line in lines[first - 1 : last]) or _is_block(lines[first - 1 : last]):
            lines[first - 1 : last] = [b""] * len(lines[first - 1 : last])
    return b"\n".join(lines)


def _is_apart(symbol: Symbol) -> bool:
    return bool(symbol.doc_line) and symbol.doc_line != symbol.line


def _blank_string(lines: list[bytes], first: int, end: int) -> None:
    """Lines from ``first`` to before ``end`` are a string expression and nothing else."""
    indent = _INDENT.match(lines[first])
    if not lines[first].strip().lower().lstrip(b"rbuf").startswith((b'"', b"'")):
        return
    lines[first:end] = [(indent[0] if indent else b"") + b'""', *[b""] * (end - first - 1)]


def _is_comment(line: bytes) -> bool:
    return bool(_COMMENT.match(line)) and not _CLOSES_WITH_CODE.search(line)


def _is_block(lines: list[bytes]) -> bool:
    """One ``/* … */`` whose inner lines have no star in front."""
    whole = b"\n".join(lines).strip()
    return whole.startswith(b"/*") and whole.endswith(b"*/") and whole.count(b"*/") == 1
