"""Doc comments: Doxygen's marks, and the plain comment directly above a definition that C code has instead."""

import re

from docrunch.parsing import docstrings
from docrunch.parsing.draft import Draft
from docrunch.parsing.walk import Walk

_STAR = re.compile(r"^[ \t]*\*+(?!/) ?", re.MULTILINE)
_RULER = re.compile(r"[\W_]*\Z")
_COMMAND = re.compile(r"^(\s*)\\(param|returns?|brief|retval|tparam|details|see|note)\b(?:\[[\w, ]*\])?", re.MULTILINE)
_BRIEF = re.compile(r"^\s*@(?:brief|details)\s+", re.MULTILINE)


def document(walk: Walk, draft: Draft) -> None:
    """Fill the documentation of a draft, and what it says about parameters and result."""
    found = walk.comments.above(draft.start_line)
    if not found:
        return
    texts: list[str] = []
    lines: list[int] = []
    for comment in found:
        text = _clean(walk.slice(comment.start_byte, comment.end_byte))
        if text is not None:
            texts.append(text)
            lines += [comment.start_line, comment.end_line]
    doc = "\n".join(texts).strip()
    if not doc:
        return
    if "\\" in doc:
        doc = _COMMAND.sub(r"\1@\2", doc)
    if "@" in doc:
        doc = _BRIEF.sub("", doc)
    draft.doc, draft.doc_line, draft.doc_end_line = doc, lines[0], lines[-1]
    draft.params, draft.returns_doc = docstrings.apply(doc, draft.params)


def _clean(raw: str) -> str | None:
    """The text of a comment without its marks; ``None`` for a ruler, and for what belongs to the line before it."""
    if raw.startswith("/*"):
        inner = raw[2:].removesuffix("*/").removeprefix("*").removeprefix("!")
        if inner.startswith("<"):
            return None
        inner = "\n".join(line.rstrip() for line in _STAR.sub("", inner).strip().split("\n"))
    else:
        inner = raw.lstrip("/").removeprefix("!")
        if inner.startswith("<"):
            return None
        inner = inner.removeprefix(" ").rstrip()
    return None if _RULER.match(inner) and inner else inner
